"""Adjustments: stock put right by hand, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Product
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.services import service
from stock.models import Bin, Lot, MovementKind, StockMovement, Warehouse
from stock.services import checks
from stock.services.balances import Balances, Place, default_bins, lock_balances
from stock.services.corrections import make_room
from stock.services.picking import Demand, pick
from stock.services.posting import Move, post


@dataclass(frozen=True)
class AdjustmentLine:
    """Units to add (positive) or to take away (negative), and why.

    Without a bin, goods are added to the default bin, and taken away from wherever they lie. A cost is for added
    goods only; without one they come in at the average, or at the product's cost where there are none yet.
    """

    product: Product
    warehouse: Warehouse
    quantity: int
    reason: str
    bin: Bin | None = None
    lot: Lot | None = None
    unit_cost: Decimal | None = None

    @property
    def place(self) -> Place:
        return self.product.pk, self.warehouse.pk

    @property
    def demand(self) -> Demand:
        return Demand(
            self.product.pk,
            self.warehouse.pk,
            -self.quantity,
            bin_id=self.bin.pk if self.bin else None,
            lot_id=self.lot.pk if self.lot else None,
        )


@service
def adjust_stock(lines: Sequence[AdjustmentLine], *, release: bool = False, by) -> list[StockMovement]:
    """Put stock right; returns the ledger rows, of which a line that takes from several bins has several.

    Refuses to take more than there is, and, naming the orders, more than is free: unless `release` says that the
    newest reservations give way.
    """
    checks.require_lines(lines)
    lines = [_checked(line, f"lines/{index}") for index, line in enumerate(lines)]
    balances = lock_balances({line.place for line in lines}, create=any(line.quantity > 0 for line in lines))
    _require_cost(lines, balances)
    bins = default_bins(line.warehouse.pk for line in lines if line.quantity > 0 and line.bin is None)
    less = [index for index, line in enumerate(lines) if line.quantity < 0]
    picks = pick([lines[index].demand for index in less], balances, shippable_only=False)
    chosen = dict(zip(less, picks, strict=True))
    moves = []
    for index, line in enumerate(lines):
        if line.quantity > 0:
            bin_id = line.bin.pk if line.bin else bins[line.warehouse.pk]
            moves.append(_move(line, line.quantity, bin_id, line.lot.pk if line.lot else None))
        else:
            moves += [_move(line, -part.quantity, part.bin_id, part.lot_id) for part in chosen[index]]
    make_room(balances, moves, release=release)
    return post(moves)


def _checked(line: AdjustmentLine, path: str) -> AdjustmentLine:
    checks.signed(line.quantity, f"{path}/quantity")
    reason = checks.text(StockMovement, "reason", line.reason, f"{path}/reason", required=True)
    checks.require_bin_of(line.bin, line.warehouse, f"{path}/bin")
    checks.require_lot_of(line.lot, line.product, f"{path}/lot")
    unit_cost = line.unit_cost
    if unit_cost is not None:
        unit_cost = checks.cost(unit_cost, f"{path}/unit_cost")
        if line.quantity < 0:
            raise InvalidInput(
                _("Goods leave at their average cost: leave the unit cost empty."), field=f"{path}/unit_cost"
            )
    return AdjustmentLine(line.product, line.warehouse, line.quantity, reason, line.bin, line.lot, unit_cost)


def _require_cost(lines: Sequence[AdjustmentLine], balances: Balances) -> None:
    """What comes into an empty balance has a cost: somebody says it, or the product does."""
    for index, line in enumerate(lines):
        unknown = line.quantity > 0 and line.unit_cost is None and line.product.cost is None
        if unknown and not balances[line.place].quantity:
            raise InvalidInput(
                _("Enter the unit cost of %(sku)s: there is none in stock to take it from.")
                % {"sku": line.product.sku},
                field=f"lines/{index}/unit_cost",
                code="cost_required",
            )


def _move(line: AdjustmentLine, quantity: int, bin_id: int, lot_id: int | None) -> Move:
    return Move(
        product_id=line.product.pk,
        warehouse_id=line.warehouse.pk,
        bin_id=bin_id,
        lot_id=lot_id,
        quantity=quantity,
        kind=MovementKind.ADJUSTMENT,
        value=None if line.unit_cost is None else line.unit_cost * quantity,
        reason=line.reason,
    )


@service
def reverse_movement(movement: StockMovement, *, reason: str, release: bool = False, by) -> StockMovement:
    """Undo an adjustment or opening stock by a further ledger row, exact in quantity and place.

    A movement that was reversed already stays so: its reversal is returned. Refuses the movement of a document,
    which is undone there, and a reversal; refuses when the goods are gone or, unless `release`, reserved.
    """
    reason = checks.text(StockMovement, "reason", reason, "reason", required=True)
    balances = lock_balances([(movement.product_id, movement.warehouse_id)])
    done = StockMovement.objects.filter(reverses=movement).first()
    if done:
        return done
    _require_own(movement)
    move = reversal_of(movement, reason=reason)
    make_room(balances, [move], release=release)
    return post([move])[0]


def reversal_of(movement: StockMovement, *, reason: str) -> Move:
    """The move that undoes a ledger row: the same units at the same place, with the value that it moved."""
    return Move(
        product_id=movement.product_id,
        warehouse_id=movement.warehouse_id,
        bin_id=movement.bin_id,
        lot_id=movement.lot_id,
        quantity=-movement.quantity,
        kind=MovementKind.REVERSAL,
        value=abs(movement.value),
        reference=movement.reference,
        reason=reason,
        source_type=movement.source_type,
        source_id=movement.source_id,
        reverses_id=movement.pk,
    )


def _require_own(movement: StockMovement) -> None:
    if movement.source_id is not None:
        raise RuleViolation(
            _("This movement belongs to %(document)s. Undo it there, or adjust the stock.")
            % {"document": movement.reference or movement.source_type},
            code="belongs_to_document",
        )
    if movement.kind == MovementKind.REVERSAL:
        raise RuleViolation(_("A reversal is not reversed. Adjust the stock instead."), code="is_reversal")
