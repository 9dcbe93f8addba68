"""A wholesaler's catalog: tools, fixings, electrical goods, safety wear."""

from decimal import Decimal

from stdnum import ean

from catalog.models import PriceList, PriceListItem, Product, ProductBarcode
from inventory_project.base.actor import acting_as
from inventory_project.base.money import units

from .table import load

# category: (parent, things, sizes, price from, price to, tracking)
RANGE = {
    "Hand tools": ("Tools", ["Hammer", "Screwdriver", "Pliers", "Hand saw"], ["S", "M", "L"], 6, 45, "none"),
    "Power tools": ("Tools", ["Drill", "Angle grinder", "Jigsaw"], ["600 W", "850 W", "18 V"], 60, 320, "serial"),
    "Screws": ("Fixings", ["Wood screw", "Machine screw"], ["3 x 30", "4 x 50", "5 x 80"], 3, 18, "none"),
    "Anchors": ("Fixings", ["Wall plug", "Heavy anchor", "Frame anchor"], ["6 mm", "8 mm", "10 mm"], 4, 25, "none"),
    "Cables": ("Electrical", ["Cable", "Extension lead", "Cable reel"], ["10 m", "25 m", "50 m"], 12, 95, "none"),
    "Lighting": ("Electrical", ["LED lamp", "Work light", "Panel light"], ["10 W", "20 W", "40 W"], 5, 70, "none"),
    "Adhesives": ("", ["Wood glue", "Sealant", "Construction adhesive"], ["250 ml", "310 ml", "1 l"], 4, 28, "lot"),
    "Safety": ("", ["Work gloves", "Safety goggles", "Hard hat", "Ear muffs"], ["M", "L", "XL"], 3, 60, "none"),
}
BRANDS = ["Nordwerk", "Halden", "Ferro", "Kestrel", "Brava", "Omnitec"]
CITIES = [("Rotterdam", "NL"), ("Gdańsk", "PL"), ("Lyon", "FR"), ("Göteborg", "SE"), ("Milano", "IT"), ("Essen", "DE")]
FAMILIES = ["Adler", "Bakker", "Costa", "Dahl", "Evers", "Fontaine", "Grünwald", "Holm", "Ivanov", "Jansen"]
FORMS = ["Supply", "Industries", "Werkzeuge", "Trading", "Manufacturing"]


def build(world) -> None:
    """Tax rates, categories, suppliers, products with barcodes and offers, price lists."""
    by = world.staff["Catalog manager"]
    load(
        "tax_rates",
        [
            {"name": "Standard 19 %", "rate": 19, "category": "S", "is_default": "yes", "exemption_reason": ""},
            {"name": "Reduced 7 %", "rate": 7, "category": "S", "is_default": "no", "exemption_reason": ""},
            {"name": "Exempt", "rate": 0, "category": "E", "is_default": "no", "exemption_reason": "Exempt from VAT"},
        ],
        by=by,
    )
    parents = sorted({parent for parent, *_rest in RANGE.values() if parent})
    rows = [{"name": name, "parent": ""} for name in parents]
    rows += [{"name": name, "parent": parent} for name, (parent, *_rest) in RANGE.items()]
    load("categories", rows, by=by)
    load("suppliers", [_supplier(world, n) for n in range(1, world.size.suppliers + 1)], by=by)
    load("products", [_product(world, n) for n in range(1, world.size.products + 1)], by=by)
    with acting_as(by):
        _barcodes(world)
        _price_lists(world)
    world.say(f"Catalog: {world.size.products} products of {world.size.suppliers} suppliers")


def _supplier(world, number: int) -> dict[str, object]:
    city, country = world.random.choice(CITIES)
    return {
        "code": f"S{number:04d}",
        "name": f"{FAMILIES[number % len(FAMILIES)]} {world.random.choice(FORMS)} {number}",
        "contact_name": f"{world.random.choice(FAMILIES)}",
        "email": f"orders{number}@supplier.example",
        "city": city,
        "country": country,
        "payment_terms_days": world.random.choice([14, 30, 60]),
        "lead_time_days": world.random.randint(2, 21),
    }


def _product(world, number: int) -> dict[str, object]:
    category = world.random.choices(list(RANGE), weights=[4, 1, 4, 3, 3, 3, 2, 3])[0]
    _parent, things, sizes, low, high, tracking = RANGE[category]
    price = Decimal(world.random.randint(low * 100, high * 100)) / 100
    cost = units(price * world.random.randint(52, 72) / 100)
    brand = world.random.choice(BRANDS)
    pack = world.random.choice([1, 5, 10, 12])
    return {
        "sku": f"{category[:2].upper()}-{number:05d}",
        "name": f"{brand} {world.random.choice(things)} {world.random.choice(sizes)}",
        "description": f"{category} by {brand}.",
        "category": category,
        "price": price,
        "cost": cost,
        "brand": brand,
        "tracking": tracking,
        "weight_grams": world.random.randint(20, 6_000),
        "supplier": f"S{world.random.randint(1, world.size.suppliers):04d}",
        "supplier_sku": f"{brand[:3].upper()}{world.random.randint(10_000, 99_999)}",
        "minimum_order_quantity": pack,
        "pack_size": pack,
    }


def _barcodes(world) -> None:
    products = Product.objects.order_by("pk").values_list("pk", flat=True)
    rows = []
    for pk in products:
        digits = f"40{pk:010d}"
        rows.append(ProductBarcode(product_id=pk, code=digits + ean.calc_check_digit(digits), is_primary=True))
    ProductBarcode.objects.bulk_create(rows, batch_size=1_000)


def _price_lists(world) -> None:
    trade = PriceList.objects.create(name="Trade")
    PriceList.objects.create(name="Summer campaign", is_active=False)
    rows = []
    for product in Product.objects.order_by("pk"):
        if world.random.random() < 0.4:
            rows.append(_list_price(trade, product, 1, "0.95"))
            rows.append(_list_price(trade, product, 20, "0.88"))
    PriceListItem.objects.bulk_create(rows, batch_size=1_000)


def _list_price(price_list: PriceList, product: Product, minimum: int, factor: str) -> PriceListItem:
    price = units(product.price * Decimal(factor))
    return PriceListItem(price_list=price_list, product=product, minimum_quantity=minimum, price=price)
