"""Ordering what runs low: an editable page between the list of balances and the new drafts."""

import json
from collections import defaultdict
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from inventory_project.base.admin import (
    BOTH_PAGES,
    Button,
    GridForm,
    OfferedAction,
    columns,
    offer_action,
    permission,
)
from inventory_project.base.admin.acts import MOST_AT_ONCE
from inventory_project.base.fields import INTEGER_MAX
from stock.models import Inventory
from stock.queries.low_stock import Outlook, offers_of, outlooks
from stock.services import ReorderLine, create_reorder_drafts


class ReorderForm(GridForm):
    """How many of what to order from whom. Rows without a quantity are left out."""

    title = _("Reorder")
    submit = _("Create draft orders")
    counts = "quantity"
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

    def name_of(self, line):
        return f"{line.product}, {line.warehouse}"

    @property
    def groups(self) -> str:
        """What the button says for no, one and several drafts."""
        texts = [self.submit, gettext("Create %d draft order"), gettext("Create %d draft orders")]
        return json.dumps([str(text) for text in texts])

    def get_entries(self, line):
        row, offers = self.outlooks[line.pk], self.offers[line.product_id]
        names = [(str(offer.supplier_id), self._terms(offer)) for offer in offers]
        return {
            "quantity": forms.IntegerField(
                label=_("to order"), initial=row.suggested or None, min_value=0, max_value=INTEGER_MAX, required=False
            ),
            "supplier": forms.ChoiceField(
                widget=forms.Select({"data-group": line.warehouse_id}),
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
        lines, self.asked = [], []
        for line in self.lines:
            answers = self.answers(line)
            if answers["quantity"]:
                offers = self.offers[line.product_id]
                by = [offer.supplier for offer in offers if str(offer.supplier_id) == answers["supplier"]]
                self.asked.append(line)
                lines.append(ReorderLine(line.product, line.warehouse, answers["quantity"], by[0] if by else None))
        return {"lines": lines}


class Reorders:
    """Mixin of the balances' admin: the action “Reorder…”, which lands on the list of the new drafts."""

    has_reorder_permission = permission("stock.add_purchaseorder")

    def get_urls(self):
        view = self.admin_site.admin_view(self.reorder_page)
        return [path("reorder/", view, name="stock_inventory_reorder"), *super().get_urls()]

    def reorder_page(self, request):
        """The same at an address: the balances are named in it."""
        if not (self.has_view_permission(request) and self.has_reorder_permission(request)):
            raise PermissionDenied
        ids = [int(pk) for pk in request.GET.get("id__in", "").split(",") if pk.isascii() and pk.isdigit()]
        rows = Inventory.objects.filter(pk__in=ids[: MOST_AT_ONCE + 1])
        return self.reorder(request, rows) or HttpResponseRedirect(self.list_url)

    @admin.action(permissions=["reorder"], description=_("Reorder…"), location=BOTH_PAGES)
    def reorder(self, request, queryset):
        chosen = self.at_once(request, queryset.values_list("pk", flat=True))
        if chosen is None:
            return None

        found = outlooks(Inventory.objects.filter(pk__in=chosen))

        def run(answers):
            return create_reorder_drafts(**answers, by=request.user)

        return self.ask(request, partial(ReorderForm, found=found), run, then=self._list_of_drafts)

    @staticmethod
    def _list_of_drafts(orders) -> str:
        ids = ",".join(str(order.pk) for order in orders)
        return reverse("admin:stock_purchaseorder_changelist", query={"id__in": ids})


def reorder_products(product_admin, request, queryset):
    """Go to the reorder page with the balances of the products: those that are low, else those with a level."""
    products = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    kept = Inventory.objects.filter(product__in=products, reorder_level__isnull=False)
    ids = list(kept.low().values_list("pk", flat=True)) or list(kept.values_list("pk", flat=True))
    if not ids:
        text = _("None of these has a reorder level in any warehouse. Set one at its inventory, then reorder.")
        product_admin.message_user(request, text, messages.WARNING)
        return None
    query = {"id__in": ",".join(map(str, ids[: MOST_AT_ONCE + 1]))}
    return HttpResponseRedirect(reverse("admin:stock_inventory_reorder", query=query))


def _reorder_button(request, product: Product) -> Button:
    return Button("reorder", _("Reorder…"))


offer_action(
    Product,
    OfferedAction("reorder", _("Reorder…"), "stock.add_purchaseorder", reorder_products, _reorder_button),
)
