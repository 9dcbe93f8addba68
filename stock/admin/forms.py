"""The questions of the stock's acts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Tracking
from inventory_project.base.admin import ActForm, DayInput, DecimalNumberField, GridForm, WholeNumberField, search_field
from inventory_project.base.fields import INTEGER_MAX, PRICE_MAX
from stock.models import GoodsReceiptItem, StockCountItem, StockMovement
from stock.services import AdjustmentLine, CountLine, OpeningLine, ReceiptLine

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


class ReceiveOrderForm(GridForm):
    """What has arrived of a purchase order."""

    title = _("Receive %(object)s")
    submit = _("Post receipt")
    intro = _("Accepted units go into stock at once; rejected units are noted and stay open on the order.")
    fact_labels = (_("Product"), _("Ordered"), _("Received"), _("Open"))

    supplier_reference = forms.CharField(label=_("Supplier's delivery note"), max_length=80, required=False)

    def get_lines(self):
        lines = [line for line in super().get_lines() if line.quantity_open]
        self.asks_lots = any(line.product.tracking != Tracking.NONE for line in lines)
        return lines

    def get_facts(self, line):
        return line.product, line.quantity, line.quantity_received, line.quantity_open

    def get_entries(self, line):
        entries = {
            "quantity": units(_("accept"), required=False, initial=line.quantity_open),
            "quantity_rejected": units(_("reject"), required=False),
        }
        if self.asks_lots:
            untracked = line.product.tracking == Tracking.NONE
            label = _("lot or serial number")
            entries["lot_number"] = forms.CharField(label=label, max_length=80, required=False, disabled=untracked)
            entries["expires_on"] = forms.DateField(
                label=_("expires on"), required=False, disabled=untracked, widget=DayInput
            )
        return entries

    def parameters(self):
        lines = [(line, self.answers(line)) for line in self.lines]
        return {
            "lines": [
                ReceiptLine(
                    product=line.product,
                    quantity=answer["quantity"] or 0,
                    quantity_rejected=answer["quantity_rejected"] or 0,
                    lot_number=answer.get("lot_number") or "",
                    expires_on=answer.get("expires_on"),
                )
                for line, answer in lines
                if answer["quantity"] or answer["quantity_rejected"]
            ],
            "supplier_reference": self.cleaned_data["supplier_reference"],
        }

    def clean(self):
        if not self.errors and not self.parameters()["lines"]:
            raise forms.ValidationError(_("Enter what has arrived. Nothing was posted."))
        return super().clean()


class QuantitiesForm(GridForm):
    """A number of units for each line of a document."""

    entry_label = _("quantity")

    def most(self, line) -> int:
        """How many there can be of a line; it is asked about if there is any."""
        raise NotImplementedError

    def get_lines(self):
        return [line for line in super().get_lines() if self.most(line)]

    def get_entries(self, line):
        return {"quantity": units(self.entry_label, required=False, initial=self.most(line))}

    def parameters(self):
        return {"quantities": {line.pk: self.answers(line)["quantity"] or 0 for line in self.lines}}


class ReceiveTransferForm(QuantitiesForm):
    """What has arrived of a transfer."""

    title = _("Receive %(object)s")
    submit = _("Receive")
    fact_labels = (_("Product"), _("Lot"), _("Sent"), _("Received"), _("On its way"))
    entry_label = _("arrived")

    def get_lines(self):
        return [line for line in self.row.items.select_related("product", "lot") if line.quantity_open]

    def get_facts(self, line):
        return line.product, line.lot or "", line.quantity, line.quantity_received, line.quantity_open

    def most(self, line):
        return line.quantity_open


class ReverseReceiptForm(QuantitiesForm):
    """What of a posted receipt goes back."""

    title = _("Reverse %(object)s")
    submit = _("Take out of stock")
    intro = _("The units leave the stock again; if there is an order, it awaits them again.")
    fact_labels = (_("Product"), _("Lot"), _("Accepted"), _("Still here"))
    entry_label = _("take back")

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def get_lines(self):
        lines = self.row.items.select_related("product", "lot")
        return [line for line in lines if self.most(line)]

    def get_facts(self, line):
        return line.product, line.lot_number, line.quantity, self.most(line)

    def most(self, line: GoodsReceiptItem):
        return line.quantity - line.quantity_reversed

    def parameters(self):
        return {**super().parameters(), "reason": self.cleaned_data["reason"]}


class EnterCountForm(GridForm):
    """What was found at each place."""

    title = _("Enter counts of %(object)s")
    submit = _("Save counts")
    intro = _("Leave a place empty until it has been counted; 0 means that nothing is there.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fact_labels = (_("Bin"), _("Product"), _("Lot"), *([_("Expected")] if self.shows_expected else []))

    @property
    def shows_expected(self) -> bool:
        return not self.row.is_blind or self.request.user.has_perm("stock.see_expected_stockcount")

    def get_lines(self):
        return self.row.items.select_related("product", "bin", "lot", "stock_item")

    def get_facts(self, line: StockCountItem):
        there = line.stock_item.quantity if line.stock_item else 0
        expected = there if line.expected_quantity is None else line.expected_quantity
        return line.bin, line.product, line.lot or "", *([expected] if self.shows_expected else [])

    def get_entries(self, line):
        return {
            "counted": units(_("counted"), required=False, initial=line.counted_quantity),
            "reason": forms.CharField(label=_("remark"), max_length=300, required=False, initial=line.reason),
        }

    def parameters(self):
        lines = []
        for line in self.lines:
            answer = self.answers(line)
            if (answer["counted"], answer["reason"]) != (line.counted_quantity, line.reason):
                lines.append(CountLine(answer["counted"], item=line, reason=answer["reason"]))
        return {"lines": lines}


class PostCountForm(ActForm):
    """Posts the differences of a count."""

    title = _("Post the differences of %(object)s")
    submit = _("Post differences")
    intro = _(
        "Each counted place is moved by what was counted less what was expected. Uncounted places stay as they are."
    )

    release = forms.BooleanField(label=_("Take reserved units too; the newest reservations give way"), required=False)
