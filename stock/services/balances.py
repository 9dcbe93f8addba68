"""Finding and locking the rows that a posting works on."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from catalog.models import Product
from inventory_project.base.errors import RuleViolation
from inventory_project.base.services import lock_all
from stock.models import Bin, Inventory, Warehouse

# What a balance is for: a product id and a warehouse id.
type Place = tuple[int, int]
type Balances = Mapping[Place, Inventory]


def lock_balances(places: Iterable[Place], *, create: bool = False) -> dict[Place, Inventory]:
    """Lock the balances of (product id, warehouse id) pairs in id order; `create` makes those that are missing.

    Missing rows are written before anything is locked, so that whoever waits for another's new row holds no balance.
    """
    places = set(places)
    ids = _find(places)
    missing = sorted(places - ids.keys())
    if missing and create:
        # Who changes how a product is tracked looks at its balances, and must not overlook one that is on its way.
        lock_all(Product.objects.filter(pk__in={product for product, _warehouse in missing}))
        new = [Inventory(product_id=product, warehouse_id=warehouse) for product, warehouse in missing]
        Inventory.objects.bulk_create(new, ignore_conflicts=True)
        ids = _find(places)
    rows = lock_all(Inventory.objects.filter(pk__in=ids.values()))
    return {(row.product_id, row.warehouse_id): row for row in rows}


def _find(places: set[Place]) -> dict[Place, int]:
    products, warehouses = zip(*places, strict=True) if places else ((), ())
    nearby = Inventory.objects.filter(product__in=set(products), warehouse__in=set(warehouses)).order_by()
    rows = nearby.values_list("pk", "product_id", "warehouse_id")
    return {(product, warehouse): pk for pk, product, warehouse in rows if (product, warehouse) in places}


def default_bins(warehouse_ids: Iterable[int]) -> dict[int, int]:
    """The default bin's id of each warehouse. Refuses a warehouse without one."""
    wanted = set(warehouse_ids)
    found = dict(Bin.objects.filter(warehouse__in=wanted, is_default=True).values_list("warehouse_id", "pk"))
    if wanted - found.keys():
        names = Warehouse.objects.filter(pk__in=wanted - found.keys()).values_list("name", flat=True)
        raise RuleViolation(
            _("%(warehouses)s: there is no default bin. Make one of its bins the default.")
            % {"warehouses": ", ".join(names)},
            code="no_default_bin",
        )
    return found
