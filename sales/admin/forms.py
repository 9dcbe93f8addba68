"""The form of orders, and the questions of the acts on orders, shipments and returns."""

from django import forms
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from catalog.models import Tracking
from catalog.queries.codes import codes_of
from inventory_project.base.admin import (
    ActForm,
    BackOfficeForm,
    DecimalNumberField,
    Doubt,
    GridForm,
    WholeNumberField,
    columns,
    search_field,
)
from inventory_project.base.fields import INTEGER_MAX, PRICE_MAX, fold
from sales.models import Condition, Order, OrderItem, Reservation, SalesReturn
from sales.queries.references import reference_warning
from sales.services import LineChange, ReceivedLine, ReturnLine, ShipmentLine
from stock.models import Lot


def units(label, **kwargs) -> WholeNumberField:
    """A number of units, perhaps none."""
    return WholeNumberField(label=label, min_value=0, max_value=INTEGER_MAX, required=False, **kwargs)


class OrderForm(BackOfficeForm):
    """An order. That a customer orders twice under one number of theirs is asked about first."""

    def doubt(self):
        if not {"customer", "customer_reference"} & set(self.changed_data):
            return None
        named = {"customer": self.instance.customer_id and self.instance.customer, **self.cleaned_data}
        customer, reference = named["customer"], named.get("customer_reference", self.instance.customer_reference)
        warning = reference_warning(Order(pk=self.instance.pk, customer=customer, customer_reference=reference))
        return Doubt("customer_reference", warning, f"{customer.pk} {fold(reference)}") if warning else None


class DispatchForm(ActForm):
    """Who brings the goods."""

    title = _("Ship %(object)s")
    submit = _("Ship now")

    carrier = forms.CharField(label=_("Carrier"), max_length=100, required=False)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=100, required=False)


class ScannedForm(GridForm):
    """Units of an order's lines, found by scanning."""

    counts = "quantity"

    def product_of(self, line):
        """What is scanned."""
        return line.product

    def get_codes(self):
        products = {line.pk: self.product_of(line).pk for line in self.lines}
        codes = codes_of(set(products.values()))
        return {line: codes[product] for line, product in products.items()}


class OpenLinesForm(ScannedForm):
    """Units of an order's lines that are still to be shipped; at first what is reserved."""

    fact_labels = (_("Product"), _("Ordered"), _("Shipped"), _("Reserved"))
    nothing = _("Everything on this order has been shipped.")

    def most(self, line):
        return line.quantity_open

    def get_lines(self):
        reserved = Reservation.objects.filter(order_item__order=self.row).order_by()
        self.reserved = dict(reserved.values_list("order_item").annotate(Sum("quantity")))
        return [line for line in super().get_lines() if line.quantity_open]

    def get_facts(self, line):
        numbers = (line.quantity, line.quantity_shipped, self.reserved.get(line.pk, 0))
        return line.product, *map(columns.figure, numbers)

    def get_entries(self, line):
        return {"quantity": units(_("ship"), initial=self.reserved.get(line.pk, 0))}

    def shipment_lines(self) -> list[ShipmentLine]:
        asked = [(line, self.answers(line)["quantity"]) for line in self.lines]
        self.asked = [line for line, quantity in asked if quantity]
        return [ShipmentLine(line, quantity) for line, quantity in asked if quantity]

    def clean(self):
        if not self.errors and not self.shipment_lines():
            raise forms.ValidationError(_("Enter how many are to be shipped. Nothing was shipped."))
        return super().clean()

    def parameters(self):
        return {"lines": self.shipment_lines(), **self.header_answers()}


class ShipOrderForm(OpenLinesForm):
    """What of an order is shipped now, and how."""

    title = _("Ship %(object)s")
    submit = _("Ship now")

    carrier = forms.CharField(label=_("Carrier"), max_length=100, required=False)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=100, required=False)


class DraftShipmentForm(OpenLinesForm):
    """What of an order goes into a new shipment, from one warehouse."""

    title = _("Prepare a shipment of %(object)s")
    submit = _("Create draft")
    intro = _("Nothing moves until the shipment is shipped.")

    warehouse = search_field(
        SalesReturn._meta.get_field("warehouse"),
        required=False,
        help_text=_("Empty: where the goods are reserved, if that is one warehouse."),
    )


class ChangeOrderForm(GridForm):
    """The lines of an order as they are to be."""

    title = _("Change %(object)s")
    submit = _("Save changes")
    intro = _(
        "A line can go down to what was shipped or invoiced; 0 removes it. Reservations and totals follow. "
        "Prices that were agreed stay unless you type another."
    )
    fact_labels = (_("Product"), _("Shipped"), _("Invoiced"))

    product = search_field(OrderItem._meta.get_field("product"), required=False, label=_("Add a product"))
    quantity = units(_("Quantity"))

    def get_facts(self, line):
        return line.product, columns.figure(line.quantity_shipped), columns.figure(line.quantity_invoiced)

    def get_entries(self, line):
        return {
            "quantity": units(_("quantity"), initial=line.quantity),
            "unit_price": DecimalNumberField(
                label=_("unit price"),
                min_value=0,
                max_value=PRICE_MAX,
                max_digits=15,
                decimal_places=4,
                required=False,
                widget=forms.NumberInput(attrs={"placeholder": columns.price_text(line.unit_price)}),
            ),
            "discount_percent": DecimalNumberField(
                label=_("discount in percent"),
                min_value=0,
                max_value=100,
                max_digits=6,
                decimal_places=3,
                required=False,
                initial=line.discount_percent.normalize(),
            ),
        }

    def parameters(self):
        changes = [self._change(line, self.answers(line)) for line in self.lines]
        lines = [change for change in changes if change]
        if product := self.cleaned_data["product"]:
            lines.append(LineChange(self.cleaned_data["quantity"] or 1, product=product))
        return {"lines": lines}

    @staticmethod
    def _change(line, answer):
        quantity = answer["quantity"] or 0
        same = (quantity, answer["discount_percent"]) == (line.quantity, line.discount_percent)
        if same and answer["unit_price"] is None:
            return None
        return LineChange(
            quantity, item=line, unit_price=answer["unit_price"], discount_percent=answer["discount_percent"]
        )


class RequestReturnForm(ScannedForm):
    """What a customer wants to send back, and why."""

    title = _("Return goods of %(object)s")
    submit = _("Create return")
    intro = _("Tick what comes back, all of it or fewer units, and say why.")
    nothing = _("Nothing of this order is with the customer, so nothing can come back.")
    fact_labels = (_("Product"), _("Shipped"), _("Returned"))

    reason = forms.CharField(label=_("Reason"), max_length=300)
    warehouse = search_field(
        SalesReturn._meta.get_field("warehouse"), required=False, help_text=_("Empty: the one that shipped first.")
    )
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    approve = forms.BooleanField(
        label=_("Approve it at once, so that the goods can be received"), required=False, initial=True
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.request.user.has_perm("sales.approve_salesreturn"):
            del self.fields["approve"]

    def get_lines(self):
        return [line for line in super().get_lines() if line.quantity_returnable > 0]

    def get_facts(self, line):
        return line.product, columns.figure(line.quantity_shipped), columns.figure(line.quantity_returned)

    def most(self, line):
        return line.quantity_returnable

    def get_entries(self, line):
        lots = Lot.objects.none()
        if line.product.tracking != Tracking.NONE:
            lots = Lot.objects.filter(shipment_items__order_item=line).distinct()
        tick = forms.CheckboxInput({"data-takes-all": ""})
        return {
            "all": forms.BooleanField(label=_("all"), required=False, widget=tick),
            "quantity": units(_("comes back")),
            "condition": forms.ChoiceField(label=_("condition"), choices=Condition.choices, required=False),
            "lot": forms.ModelChoiceField(
                lots, label=_("lot"), required=False, disabled=line.product.tracking == Tracking.NONE
            ),
        }

    def parameters(self):
        lines, self.asked = [], []
        for line in self.lines:
            answer = self.answers(line)
            quantity = answer["quantity"]
            if quantity is None and answer["all"]:  # ticked where no script has filled in the number
                quantity = line.quantity_returnable
            if quantity:
                self.asked.append(line)
                lines.append(ReturnLine(line, quantity, lot=answer["lot"], condition=answer["condition"]))
        return {"lines": lines, **self.header_answers()}

    def clean(self):
        if not self.errors and not self.parameters()["lines"]:
            raise forms.ValidationError(_("Tick what comes back. Nothing was written."))
        return super().clean()


WHAT_BECOMES = (
    (Condition.RESELLABLE, _("Resellable: back to stock")),
    (Condition.DAMAGED, _("Damaged: scrapped")),
)


class ReceiveReturnForm(ScannedForm):
    """What has come back, and in which condition."""

    title = _("Receive %(object)s")
    submit = _("Accept")
    intro = _("Resellable units go back to stock at the value that they left with; damaged ones move nothing.")
    fact_labels = (_("Product"), _("Lot"), _("Announced"))

    def get_lines(self):
        return self.row.items.select_related("order_item__product", "lot")

    def get_facts(self, line):
        return line.order_item.product, line.lot or "", columns.figure(line.quantity)

    def product_of(self, line):
        return line.order_item.product

    def name_of(self, line):
        return str(line.order_item.product)

    def most(self, line):
        return line.quantity

    def get_entries(self, line):
        return {
            "quantity": units(_("arrived"), initial=line.quantity),
            "condition": forms.ChoiceField(label=_("condition"), choices=WHAT_BECOMES, initial=line.condition),
        }

    def parameters(self):
        self.asked = self.lines
        asked = [(line, self.answers(line)) for line in self.lines]
        return {"lines": [ReceivedLine(line, answer["quantity"] or 0, answer["condition"]) for line, answer in asked]}
