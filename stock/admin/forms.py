"""The questions of the stock's acts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.queries.codes import codes_of
from inventory_project.base.admin import (
    ActForm,
    DayInput,
    DecimalNumberField,
    GridForm,
    WholeNumberField,
    columns,
    search_field,
)
from inventory_project.base.fields import INTEGER_MAX, PRICE_MAX
from stock.models import GoodsReceiptItem, StockMovement
from stock.services import AdjustmentLine, OpeningLine

MOVEMENT = StockMovement._meta


def units(label, least: int = 0, **kwargs) -> WholeNumberField:
    """A number of units."""
    return WholeNumberField(label=label, min_value=least, max_value=INTEGER_MAX, **kwargs)


def unit_cost(**kwargs) -> DecimalNumberField:
    """What one unit costs."""
    kwargs.setdefault("label", _("Unit cost"))
    return DecimalNumberField(min_value=0, max_value=PRICE_MAX, max_digits=15, decimal_places=4, **kwargs)


class AdjustForm(ActForm):
    """Puts stock right by hand."""

    title = _("Adjust stock")
    submit = _("Adjust stock")
    intro = _("Posts a movement with your reason. For many places at once, use a stock count.")

    product = search_field(MOVEMENT.get_field("product"))
    warehouse = search_field(MOVEMENT.get_field("warehouse"))
    quantity = WholeNumberField(
        label=_("Change"),
        min_value=-INTEGER_MAX,
        max_value=INTEGER_MAX,
        help_text=_("Units: 5 adds five, -5 takes five away."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
    bin = search_field(
        MOVEMENT.get_field("bin"), required=False, help_text=_("Empty: the default bin, or wherever they lie.")
    )
    lot = search_field(MOVEMENT.get_field("lot"), required=False, help_text=_("For tracked products."))
    unit_cost = unit_cost(required=False, help_text=_("Of units added. Empty: the average, or the product's cost."))
    release = forms.BooleanField(label=_("Take reserved units too; the newest reservations give way"), required=False)

    def parameters(self):
        values = dict(self.cleaned_data)
        release = values.pop("release")
        return {"lines": [AdjustmentLine(**values)], "release": release}


class BalanceAdjustForm(AdjustForm):
    """Puts one balance right; the product and the warehouse are known."""

    title = _("Adjust %(object)s")
    product = warehouse = None

    def parameters(self):
        self.cleaned_data |= {"product": self.row.product, "warehouse": self.row.warehouse}
        return super().parameters()


class ItemAdjustForm(BalanceAdjustForm):
    """Puts right what lies in one place."""

    bin = lot = None

    def parameters(self):
        inventory = self.row.inventory
        self.cleaned_data |= {"product": inventory.product, "warehouse": inventory.warehouse}
        self.cleaned_data |= {"bin": self.row.bin, "lot": self.row.lot}
        return AdjustForm.parameters(self)


class OpeningForm(ActForm):
    """Enters what was there on the first day."""

    title = _("Enter opening stock")
    submit = _("Enter opening stock")
    intro = _("For goods that were there before the first movement. Later on, adjust or count the stock instead.")

    product = search_field(MOVEMENT.get_field("product"))
    warehouse = search_field(MOVEMENT.get_field("warehouse"))
    quantity = units(_("Quantity"), 1)
    unit_cost = unit_cost()
    bin = search_field(MOVEMENT.get_field("bin"), required=False, help_text=_("Empty: the default bin."))
    lot_number = forms.CharField(
        label=_("Lot or serial number"), max_length=80, required=False, help_text=_("For tracked products.")
    )
    expires_on = forms.DateField(label=_("Expires on"), required=False, widget=DayInput)

    def parameters(self):
        return {"lines": [OpeningLine(**self.cleaned_data)]}


class ReverseMovementForm(ActForm):
    """Undoes a movement by a further one."""

    title = _("Reverse %(object)s")
    submit = _("Reverse")
    intro = _("A movement is never changed or deleted: a further one takes the same units back.")

    reason = forms.CharField(label=_("Reason"), max_length=300)
    release = forms.BooleanField(label=_("Take reserved units too; the newest reservations give way"), required=False)


class ScannedForm(GridForm):
    """Lines of products, found by scanning."""

    counts = "quantity"

    def get_codes(self):
        codes = codes_of({line.product_id for line in self.lines})
        return {line.pk: codes[line.product_id] for line in self.lines}


class QuantitiesForm(ScannedForm):
    """A number of units for each line of a document."""

    entry_label = _("quantity")

    def get_lines(self):
        return [line for line in super().get_lines() if self.most(line)]

    def get_entries(self, line):
        return {"quantity": units(self.entry_label, required=False)}

    def parameters(self):
        return {"quantities": {line.pk: self.answers(line)["quantity"] or 0 for line in self.lines}}


class ReceiveTransferForm(QuantitiesForm):
    """What has arrived of a transfer."""

    title = _("Receive %(object)s")
    submit = _("Receive")
    fill_label = _("All that is on its way")
    intro = _("Scan what arrives or type it. What is left out stays on its way.")
    fact_labels = (_("Product"), _("Lot"), _("Sent"), _("Received"), _("On its way"))
    entry_label = _("arrived")

    def get_lines(self):
        return [line for line in self.row.items.select_related("product", "lot") if line.quantity_open]

    def get_facts(self, line):
        numbers = (line.quantity, line.quantity_received, line.quantity_open)
        return line.product, line.lot or "", *map(columns.figure, numbers)

    def most(self, line):
        return line.quantity_open


class ReverseReceiptForm(QuantitiesForm):
    """What of a posted receipt goes back."""

    title = _("Reverse %(object)s")
    submit = _("Take out of stock")
    fill_label = _("Everything that is still here")
    intro = _("The units leave the stock again; if there is an order, it awaits them again.")
    fact_labels = (_("Product"), _("Lot"), _("Accepted"), _("Still here"))
    entry_label = _("take back")

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def get_lines(self):
        lines = self.row.items.select_related("product", "lot")
        return [line for line in lines if self.most(line)]

    def get_facts(self, line):
        return line.product, line.lot_number, columns.figure(line.quantity), columns.figure(self.most(line))

    def most(self, line: GoodsReceiptItem):
        return line.quantity - line.quantity_reversed

    def parameters(self):
        return {**super().parameters(), "reason": self.cleaned_data["reason"]}
