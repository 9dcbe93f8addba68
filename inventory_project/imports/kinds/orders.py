"""Orders of customers, a line of the file per order line, taken as far as the file says."""

import datetime
import unicodedata
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import PaymentMethod
from billing.services import documents_later, invoice_order, issue_invoice, pay_invoice
from catalog.models import Product
from inventory_project.base.clock import start_of_day
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.imports.base import Column, Importer, Record, refresh_statistics
from inventory_project.imports.lookup import Lookup
from inventory_project.imports.parsing import country, day, integer, number
from sales.models import AddressKind, Customer, CustomerAddress, Order
from sales.services import OrderLine, place_order, ship_order
from stock.models import Warehouse

STAGES = ("pending", "confirmed", "shipped", "invoiced", "paid")
ADDRESS = ("name", "line1", "city", "region", "postal_code", "country")


def to_composed(order_number: str) -> str:
    """As the column keeps it, however the file spells its accents."""
    return unicodedata.normalize("NFC", order_number)


def stage(cell: str) -> str:
    """How far to take the order."""
    if cell not in STAGES:
        raise InvalidInput(f"“{cell}” is not one of {', '.join(STAGES)}.")
    return cell


class OrderImporter(Importer):
    """Orders, found by number: one that is there already is left as it is. What belongs to the order stands on
    its first line; the lines of an order follow each other."""

    kind = "orders"
    title = "Orders"
    columns = (
        Column("order_number", "Your number of the order; the key. SO-... is ours.", required=True),
        Column("customer", "The customer's code.", required=True),
        Column("product", "The product's SKU.", required=True),
        Column("quantity", "Units.", integer, required=True),
        Column("unit_price", "Without tax. Empty: from the price list or the product.", number),
        Column("discount_percent", "0 to 100.", number, default=0),
        Column("warehouse", "The warehouse's code. Empty: chosen.", default=""),
        Column("ordered_on", "As 2026-11-22. Empty: now.", day),
        Column("requested_on", "The day by which the customer wants the goods.", day),
        Column("shipping_amount", "Charge for the delivery, without tax.", number, default=0),
        Column("customer_reference", "The customer's own number.", default=""),
        Column("stage", "pending, confirmed, shipped, invoiced or paid: how far to take it.", stage, default="pending"),
        Column("carrier", "Who ships, for orders that are taken to shipped or further.", default=""),
        Column("ship_name", "Recipient, where it is not the customer's usual address.", default=""),
        Column("ship_line1", "", default=""),
        Column("ship_city", "", default=""),
        Column("ship_region", "", default=""),
        Column("ship_postal_code", "", default=""),
        Column("ship_country", "Two letters, ISO 3166-1.", country, default=""),
    )

    def store(self, records: list[Record], *, by) -> None:
        self.customers = Lookup(Customer.objects.select_related("price_list"), "code")
        self.products = Lookup(Product.objects.select_related("tax_rate"), "sku")
        self.warehouses = Lookup(Warehouse.objects.all(), "code")
        self.addresses = {
            (row.customer_id, *(getattr(row, name) for name in ADDRESS)): row
            for row in CustomerAddress.objects.filter(kind=AddressKind.SHIPPING, is_active=True)
        }
        known = set(Order.objects.values_list("order_number", flat=True))
        broken = {
            to_composed(key) for key in self.wrong_keys
        }  # an order of which one line can't be read is left out as a whole
        done, self.next_statistics = 0, 50
        begun: set[str] = set()
        for order_number, group in groupby(records, key=lambda record: to_composed(record["order_number"])):
            lines = list(group)
            done += len(lines)
            if order_number in begun:
                self.wrong(lines[0], _("The lines of an order follow each other."), "order_number")
            elif order_number in known:
                self.report.unchanged += 1
            elif order_number not in broken:
                self._import(lines, by=by)
            begun.add(order_number)
            self.progress(done, len(records))

    def _import(self, lines: list[Record], *, by) -> None:
        try:
            with transaction.atomic():
                order = self._place(lines, by=by)
                self._advance(order, lines[0], by=by)
        except RuleViolation as error:
            self.wrong(lines[0], error, error.field)
            return
        self.report.created += 1
        if self.report.created >= self.next_statistics:
            refresh_statistics("stock", "sales", "billing")
            self.next_statistics *= 2

    def _place(self, lines: list[Record], *, by) -> Order:
        head = lines[0]
        ordered_on: datetime.date | None = head["ordered_on"]
        customer = self.customers.get(head["customer"], column="customer")
        return place_order(
            customer=customer,
            lines=[
                OrderLine(
                    product=self.products.get(record["product"], column="product"),
                    quantity=record["quantity"],
                    unit_price=record["unit_price"],
                    discount_percent=record["discount_percent"],
                )
                for record in lines
            ],
            warehouse=self.warehouses.get(head["warehouse"], column="warehouse"),
            order_number=head["order_number"],
            ordered_at=start_of_day(ordered_on) if ordered_on else None,
            requested_on=head["requested_on"],
            shipping_amount=head["shipping_amount"],
            shipping_to=self._address(head, customer),
            customer_reference=head["customer_reference"],
            confirm=head["stage"] != "pending",
            by=by,
        )

    def _address(self, head: Record, customer: Customer) -> CustomerAddress | None:
        if not head["ship_city"]:
            return None
        values = {name: head[f"ship_{name}"] for name in ADDRESS}
        key = (customer.pk, *values.values())
        if key not in self.addresses:
            self.addresses[key] = CustomerAddress.objects.create(customer=customer, kind=AddressKind.SHIPPING, **values)
        return self.addresses[key]

    def _advance(self, order: Order, head: Record, *, by) -> None:
        reached = STAGES.index(head["stage"])
        if reached >= STAGES.index("shipped"):
            ship_order(order, carrier=head["carrier"], by=by)
        if reached >= STAGES.index("invoiced"):
            with documents_later():
                invoice = issue_invoice(invoice_order(order, by=by), by=by)
            if head["stage"] == "paid" and invoice.balance:
                pay_invoice(invoice, payment_method=PaymentMethod.BANK_TRANSFER, reference=order.number, by=by)
