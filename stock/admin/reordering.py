"""Ordering what runs low: an editable page between the list of balances and the new drafts."""

from collections import defaultdict
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import BOTH_PAGES, GridForm, columns, permission
from inventory_project.base.admin.acts import MOST_AT_ONCE
from inventory_project.base.fields import INTEGER_MAX
from stock.models import Inventory
from stock.queries.low_stock import Outlook, offers_of, outlooks
from stock.services import ReorderLine, create_reorder_drafts


class ReorderForm(GridForm):
    """How many of what to order from whom. Rows without a quantity are left out."""

    title = _("Reorder")
    submit = _("Draft purchase orders")
    intro = _(
        "Suggested is what brings each balance above its reorder level, counting what is on order (drafts too) and on "
        "its way, and what customers wait for, in full packs. Empty a quantity to leave the row out. You get one draft "
        "for each supplier and warehouse."
    )
    subject = ""
    fact_labels = (_("product"), _("warehouse"), _("available"), _("coming"), _("back-ordered"), _("reorder at"))

    def __init__(self, *args, found: list[Outlook], **kwargs) -> None:
        self.outlooks = {row.balance.pk: row for row in found}
        self.offers = defaultdict(list)
        for offer in offers_of({row.balance.product_id for row in found}):
            self.offers[offer.product_id].append(offer)
        super().__init__(*args, **kwargs)
        # The page sends the action again, for the same rows.
        chosen = [str(pk) for pk in self.outlooks]
        self.fields[ACTION_CHECKBOX_NAME] = forms.MultipleChoiceField(
            choices=[(pk, pk) for pk in chosen], initial=chosen, widget=forms.MultipleHiddenInput, required=False
        )

    def get_lines(self):
        return [row.balance for row in self.outlooks.values()]

    def get_facts(self, line):
        row = self.outlooks[line.pk]
        numbers = (line.available, row.on_order + row.in_transit, row.backordered, line.reorder_level)
        return [line.product, line.warehouse, *map(columns.figure, numbers)]

    def get_entries(self, line):
        row, offers = self.outlooks[line.pk], self.offers[line.product_id]
        names = [(str(offer.supplier_id), self._terms(offer)) for offer in offers]
        return {
            "quantity": forms.IntegerField(
                label=_("to order"), initial=row.suggested or None, min_value=0, max_value=INTEGER_MAX, required=False
            ),
            "supplier": forms.ChoiceField(
                label=_("supplier"),
                choices=names if row.offer else [("", "–"), *names],
                initial=str(row.offer.supplier_id) if row.offer else "",
                required=False,
            ),
        }

    @staticmethod
    def _terms(offer) -> str:
        terms = {"name": offer.supplier.name, "least": offer.minimum_order_quantity, "pack": offer.pack_size}
        plain = offer.minimum_order_quantity == offer.pack_size == 1
        return offer.supplier.name if plain else _("%(name)s (at least %(least)d, packs of %(pack)d)") % terms

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not any(self.answers(line)["quantity"] for line in self.lines):
            raise forms.ValidationError(_("Enter how many to order of at least one product."))
        return cleaned

    def parameters(self):
        lines = []
        for line in self.lines:
            answers = self.answers(line)
            if answers["quantity"]:
                offers = self.offers[line.product_id]
                by = [offer.supplier for offer in offers if str(offer.supplier_id) == answers["supplier"]]
                lines.append(ReorderLine(line.product, line.warehouse, answers["quantity"], by[0] if by else None))
        return {"lines": lines}


class Reorders:
    """Mixin of the balances' admin: the action “Reorder…”, which lands on the list of the new drafts."""

    has_reorder_permission = permission("stock.add_purchaseorder")

    @admin.action(permissions=["reorder"], description=_("Reorder…"), location=BOTH_PAGES)
    def reorder(self, request, queryset):
        chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            text = _("At most %(most)d can be done at once. Nothing was done; narrow the list or the selection.")
            self.message_user(request, text % {"most": MOST_AT_ONCE}, messages.ERROR)
            return None

        found = outlooks(Inventory.objects.filter(pk__in=chosen))

        def run(answers):
            return create_reorder_drafts(**answers, by=request.user)

        return self.ask(request, partial(ReorderForm, found=found), run, then=self._list_of_drafts)

    @staticmethod
    def _list_of_drafts(orders) -> str:
        ids = ",".join(str(order.pk) for order in orders)
        return reverse("admin:stock_purchaseorder_changelist", query={"id__in": ids})
