"""Receiving a purchase order: what arrived is scanned or typed, line by line."""

import re

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Tracking
from inventory_project.base.admin import DayInput, columns
from inventory_project.base.errors import RuleViolation
from stock.admin.forms import ScannedForm, units
from stock.models import GoodsReceipt
from stock.services import ReceiptLine

SERIAL_SEPARATORS = re.compile(r"[\s,;]+")


class ReceiveOrderForm(ScannedForm):
    """What has arrived of a purchase order."""

    title = _("Receive %(object)s")
    submit = _("Post receipt")
    intro = _(
        "Scan items or type what arrived. Accepted units go into stock at once; rejected units are noted and stay "
        "open on the order."
    )
    nothing = _("Everything on this order has arrived.")
    fill_label = _("Accept everything still open")
    fact_labels = (_("Product"), _("Ordered"), _("Received"), _("Open"))

    supplier_reference = forms.CharField(label=_("Supplier's delivery note"), max_length=80, required=False)

    def get_lines(self):
        lines = [line for line in super().get_lines() if line.quantity_open]
        self.asks_lots = any(line.product.tracking != Tracking.NONE for line in lines)
        return lines

    def get_facts(self, line):
        numbers = (line.quantity, line.quantity_received, line.quantity_open)
        return line.product, *map(columns.figure, numbers)

    def most(self, line):
        return line.quantity_open

    def get_entries(self, line):
        entries = {
            "quantity": units(_("accept"), required=False),
            "quantity_rejected": units(_("reject"), required=False),
        }
        return entries | self._lot_entries(line) if self.asks_lots else entries

    @staticmethod
    def _lot_entries(line) -> dict[str, forms.Field]:
        """Of which lot; of serial numbers one for each unit."""
        untracked = line.product.tracking == Tracking.NONE
        label = _("lot or serial number")
        if line.product.tracking == Tracking.SERIAL:
            hint = {"rows": 2, "placeholder": gettext("One for each unit")}
            number = forms.CharField(label=label, required=False, max_length=50_000, widget=forms.Textarea(hint))
        else:
            number = forms.CharField(label=label, max_length=80, required=False, disabled=untracked)
        expires = forms.DateField(label=_("expires on"), required=False, disabled=untracked, widget=DayInput)
        return {"lot_number": number, "expires_on": expires}

    def clean(self):
        cleaned = super().clean()
        for line in self.lines:
            self._check_serials(line)
        if not self.errors and not self.parameters()["lines"]:
            raise forms.ValidationError(_("Enter what has arrived. Nothing was posted."))
        return cleaned

    def _serials(self, line) -> list[str]:
        text = self.cleaned_data.get(f"lot_number-{line.pk}") or ""
        return [part for part in SERIAL_SEPARATORS.split(text) if part]

    def _check_serials(self, line) -> None:
        accepted = self.cleaned_data.get(f"quantity-{line.pk}")
        if line.product.tracking != Tracking.SERIAL or not accepted:
            return
        given = len(self._serials(line))
        if given != accepted:
            text = ngettext(
                "%(units)d unit is accepted, but there are %(given)d serial numbers.",
                "%(units)d units are accepted, but there are %(given)d serial numbers.",
                accepted,
            )
            self.add_error(f"lot_number-{line.pk}", text % {"units": accepted, "given": given})

    def parameters(self):
        self.asked, arrived = [], []
        for line in self.lines:
            parts = self._arrived(line, self.answers(line))
            arrived += parts
            self.asked += [line] * len(parts)
        return {"lines": arrived, "supplier_reference": self.cleaned_data["supplier_reference"]}

    def _arrived(self, line, answer) -> list[ReceiptLine]:
        accepted, rejected = answer["quantity"] or 0, answer["quantity_rejected"] or 0
        day = answer.get("expires_on")
        if line.product.tracking == Tracking.SERIAL and accepted:
            parts = [ReceiptLine(line.product, 1, lot_number=one, expires_on=day) for one in self._serials(line)]
            return [*parts, ReceiptLine(line.product, 0, rejected)] if rejected else parts
        if not accepted and not rejected:
            return []
        lot = answer.get("lot_number") or ""
        return [ReceiptLine(line.product, accepted, rejected, lot_number=lot, expires_on=day)]

    def refuse(self, refusal: RuleViolation) -> None:
        """Too many are shown at the lines at fault, the other refusals at theirs."""
        too_many = refusal.details.get("lines", ()) if refusal.code == "over_receipt" else ()
        by_product = {line.product_id: line for line in self.lines}
        for found in too_many:
            text = gettext("%(asked)d are more than the %(allowed)d that are still open. Accept at most %(allowed)d.")
            self.add_error(f"quantity-{by_product[found['product']].pk}", text % found)
        if not too_many:
            super().refuse(refusal)


def say_received(receipt: GoodsReceipt) -> str:
    """“GR-000012: 15 units taken in. 3 lines of PO-000003 are still open.”"""
    taken = sum(item.quantity for item in receipt.items.all())
    text = ngettext("%(count)d unit taken in.", "%(count)d units taken in.", taken) % {"count": taken}
    order = receipt.purchase_order
    order.refresh_from_db()
    left = sum(1 for line in order.items.all() if line.quantity_open)
    if not left:
        rest = gettext("%(order)s has arrived completely.") % {"order": order}
        return format_html("{}: {} {}", columns.link(receipt), text, rest)
    rest = ngettext(
        "%(count)d line of %(order)s is still open.", "%(count)d lines of %(order)s are still open.", left
    ) % {"count": left, "order": order}
    url = reverse("admin:stock_purchaseorderitem_changelist", query={"purchase_order__id__exact": order.pk})
    return format_html('{}: {} <a href="{}">{}</a>', columns.link(receipt), text, url, rest)
