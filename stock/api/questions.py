"""Questions about stock at the API: what was there, why, from where, for whom, and what has to be ordered."""

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from inventory_project.base.api import values
from inventory_project.base.api.exceptions import InvalidParameters, parameter_error
from inventory_project.base.api.filters import filterset_of, order_of
from inventory_project.base.api.pagination import Term, beyond, terms_of
from inventory_project.base.api.rows import Row, fetch, finish
from inventory_project.base.api.viewsets import Acts
from inventory_project.base.discretion import SEE_COST
from stock.models import Inventory, StockMovement
from stock.queries.as_of import amounts_at, balances_at
from stock.queries.card import CardRow, card_rows, movements_of
from stock.queries.trace import Direction, movements_of_lot, trace_rows, whereabouts
from stock.queries.why import AverageCost, OnHand, Reserved, average_cost, on_hand, reserved
from stock.registry import Named, Origin

from .answers import CardAnswer, TraceAnswer, WhyAnswer

SEE_LEDGER = "stock.view_stockmovement"
PAGING = {"cursor": values.TEXT, "limit": values.INTEGER}
DIRECTION = values.Kind(values.choice(Direction.values), {"type": "string", "enum": Direction.values})

# Columns that say how it is now: with ?as_of= they can neither be asked for nor ordered by.
PRESENT = {"quantity", "reserved", "available", "stock_value", "last_counted"}


class Answering(Acts):
    """What the answers have in common: costs and names only for those who may see them, pages of the ledger."""

    def cost(self, value: Decimal) -> Decimal | None:
        return value if self.request.user.has_perm(SEE_COST) else None

    def named(self, record: Named | None) -> Row | None:
        if record is None:
            return None
        app, model = record.type.split(".")
        if not self.request.user.has_perm(f"{app}.view_{model}"):
            return None
        return {"type": record.type, "id": record.id, "name": record.name}

    def ledger_row(self, row: StockMovement, origin: Origin | None) -> Row:
        return {
            "id": row.pk,
            "created_at": row.created_at,
            "created_by": row.created_by_id,
            "who": str(row.created_by or ""),
            "kind": row.kind,
            "warehouse": row.warehouse_id,
            "bin": row.bin_id,
            "lot": row.lot_id,
            "quantity": row.quantity,
            "reason": row.reason,
            "reference": row.reference,
            "document": self.named(origin and origin.document),
            "order": self.named(origin and origin.order),
            "party": self.named(origin and origin.party),
        }

    def ledger_page(
        self, movements: QuerySet[StockMovement], show: Callable[[Sequence[StockMovement]], list[Row]], **more: object
    ) -> Response:
        """A page of the ledger, the newest first."""
        terms = terms_of(StockMovement, ["-id"])

        def read(backwards: bool, position: list[object] | None, most: int) -> list[Row]:
            rows = movements.select_related("created_by")
            return [{"id": row.pk, "row": row} for row in _behind(rows, terms, backwards, position)[:most]]

        return self.paginator.page_of(
            read, lambda raw: show([entry["row"] for entry in raw]), terms, self.request, **more
        )


def _behind(rows: QuerySet, terms: Sequence[Term], backwards: bool, position: list[object] | None) -> QuerySet:
    if position is not None:
        rows = rows.filter(beyond(terms, position, backwards))
    return rows.order_by(*[term.expression(backwards) for term in terms])


class InventoryQuestions(Answering):
    """What a balance was, why it is what it is, and which balances are low."""

    def known_parameters(self) -> set[str]:
        known = super().known_parameters()
        return known | {"as_of"} if self.action == "list" else known

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "as_of",
                datetime.datetime,
                description="What was there, and its value, at this instant; what was reserved then is not known.",
            )
        ]
    )
    def list(self, request, *args, **kwargs) -> Response:
        """A page of the list; with ?as_of= as it was at an instant, exactly, from the ledger."""
        if "as_of" not in request.query_params:
            return super().list(request, *args, **kwargs)
        self.takes = {"as_of": values.INSTANT}
        return self._list_at(self.asked()["as_of"])

    def _list_at(self, instant: datetime.datetime) -> Response:
        self._refuse_present()
        balances = self.filter_queryset(balances_at(instant))
        selection, terms = self.selection(detail=False), terms_of(Inventory, order_of(self, self.request))
        also = [*(term.name for term in terms), "product", "warehouse"]

        def read(backwards: bool, position: list[object] | None, most: int) -> list[Row]:
            return fetch(_behind(balances, terms, backwards, position)[:most], selection, also)

        def show(raw: list[Row]) -> list[Row]:
            then = amounts_at(instant, {(row["product"], row["warehouse"]) for row in raw})
            for row in raw:
                amount = then[row["product"], row["warehouse"]]
                row |= dict.fromkeys(PRESENT) | {"quantity": amount.quantity, "stock_value": amount.value}
            return finish(raw, selection, self.request.build_absolute_uri)

        counted = self.paginator.counted(balances, self.request)
        return self.paginator.page_of(read, show, terms, self.request, **counted)

    def _refuse_present(self) -> None:
        filters, given = filterset_of(self.__class__).base_filters, self.request.query_params
        present = [name for name in given if name in filters and filters[name].field_name in PRESENT]
        if {name.removeprefix("-") for name in given.get("ordering", "").split(",")} & PRESENT:
            present.append("ordering")
        if present:
            message = _("“%(name)s” is about the present and can't be asked together with as_of.")
            raise InvalidParameters(*[parameter_error(name, message % {"name": name}) for name in present])

    @action(
        detail=True,
        required_perm=SEE_LEDGER,
        output_class=CardAnswer,
        takes={**PAGING, "created_since": values.INSTANT, "created_until": values.INSTANT},
    )
    def card(self, request, pk: str) -> Response:
        """The stock card: every movement, the newest first, with what was there and what it was worth after it."""
        balance, asked = self.found(), self.asked()
        movements = movements_of(balance)
        if "created_since" in asked:
            movements = movements.filter(created_at__gte=asked["created_since"])
        if "created_until" in asked:
            movements = movements.filter(created_at__lte=asked["created_until"])
        return self.ledger_page(movements, lambda rows: [self._card_row(row) for row in card_rows(balance, rows)])

    def _card_row(self, row: CardRow) -> Row:
        return self.ledger_row(row.movement, row.origin) | {
            "quantity_after": row.movement.quantity_after,
            "unit_cost": self.cost(row.movement.unit_cost),
            "value": self.cost(row.movement.value),
            "value_after": self.cost(row.value_after),
            "average_after": self.cost(row.average_after),
        }

    @action(detail=True, required_perm=SEE_LEDGER, output_class=WhyAnswer, takes={})
    def why(self, request, pk: str) -> Response:
        """The rows and the arithmetic behind what is on hand, what is reserved, and the average cost."""
        balance = self.found()
        return Response(
            {
                "on_hand": self._on_hand(on_hand(balance)),
                "reserved": self._reserved(reserved(balance)),
                "average_cost": self._average(average_cost(balance)),
            }
        )

    def _on_hand(self, answer: OnHand) -> Row:
        rows = [
            {
                "kind": share.kind,
                "movements": share.movements,
                "quantity": share.quantity,
                "value": self.cost(share.value),
            }
            for share in answer.shares
        ]
        return {"rows": rows, "quantity": answer.quantity, "value": self.cost(answer.value)}

    def _reserved(self, answer: Reserved) -> Row:
        rows = [
            {
                "quantity": hold.quantity,
                "document": self.named(hold.document),
                "party": self.named(hold.party),
                "since": hold.since,
                "expires_at": hold.expires_at,
            }
            for hold in answer.holds
        ]
        return {"rows": rows, "others": answer.others, "quantity": answer.quantity}

    def _average(self, answer: AverageCost) -> Row:
        steps = [
            self.ledger_row(step.movement, step.origin)
            | {
                "value": self.cost(step.movement.value),
                "average_before": self.cost(step.average_before),
                "average_after": self.cost(step.average_after),
            }
            for step in answer.steps
        ]
        return {
            "steps": steps,
            "earlier": answer.earlier,
            "quantity": answer.quantity,
            "value": self.cost(answer.value),
            "average": self.cost(answer.average),
        }


class LotQuestions(Answering):
    """Where a lot came from, and who got it."""

    @action(
        detail=True,
        required_perm=SEE_LEDGER,
        output_class=TraceAnswer,
        takes={**PAGING, "direction": DIRECTION},
    )
    def trace(self, request, pk: str) -> Response:
        """Follow the lot through all warehouses: backwards to receipts and suppliers, forwards to shipments, orders
        and customers, with what came back. Without a direction: all its movements."""
        lot, asked = self.found(), self.asked()
        direction = Direction(asked["direction"]) if "direction" in asked else None
        now = whereabouts(lot)
        places = [
            {"warehouse": place.inventory.warehouse_id, "bin": place.bin_id, "quantity": place.quantity}
            for place in now.places
        ]
        facts = {name: getattr(now, name) for name in ("received", "shipped", "corrected", "in_transit", "on_hand")}
        return self.ledger_page(
            movements_of_lot(lot, direction), self._trace_rows, whereabouts={**facts, "places": places}
        )

    def _trace_rows(self, movements: Sequence[StockMovement]) -> list[Row]:
        return [self.ledger_row(row.movement, row.origin) for row in trace_rows(movements)]
