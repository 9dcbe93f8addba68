"""Three warehouses with bins, and what lay there on the first day."""

import datetime

from catalog.models import Product, Tracking
from inventory_project.base.actor import acting_as
from inventory_project.base.clock import today
from stock.models import Bin, Warehouse

from .table import load

PLACES = [("HAM", "Hamburg", "Harbour Road 1, Hamburg"), ("BER", "Berlin", "Canal Street 8, Berlin")]
SMALL = ("MUC", "München", "Ring 12, München")


def build(world) -> None:
    """Warehouses, bins, opening stock with reorder levels."""
    by = world.staff["Warehouse operator"]
    rows = [{"code": code, "name": name, "location": where} for code, name, where in (*PLACES, SMALL)]
    load("warehouses", rows, by=world.admin)
    with acting_as(by):
        for warehouse in Warehouse.objects.order_by("pk"):
            bins = [
                Bin(warehouse=warehouse, code=f"{aisle}-{shelf:02d}", description=f"Aisle {aisle}, shelf {shelf}")
                for aisle in "AB"
                for shelf in range(1, 5)
            ]
            Bin.objects.bulk_create(bins)
    load("opening_stock", _opening(world), by=by)
    world.say(f"Stock: {len(PLACES) + 1} warehouses with opening stock")


def _opening(world) -> list[dict[str, object]]:
    rows = []
    for product in Product.objects.order_by("pk"):
        for code, _name, _where in PLACES:
            if world.random.random() < 0.85:
                rows += _lines(world, product, code)
    return rows


def _lines(world, product: Product, warehouse: str) -> list[dict[str, object]]:
    row = {
        "sku": product.sku,
        "warehouse": warehouse,
        "bin": world.random.choice(["", "A-01", "A-02", "B-03"]),
        "quantity": world.random.choice([8, 20, 60, 150, 400]),
        "unit_cost": product.cost,
        "lot_number": "",
        "expires_on": "",
        "reorder_level": world.random.choice([5, 10, 25]),
    }
    if product.tracking == Tracking.SERIAL:
        return [
            {**row, "quantity": 1, "lot_number": f"{product.sku}-{warehouse}-{n:03d}"}
            for n in range(1, world.random.randint(4, 9))
        ]
    if product.tracking == Tracking.LOT:
        return [
            {
                **row,
                "lot_number": f"L{world.random.randint(1000, 9999)}{n}",
                "expires_on": today() + datetime.timedelta(days=world.random.randint(20, 500)),
            }
            for n in range(2)
        ]
    return [row]
