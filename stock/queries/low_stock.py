"""What has to be ordered: balances at or below their reorder level, counting what is coming already."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import F, Min, Q, QuerySet, Sum
from django.db.models.functions import Greatest

from catalog.models import SupplierProduct
from stock.models import Inventory, PurchaseOrderItem, PurchaseStatus, StockTransferItem, TransferStatus
from stock.models.purchase import RECEIVABLE
from stock.registry import Backorder, demand

from .as_of import Place


@dataclass(frozen=True)
class Outlook:
    """A balance, what is coming and what is waited for, and whom it is bought from."""

    balance: Inventory
    on_order: int
    in_transit: int
    backordered: int
    offer: SupplierProduct | None

    @property
    def expected(self) -> int:
        """What will be available once all that is coming has come and all that is waited for has gone."""
        return self.balance.available + self.on_order + self.in_transit - self.backordered

    @property
    def is_low(self) -> bool:
        return is_low(self.expected, self.balance.reorder_level)

    @property
    def suggested(self) -> int:
        """How many to order: what brings the expected units up to the reorder level and the reorder quantity on top
        (at least one unit, so that an order always lifts the balance above its level), then at least the preferred
        supplier's minimum, rounded up to full packs. 0 for a balance that is not low."""
        return suggestion(self, self.offer)


def is_low(expected: int, level: int | None) -> bool:
    """Whether so many units are too few."""
    return level is not None and expected <= level


def suggestion(outlook: Outlook, offer: SupplierProduct | None) -> int:
    """How many to order from this supplier; see `Outlook.suggested`."""
    if not outlook.is_low:
        return 0
    target = outlook.balance.reorder_level + max(outlook.balance.reorder_quantity, 1)
    missing = target - outlook.expected
    if offer is None:
        return missing
    missing = max(missing, offer.minimum_order_quantity)
    return -(-missing // offer.pack_size) * offer.pack_size


class Coming:
    """What is on order, on its way and waited for, by product and warehouse. Four queries, whatever is asked of it."""

    def __init__(self, *, count_drafts: bool = True) -> None:
        waiting = demand().backorders()
        self.waited_for = {row.product_id for row in waiting}
        self.on_order, self.in_transit = _on_order(count_drafts), _in_transit()
        self.backordered = _by_place(waiting)

    def change(self, place: Place) -> int:
        """By how much what is available will have changed once all has come and gone."""
        return self.on_order[place] + self.in_transit[place] - self.backordered[place]

    def outlooks(self, balances: QuerySet[Inventory]) -> list[Outlook]:
        """Those of the balances, by id. Two queries."""
        rows = list(balances.select_related("product", "warehouse").order_by("pk"))
        preferred = offers_of(balances.order_by().values("product")).filter(is_preferred=True)
        offers = {offer.product_id: offer for offer in preferred}
        places = [((row.product_id, row.warehouse_id), row) for row in rows]
        return [
            Outlook(
                row,
                self.on_order[place],
                self.in_transit[place],
                self.backordered[place],
                offers.get(row.product_id),
            )
            for place, row in places
        ]


def low_stock(balances: QuerySet[Inventory] | None = None, *, count_drafts: bool = True) -> list[Outlook]:
    """The balances that are low, by id, or those of the given ones. Seven queries, however many there are.

    What is on purchase orders that were drafted but not sent counts as on order, unless told otherwise, so that
    ordering twice orders nothing twice. Products and warehouses that are inactive are left out.
    """
    coming = Coming(count_drafts=count_drafts)
    return coming.outlooks(Inventory.objects.filter(pk__in=low_ids(balances, coming)))


def low_ids(balances: QuerySet[Inventory] | None, coming: Coming) -> list[int]:
    """The same, their ids only: of a large company most of the time would go into rows that no page shows."""
    rows = Inventory.objects.all() if balances is None else balances
    rows = rows.filter(reorder_level__isnull=False, product__is_active=True, warehouse__is_active=True)
    short = Q(available__lte=F("reorder_level")) | Q(product__in=coming.waited_for)
    found = rows.filter(short).order_by("pk")
    return [
        pk
        for pk, product, warehouse, available, level in found.values_list(
            "pk", "product_id", "warehouse_id", "available", "reorder_level"
        )
        if is_low(available + coming.change((product, warehouse)), level)
    ]


def outlooks(balances: QuerySet[Inventory], *, count_drafts: bool = True) -> list[Outlook]:
    """The same of all given balances, whether they are low or not."""
    return Coming(count_drafts=count_drafts).outlooks(balances)


def _on_order(count_drafts: bool) -> Counter[Place]:
    """Open units of purchase orders, by product and warehouse."""
    states = [*RECEIVABLE, PurchaseStatus.DRAFT] if count_drafts else RECEIVABLE
    lines = PurchaseOrderItem.objects.filter(purchase_order__status__in=states).order_by()
    sums = lines.values_list("product_id", "purchase_order__warehouse_id")
    return _counted(sums.annotate(units=Sum(Greatest(F("quantity") - F("quantity_received"), 0))))


def _in_transit() -> Counter[Place]:
    """Units on their way from another warehouse, by product and where they will arrive."""
    lines = StockTransferItem.objects.filter(transfer__status=TransferStatus.IN_TRANSIT).order_by()
    sums = lines.values_list("product_id", "transfer__to_warehouse_id")
    return _counted(sums.annotate(units=Sum(F("quantity") - F("quantity_received"))))


def _by_place(waiting: Iterable[Backorder]) -> Counter[Place]:
    """What is waited for, by product and warehouse. What any warehouse may serve counts at the first one that keeps
    a reorder level for the product, and nowhere twice."""
    anywhere = {row.product_id for row in waiting if row.warehouse_id is None}
    homes = Inventory.objects.filter(product__in=anywhere, reorder_level__isnull=False, warehouse__is_active=True)
    first = dict(homes.order_by().values_list("product_id").annotate(Min("warehouse_id")))
    found: Counter[Place] = Counter()
    for row in waiting:
        found[row.product_id, row.warehouse_id or first.get(row.product_id, 0)] += row.units
    return found


def _counted(rows: Iterable[tuple[int, int, int]]) -> Counter[Place]:
    return Counter({(product, warehouse): units for product, warehouse, units in rows})


def offers_of(products: Collection[int] | QuerySet) -> QuerySet[SupplierProduct]:
    """All offers that active suppliers make for the products (their ids), the preferred ones first."""
    offers = SupplierProduct.objects.filter(product__in=products, supplier__is_active=True)
    return offers.select_related("supplier").order_by("product_id", "-is_preferred", "pk")
