"""The stock card, and why a balance is what it is."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import columns
from inventory_project.base.admin.answers import Answer, Answers, DayField, OtherAnswer, Table, amount, linked
from inventory_project.base.admin.offers import RelatedLink
from inventory_project.base.clock import start_of_day
from inventory_project.base.discretion import SEE_COST
from stock.admin.answers import (
    CARD,
    SEE_LEDGER,
    WHY,
    cost,
    last_instant,
    ledger_cells,
    ledger_page,
    record,
    signed,
)
from stock.models import Inventory
from stock.queries.card import CardRow, card_rows, movements_of
from stock.queries.why import average_cost, on_hand, reserved


class SpanForm(forms.Form):
    """The days of which the card is shown."""

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("until"), required=False)


class InventoryQuestions(Answers):
    """Mixin of the balances' admin."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/card/", view(self.card), name="stock_inventory_card"),
            path("<int:pk>/why/", view(self.why), name="stock_inventory_why"),
            *super().get_urls(),
        ]

    def get_list_display(self, request):
        """The numbers lead to what is behind them."""
        shown = super().get_list_display(request)
        if not request.user.has_perm(SEE_LEDGER):
            return shown
        pages = {"quantity": (CARD, ""), "reserved": (WHY, "#reserved"), "stock_value": (WHY, "#average")}
        names = [getattr(column, "__name__", "") for column in shown]
        return [
            linked(column, *pages[name]) if name in pages else column for name, column in zip(names, shown, strict=True)
        ]

    def get_related(self, request, obj):
        """The numbers of the record's page do, too."""
        links = super().get_related(request, obj)
        if not request.user.has_perm(SEE_LEDGER):
            return links
        card, why = reverse(CARD, args=[obj.pk]), reverse(WHY, args=[obj.pk])
        own = [
            RelatedLink(_("on hand: stock card"), f"{obj.quantity:,}", card),
            RelatedLink(_("on hand: why"), f"{obj.quantity:,}", why),
            RelatedLink(_("reserved for"), f"{obj.reserved:,}", f"{why}#reserved"),
        ]
        if request.user.has_perm(SEE_COST):
            own.append(RelatedLink(_("average cost"), columns.price_text(obj.average_cost), f"{why}#average"))
        return [*own, *links]

    # --- the stock card -------------------------------------------------------------------------------------------

    def card(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every movement, the newest first, with what was there and what it was worth after it."""
        balance = self.asked(request, pk, SEE_LEDGER, "product", "warehouse")
        form = SpanForm(request.GET)
        movements = movements_of(balance).select_related("bin", "lot", "created_by")
        span = form.cleaned_data if form.is_valid() else {}
        if span.get("since"):
            movements = movements.filter(created_at__gte=start_of_day(span["since"]))
        if span.get("until"):
            movements = movements.filter(created_at__lte=last_instant(span["until"]))
        found, links = ledger_page(request, movements)
        others = Inventory.objects.filter(product=balance.product_id).select_related("warehouse").order_by("warehouse")
        tabs = [OtherAnswer(row.warehouse, reverse(CARD, args=[row.pk]), row.pk == balance.pk) for row in others]
        answer = Answer(
            _("Stock card of %(product)s in %(warehouse)s")
            % {"product": balance.product, "warehouse": balance.warehouse},
            [self._card_table(request, card_rows(balance, found))],
            tabs=tabs if len(tabs) > 1 else (),
            form=form,
            links=links,
        )
        return self.answer(request, answer, balance)

    def _card_table(self, request: HttpRequest, rows: list[CardRow]) -> Table:
        costs = request.user.has_perm(SEE_COST)
        headings = [_("when"), _("kind"), _("document"), _("with"), _("bin"), _("quantity"), _("on hand")]
        headings += [_("value"), _("value after"), _("average")] if costs else []
        headings += [_("reason"), _("by")]
        before = ()
        if rows:
            before = [_("Before"), "", "", "", "", "", columns.figure(rows[-1].quantity_before)]
            before += ["", amount(rows[-1].value_before), ""] if costs else []
            before += ["", ""]
        return Table(
            headings,
            [self._card_cells(request, row, costs) for row in rows],
            empty=_("Nothing has moved in this time."),
            sums=before,
        )

    def _card_cells(self, request: HttpRequest, row: CardRow, costs: bool) -> list[object]:
        moved = row.movement
        place = f"{moved.bin} / {moved.lot}" if moved.lot else moved.bin
        cells = [*ledger_cells(request, row), place, signed(moved.quantity), columns.figure(moved.quantity_after)]
        cells += [amount(moved.value), amount(row.value_after), cost(row.average_after)] if costs else []
        return [*cells, moved.reason, moved.created_by or _("the system")]

    # --- why ------------------------------------------------------------------------------------------------------

    def why(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The rows and the arithmetic behind what is on hand, what is reserved, and the average cost."""
        balance = self.asked(request, pk, SEE_LEDGER, "product", "warehouse")
        tables = [self._on_hand(request, balance), self._reserved(request, balance)]
        if request.user.has_perm(SEE_COST):
            tables.append(self._average(request, balance))
        facts = {"product": balance.product, "warehouse": balance.warehouse}
        title = _("How the stock of %(product)s in %(warehouse)s comes about") % facts
        links = [(_("Stock card"), reverse(CARD, args=[balance.pk]))]
        return self.answer(request, Answer(title, tables, links=links), balance)

    def _on_hand(self, request: HttpRequest, balance: Inventory) -> Table:
        costs, found = request.user.has_perm(SEE_COST), on_hand(balance)
        return Table(
            [_("kind"), _("movements"), _("units"), *([_("value")] if costs else [])],
            [
                [
                    capfirst(share.kind.label),
                    columns.figure(share.movements),
                    signed(share.quantity),
                    *([amount(share.value)] if costs else []),
                ]
                for share in found.shares
            ],
            title=_("On hand"),
            empty=_("Nothing has ever moved here."),
            sums=[_("= on hand"), "", columns.figure(found.quantity), *([amount(found.value)] if costs else [])],
            name="on-hand",
        )

    def _reserved(self, request: HttpRequest, balance: Inventory) -> Table:
        found = reserved(balance)
        rows = [
            [
                record(request, hold.document, _("An order")),
                record(request, hold.party),
                date_format(localtime(hold.since), "DATETIME_FORMAT"),
                date_format(localtime(hold.expires_at), "DATETIME_FORMAT") if hold.expires_at else _("never"),
                columns.figure(hold.quantity),
            ]
            for hold in found.holds
        ]
        if found.others and rows:
            rows.append([_("Older reservations"), "", "", "", columns.figure(found.others)])
        return Table(
            [_("document"), _("for"), _("since"), _("expires"), _("units")],
            rows,
            title=_("Reserved"),
            empty=_("Nothing is reserved: all that is on hand is available."),
            sums=[_("= reserved"), "", "", "", columns.figure(found.quantity)],
            name="reserved",
        )

    def _average(self, request: HttpRequest, balance: Inventory) -> Table:
        found = average_cost(balance)
        rows = [
            [
                *ledger_cells(request, step),
                signed(step.movement.quantity),
                cost(step.movement.unit_cost),
                amount(step.movement.value),
                cost(step.average_before),
                cost(step.average_after),
            ]
            for step in found.steps
        ]
        note = _("What leaves takes the average with it, so only what came since the stock was last empty counts.")
        if found.earlier:
            note = format_html("{} {}", note, _("Older rows: %(count)d.") % {"count": found.earlier})
        worth = [amount(found.value), "", cost(found.average)]
        headings = [_("when"), _("kind"), _("document"), _("with"), _("units"), _("unit cost"), _("value")]
        return Table(
            [*headings, _("average before"), _("average after")],
            rows,
            title=_("Average cost"),
            empty=_("There is no stock that could have an average cost."),
            note=note,
            sums=[_("= value ÷ units"), *[""] * 3, columns.figure(found.quantity), "", *worth],
            name="average",
        )
