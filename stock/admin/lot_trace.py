"""The trace of a lot."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import columns
from inventory_project.base.admin.answers import Answer, Answers, OtherAnswer, Table, linked
from inventory_project.base.admin.offers import RelatedLink
from stock.admin.answers import (
    SEE_LEDGER,
    ledger_cells,
    ledger_page,
    record,
    signed,
)
from stock.models import Lot
from stock.queries.trace import Direction, TraceRow, movements_of_lot, trace_rows, whereabouts

TRACE = "admin:stock_lot_trace"


class LotQuestions(Answers):
    """Mixin of the lots' admin."""

    list_prefetch_related = ("stock_items",)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [path("<int:pk>/trace/", view(self.trace), name="stock_lot_trace"), *super().get_urls()]

    def get_list_display(self, request):
        shown = [*super().get_list_display(request), on_hand_of_lot]
        if request.user.has_perm(SEE_LEDGER):
            shown[-1] = linked(on_hand_of_lot, TRACE)
        return shown

    def get_related(self, request, obj):
        links = super().get_related(request, obj)
        if not request.user.has_perm(SEE_LEDGER):
            return links
        number = sum(item.quantity for item in obj.stock_items.all())
        return [RelatedLink(_("on hand: where from, who got it"), f"{number:,}", reverse(TRACE, args=[obj.pk])), *links]

    def trace(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Where a lot came from, who got it, and where the rest lies."""
        lot = self.asked(request, pk, SEE_LEDGER, "product")
        chosen = request.GET.get("direction", "")
        direction = Direction(chosen) if chosen in Direction.values else None
        movements = movements_of_lot(lot, direction).select_related("warehouse", "created_by")
        found, links = ledger_page(request, movements)
        here = reverse(TRACE, args=[lot.pk])
        tabs = [OtherAnswer(_("All movements"), here, direction is None)]
        tabs += [OtherAnswer(capfirst(each.label), f"{here}?direction={each}", each == direction) for each in Direction]
        tables = [self._trace_table(request, trace_rows(found)), self._places(lot)]
        title = _("Trace of lot %(lot)s of %(product)s") % {"lot": lot, "product": lot.product}
        return self.answer(request, Answer(title, tables, tabs=tabs, links=links), lot)

    def _trace_table(self, request: HttpRequest, rows: list[TraceRow]) -> Table:
        cells = []
        for row in rows:
            order = record(request, row.origin and row.origin.order)
            by = row.movement.created_by or _("the system")
            cells.append(
                [*ledger_cells(request, row), order, row.movement.warehouse, signed(row.movement.quantity), by]
            )
        headings = [_("when"), _("kind"), _("document"), _("with"), _("order"), _("warehouse"), _("quantity"), _("by")]
        return Table(headings, cells, title=_("Movements"), empty=_("Nothing of this lot has moved that way."))

    def _places(self, lot: Lot) -> Table:
        now = whereabouts(lot)
        facts = {name: getattr(now, name) for name in ("received", "shipped", "corrected", "in_transit", "on_hand")}
        return Table(
            [_("warehouse"), _("bin"), _("quantity")],
            [[item.inventory.warehouse, item.bin, columns.figure(item.quantity)] for item in now.places],
            title=_("Where it lies"),
            empty=_("None of it is in stock."),
            sums=[_("= on hand"), "", columns.figure(now.on_hand)],
            note=_(
                "%(received)d received − %(shipped)d shipped + %(corrected)d corrected − %(in_transit)d in transit "
                "= %(on_hand)d on hand"
            )
            % facts,
        )


def on_hand_of_lot(lot: Lot) -> object:
    return columns.figure(sum(item.quantity for item in lot.stock_items.all()))


on_hand_of_lot.short_description = _("on hand")
