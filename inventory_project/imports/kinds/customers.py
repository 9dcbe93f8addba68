"""Customers, with an address."""

from django.core.exceptions import ValidationError

from catalog.models import PriceList
from inventory_project.base.fields import fold
from inventory_project.imports.base import Column, ModelImporter, Record
from inventory_project.imports.lookup import Lookup
from inventory_project.imports.parsing import boolean, country, integer, number
from sales.models import Customer, CustomerAddress


class CustomerImporter(ModelImporter):
    """Customers, found by code; a city makes the default billing and shipping address."""

    kind = "customers"
    title = "Customers"
    model = Customer
    key = "code"
    columns = (
        Column("code", "Your code of the customer; the key.", required=True),
        Column("name", "", required=True),
        Column("email", "", default=""),
        Column("phone", "", default=""),
        Column("tax_id", "", default=""),
        Column("tax_treatment", "domestic, reverse_charge or export.", default="domestic"),
        Column("price_list", "The price list's name.", default=""),
        Column("payment_terms_days", "Days.", integer, default=30),
        Column("credit_limit", "Empty: none.", number),
        Column("on_hold", "yes or no.", boolean, default=False),
        Column("is_active", "yes or no.", boolean, default=True),
        Column("notes", "", default=""),
        Column("line1", "Street and number.", default=""),
        Column("line2", "", default=""),
        Column("city", "", default=""),
        Column("region", "", default=""),
        Column("postal_code", "", default=""),
        Column("country", "Two letters, ISO 3166-1.", country, default=""),
    )
    ADDRESS = ("line1", "line2", "city", "region", "postal_code", "country")

    def store(self, records: list[Record], *, by) -> None:
        self.price_lists = Lookup(PriceList.objects.all(), "name")
        super().store(records, by=by)
        self._store_addresses([record for record in records if record["city"]])

    def attributes(self, record: Record) -> dict[str, object]:
        values = {name: value for name, value in record.values.items() if name not in self.ADDRESS}
        return {**values, "price_list": self.price_lists.get(record["price_list"], column="price_list")}

    def _store_addresses(self, records: list[Record]) -> None:
        wrong = {error.line for error in self.report.errors}
        records = [record for record in records if record.line not in wrong]
        keys = {fold(record["code"]) for record in records}
        customers = {customer.code_key: customer for customer in Customer.objects.filter(code_key__in=keys)}
        rows = CustomerAddress.objects.filter(customer__in=customers.values(), is_default=True)
        known = {(row.customer_id, row.kind): row for row in rows}
        new, changed = [], []
        for record in records:
            customer = customers[fold(record["code"])]
            for kind in ("billing", "shipping"):
                address = known.get((customer.pk, kind))
                if address is None:
                    address = CustomerAddress(customer=customer, kind=kind, is_default=True)
                    new.append(address)
                else:
                    changed.append(address)
                address.name = customer.name
                for name in self.ADDRESS:
                    if address._state.adding or name in self.present:
                        setattr(address, name, record[name])
            self._check_address(record, address)
        CustomerAddress.objects.bulk_create(new)
        CustomerAddress.objects.bulk_update(changed, ["name", *self.ADDRESS])

    def _check_address(self, record: Record, address: CustomerAddress) -> None:
        try:
            address.clean_fields(exclude=["customer"])
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                self.wrong(record, " ".join(messages), name)
