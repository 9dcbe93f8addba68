"""Ordering what runs low: drafts of purchase orders, one per supplier and warehouse, in one step."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.models import Product, Supplier, SupplierProduct, TaxRate
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.numbering import next_numbers
from inventory_project.base.services import lock_all, service
from stock.models import Inventory, PurchaseOrder, PurchaseOrderItem, Warehouse
from stock.queries.as_of import Place
from stock.queries.low_stock import Outlook, low_stock, offers_of, outlooks, suggestion
from stock.services import checks
from stock.services.purchasing import default_tax_percent, sum_up

MOST_NAMED = 5

type Offers = Mapping[int, Sequence[SupplierProduct]]


@dataclass(frozen=True)
class ReorderLine:
    """A product that a warehouse needs. Without a quantity: what is suggested. Without a supplier: the preferred."""

    product: Product
    warehouse: Warehouse
    quantity: int | None = None
    supplier: Supplier | None = None


@service
def create_reorder_drafts(lines: Sequence[ReorderLine], *, count_drafts: bool = True, by) -> list[PurchaseOrder]:
    """Draft purchase orders for the lines: one for each supplier and warehouse, at the costs that are offered.

    A quantity that is named is taken as it is; one that is not is the suggested one (see `Outlook.suggested`), for
    which what was drafted before counts as on order unless told otherwise: whoever drafts twice at once orders once.
    Refuses, by SKU, products without a preferred supplier, a product twice in a warehouse, what is inactive, and a
    line without a quantity whose balance is not low. Costs the same statements for 1 line and for 1,000.
    """
    if not lines:
        raise InvalidInput(_("Say what to order."), field="lines")
    _require_once(lines)
    offers: dict[int, list[SupplierProduct]] = defaultdict(list)
    for offer in offers_of({line.product.pk for line in lines}):
        offers[offer.product_id].append(offer)
    suppliers = _suppliers(lines, offers)
    known = _outlooks(lines, count_drafts)
    groups: dict[tuple[int, int], list[PurchaseOrderItem]] = defaultdict(list)
    for index, (line, supplier) in enumerate(zip(lines, suppliers, strict=True)):
        offer = _offer_by(supplier, offers[line.product.pk])
        quantity = _quantity(line, known.get((line.product.pk, line.warehouse.pk)), offer, f"lines/{index}")
        cost = offer.cost if offer else line.product.cost
        item = PurchaseOrderItem(product=line.product, quantity=quantity, unit_cost=cost)
        groups[supplier.pk, line.warehouse.pk].append(item)
    return _write(groups)


@service
def reorder_low_stock(*, count_drafts: bool = True, by, **where: object) -> list[PurchaseOrder]:
    """Draft orders for all that is low, or of one warehouse (`warehouse=`) and the like; nothing, if nothing is.

    What has no preferred supplier is left out: `low_stock` names it.
    """
    rows = [row for row in low_stock(Inventory.objects.filter(**where), count_drafts=count_drafts) if row.offer]
    if not rows:
        return []
    lock_all(Inventory.objects.filter(pk__in=[row.balance.pk for row in rows]))
    rows = low_stock(Inventory.objects.filter(pk__in=[row.balance.pk for row in rows]), count_drafts=count_drafts)
    lines = [
        ReorderLine(row.balance.product, row.balance.warehouse, row.suggested, row.offer.supplier)
        for row in rows
        if row.offer
    ]
    return create_reorder_drafts(lines, by=by) if lines else []


def _require_once(lines: Sequence[ReorderLine]) -> None:
    seen: set[Place] = set()
    for index, line in enumerate(lines):
        checks.require_active(line.product, f"lines/{index}/product")
        checks.require_active(line.warehouse, f"lines/{index}/warehouse")
        place = (line.product.pk, line.warehouse.pk)
        if place in seen:
            raise InvalidInput(
                _("%(sku)s is named twice for %(warehouse)s: one line for each product and warehouse.")
                % {"sku": line.product.sku, "warehouse": line.warehouse},
                field=f"lines/{index}/product",
                code="duplicate",
            )
        seen.add(place)


def _suppliers(lines: Sequence[ReorderLine], offers: Offers) -> list[Supplier]:
    """Whom each line is bought from: the supplier that it names, else the product's preferred one."""
    found, without = [], []
    for index, line in enumerate(lines):
        preferred = [offer.supplier for offer in offers.get(line.product.pk, ()) if offer.is_preferred]
        if line.supplier:
            checks.require_active(line.supplier, f"lines/{index}/supplier")
            found.append(line.supplier)
        elif preferred:
            found.append(preferred[0])
        else:
            without.append((index, line.product.sku))
    if without:
        skus = ", ".join(sku for _index, sku in without[:MOST_NAMED])
        raise InvalidInput(
            _("No preferred supplier: %(skus)s. Choose one, or leave it out.")
            % {"skus": skus + (" …" if len(without) > MOST_NAMED else "")},
            field=f"lines/{without[0][0]}/supplier",
            code="supplier_required",
        )
    return found


def _outlooks(lines: Sequence[ReorderLine], count_drafts: bool) -> dict[Place, Outlook]:
    """The balances of the lines without a quantity, locked so that who does the same waits and then sees the drafts."""
    open_lines = [line for line in lines if line.quantity is None]
    if not open_lines:
        return {}
    balances = Inventory.objects.filter(
        product__in={line.product.pk for line in open_lines}, warehouse__in={line.warehouse.pk for line in open_lines}
    )
    lock_all(balances)
    rows = outlooks(balances, count_drafts=count_drafts)
    return {(row.balance.product_id, row.balance.warehouse_id): row for row in rows}


def _offer_by(supplier: Supplier, offers: Sequence[SupplierProduct]) -> SupplierProduct | None:
    return next((offer for offer in offers if offer.supplier_id == supplier.pk), None)


def _quantity(line: ReorderLine, outlook: Outlook | None, offer: SupplierProduct | None, path: str) -> int:
    if line.quantity is not None:
        return checks.whole(line.quantity, f"{path}/quantity")
    units = suggestion(outlook, offer) if outlook else 0
    if not units:
        raise RuleViolation(
            _("%(sku)s is not low in %(warehouse)s, so nothing is suggested. Say how many to order.")
            % {"sku": line.product.sku, "warehouse": line.warehouse},
            code="not_low",
            field=f"{path}/quantity",
        )
    return checks.whole(units, f"{path}/quantity")


def _write(groups: Mapping[tuple[int, int], Sequence[PurchaseOrderItem]]) -> list[PurchaseOrder]:
    """All orders and lines in one statement each."""
    numbers = next_numbers(PurchaseOrder, len(groups))
    rates = TaxRate.objects.in_bulk({item.product.tax_rate_id for mine in groups.values() for item in mine} - {None})
    default, orders, items = default_tax_percent(), [], []
    for number, ((supplier, warehouse), mine) in zip(numbers, groups.items(), strict=True):
        order = PurchaseOrder(purchase_order_number=number, supplier_id=supplier, warehouse_id=warehouse)
        for item in mine:
            item.purchase_order = order
            rate = rates.get(item.product.tax_rate_id)
            item.tax_percent = rate.rate if rate else default
        sum_up(order, mine)
        orders.append(order)
        items += mine
    PurchaseOrder.objects.bulk_create(orders)
    PurchaseOrderItem.objects.bulk_create(items)
    return orders
