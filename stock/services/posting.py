"""The one way to move stock. Every change of a quantity, a reservation counter or a value goes through here.

A posting takes many lines at once and costs the same few statements for 1 line and for 500: look up or create the
balances, lock them in id order, lock lots and stock items, compute in Python, write balances, items and ledger rows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils.translation import gettext as _

from catalog.models import Product, Tracking
from inventory_project.base.bulk import write_rows
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.fields import INTEGER_MAX, PRICE_MAX
from inventory_project.base.money import units
from inventory_project.base.services import lock_all
from inventory_project.base.trials import note
from stock.models import Inventory, Lot, MovementKind, StockItem, StockMovement
from stock.services.balances import Place, default_bins, lock_balances
from stock.services.posting_rules import (
    ItemKey,
    require_own_bins,
    require_own_lots,
    require_promised_left,
    require_single_serials,
    require_tracking,
)
from stock.services.shortages import Shortage, insufficient
from stock.signals import goods_arrived

__all__ = ["Move", "change_reserved", "default_bins", "lock_balances", "post"]


@dataclass(frozen=True)
class Move:
    """One line of a posting. `quantity` is signed: positive in, negative out.

    `value` is the worth of an inflow (None: at the average, or the product's cost into an empty balance). On an
    outflow it is the most that a reversal may take; None: it leaves at the moving average. `consumes` is how many
    reserved units the outflow uses up. `reverses_id` is the ledger row that this one undoes exactly.
    """

    product_id: int
    warehouse_id: int
    bin_id: int
    quantity: int
    kind: MovementKind
    lot_id: int | None = None
    value: Decimal | None = None
    consumes: int = 0
    reference: str = ""
    reason: str = ""
    source_type: str = ""
    source_id: int | None = None
    reverses_id: int | None = None

    @property
    def place(self) -> Place:
        return self.product_id, self.warehouse_id


@dataclass
class _Posting:
    """The locked rows of one posting, changed in memory move by move, then written."""

    products: Mapping[int, Product]
    balances: Mapping[Place, Inventory]
    lots: Mapping[int, Lot]
    items: Mapping[ItemKey, StockItem]
    changed: dict[ItemKey, StockItem] = field(default_factory=dict)
    shortages: list[Shortage] = field(default_factory=list)

    def apply(self, move: Move) -> StockMovement | None:
        """Change the rows in memory; return the ledger row, not yet written, or None when the move is short."""
        balance = self.balances.get(move.place)
        if balance is None:
            self.shortages.append(_short(move, 0))
            return None
        key = (balance.pk, move.bin_id, move.lot_id)
        item = self.changed.get(key) or self.items.get(key)
        item = item or StockItem(inventory=balance, bin_id=move.bin_id, lot_id=move.lot_id)
        if not self._suffices(balance, item, move):
            return None
        self.changed[key] = item
        value = _value(balance, move, self.products[move.product_id])
        item.quantity += move.quantity
        balance.quantity += move.quantity
        balance.reserved -= move.consumes
        balance.stock_value += value
        self._require_bounds(balance)
        return _ledger_row(move, value, balance.quantity)

    def _suffices(self, balance: Inventory, item: StockItem, move: Move) -> bool:
        """Whether the goods lie there and are free to go; what may be used up of the reserved is."""
        if not 0 <= move.consumes <= balance.reserved:
            raise RuleViolation(
                _("%(sku)s: %(consumes)d reserved units would be used up, but %(reserved)d are reserved.")
                % {
                    "sku": self.products[move.product_id].sku,
                    "consumes": move.consumes,
                    "reserved": balance.reserved,
                },
                code="not_reserved",
            )
        if move.quantity > 0:
            return True
        free = balance.quantity - (balance.reserved - move.consumes)
        if free + move.quantity < 0:
            self.shortages.append(_short(move, free))
            return False
        if item.quantity + move.quantity < 0:
            self.shortages.append(_short(move, item.quantity, bin_id=move.bin_id, lot_id=move.lot_id))
            return False
        return True

    def _require_bounds(self, balance: Inventory) -> None:
        if balance.quantity > INTEGER_MAX or balance.stock_value > PRICE_MAX:
            raise RuleViolation(
                _("%(sku)s: quantity or value would become larger than can be kept.")
                % {"sku": self.products[balance.product_id].sku},
                code="out_of_range",
            )

    def serials_coming_in(self, moves: Iterable[Move]) -> dict[int, Lot]:
        lots = {move.lot_id: self.lots[move.lot_id] for move in moves if move.quantity > 0 and move.lot_id}
        return {pk: lot for pk, lot in lots.items() if self.products[lot.product_id].tracking == Tracking.SERIAL}

    def write(self) -> None:
        write_rows(self.balances.values(), "quantity", "reserved", "stock_value")
        items = list(self.changed.values())
        write_rows([item for item in items if not item._state.adding], "quantity")
        StockItem.objects.bulk_create([item for item in items if item._state.adding])


def post(moves: Sequence[Move]) -> Sequence[StockMovement]:
    """Write the moves to the ledger and bring balances and stock items up to date, all or nothing.

    Must run inside a service's transaction. Returns the ledger rows in the order of the moves. Raises
    InsufficientStock, naming every short line, when goods are missing or reserved for others; RuleViolation on a
    wrong bin or lot, a serial number that is in stock already, or a shipment of a blocked or expired lot.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("post() runs inside a service's transaction")
    moves = list(moves)
    if not moves:
        return []
    if any(move.quantity == 0 for move in moves):
        raise InvalidInput(_("A movement moves something."), field="quantity")
    posting = _lock(moves)
    rows = [posting.apply(move) for move in moves]
    if posting.shortages:
        raise insufficient(posting.shortages)
    require_single_serials(posting.serials_coming_in(moves), posting.changed)
    posting.write()
    _announce(posting, moves)
    return note("movements", StockMovement.objects.bulk_create(rows))


def _announce(posting: _Posting, moves: Iterable[Move]) -> None:
    """Tell who waits for goods, once it is certain, in which balances there are more now."""
    net: Counter[int] = Counter()
    for move in moves:
        net[posting.balances[move.place].pk] += move.quantity + move.consumes
    arrived = frozenset(pk for pk, units in net.items() if units > 0)
    if arrived:
        news = partial(goods_arrived.send, sender=Inventory, inventory_ids=arrived)
        transaction.on_commit(news, robust=True)


def _lock(moves: Sequence[Move]) -> _Posting:
    """Lock balances, lots and stock items, each by id, and check what does not depend on quantities."""
    require_own_bins(moves)
    balances = lock_balances({move.place for move in moves}, create=any(move.quantity > 0 for move in moves))
    products = Product.objects.in_bulk({move.product_id for move in moves})  # their tracking changes under these locks
    require_tracking(moves, products)
    lots = lock_all(Lot.objects.filter(pk__in={move.lot_id for move in moves if move.lot_id}))
    lots = {lot.pk: lot for lot in lots}
    require_own_lots(moves, lots, products)
    require_promised_left(moves, balances, lots)
    nearby = StockItem.objects.filter(
        Q(lot__in=lots) | Q(lot=None),
        inventory__in={balance.pk for balance in balances.values()},
        bin__in={move.bin_id for move in moves},
    )
    items = {(item.inventory_id, item.bin_id, item.lot_id): item for item in lock_all(nearby)}
    return _Posting(products, balances, lots, items)


def _value(balance: Inventory, move: Move, product: Product) -> Decimal:
    """The signed value that a move carries: its own on the way in, the moving average on the way out."""
    if move.quantity > 0:
        if move.value is not None:
            return units(move.value)
        if balance.quantity:
            return units(balance.stock_value * move.quantity / balance.quantity)
        return units((product.cost or Decimal(0)) * move.quantity)
    if balance.quantity + move.quantity == 0:
        return -balance.stock_value
    if move.value is not None:
        return -min(units(move.value), balance.stock_value)
    return -units(balance.stock_value * -move.quantity / balance.quantity)


def _short(move: Move, available: int, **place: int | None) -> Shortage:
    return Shortage(move.product_id, move.warehouse_id, -move.quantity, available, **place)


def _ledger_row(move: Move, value: Decimal, quantity_after: int) -> StockMovement:
    return StockMovement(
        product_id=move.product_id,
        warehouse_id=move.warehouse_id,
        bin_id=move.bin_id,
        lot_id=move.lot_id,
        kind=move.kind,
        quantity=move.quantity,
        unit_cost=units(abs(value) / abs(move.quantity)),
        value=value,
        quantity_after=quantity_after,
        reason=move.reason,
        reference=move.reference,
        source_type=move.source_type,
        source_id=move.source_id,
        reverses_id=move.reverses_id,
    )


def change_reserved(deltas: Mapping[int, int]) -> None:
    """Add to the reservation counters of balances (inventory id -> signed units) that the caller has locked.

    One guarded statement; raises InsufficientStock, naming each product, when a counter would exceed what is on hand.
    """
    deltas = {pk: delta for pk, delta in deltas.items() if delta}
    if not deltas:
        return
    cases = [When(pk=pk, then=Value(delta)) for pk, delta in deltas.items()]
    after = F("reserved") + Case(*cases, output_field=IntegerField())
    balances = Inventory.objects.filter(pk__in=deltas)
    if balances.alias(after=after).filter(after__gte=0, after__lte=F("quantity")).update(reserved=after) < len(deltas):
        raise _not_reservable(balances.order_by("pk"), deltas)


def _not_reservable(balances: Iterable[Inventory], deltas: Mapping[int, int]) -> RuleViolation:
    shortages = []
    for row in balances:
        if row.reserved + deltas[row.pk] < 0:
            return RuleViolation(
                _("More would be released of %(balance)s than is reserved.") % {"balance": row}, code="not_reserved"
            )
        if row.reserved + deltas[row.pk] > row.quantity:
            free = row.quantity - row.reserved
            shortages.append(Shortage(row.product_id, row.warehouse_id, deltas[row.pk], free))
    return insufficient(shortages)
