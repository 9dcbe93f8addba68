"""Importing CSV files: all rows or none, errors by line, the same file twice changes nothing."""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from catalog.models import Category, PriceList, PriceListItem, Product, Supplier, SupplierProduct, TaxRate
from inventory_project.base.errors import InvalidInput
from inventory_project.imports import IMPORTERS, ImportFailed
from inventory_project.imports.table import parse_csv
from sales.models import Customer, Order
from stock.models import Inventory, StockMovement

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def admin() -> User:
    return User.objects.create_superuser("admin", "admin@example.com", "admin")


def load(kind: str, text: str, by: User, **options):
    return IMPORTERS[kind]().run(parse_csv(text, f"{kind}.csv"), by=by, **options)


@pytest.fixture
def catalog(admin):
    load("tax_rates", "name,rate,is_default\nStandard,19,yes\n", admin)
    load("categories", "name\nTools\n", admin)
    load("suppliers", "code,name\nS1,Ferro\n", admin)
    load("products", "sku,name,category,price,cost,supplier\nH-1,Hammer,Tools,10.00,6,S1\n", admin)
    load("warehouses", "code,name\nHAM,Hamburg\n", admin)


@pytest.fixture
def customer(admin):
    load("customers", "code,name,line1,city,country\nC1,Baker,Market 1,Hamburg,DE\n", admin)


def test_the_documented_templates_are_the_real_ones():
    documented = {}
    for kind, columns in re.findall(r"^\| (\w+) \| (.+) \|$", (ROOT / "docs/import.md").read_text(), re.MULTILINE):
        if kind in IMPORTERS:
            documented[kind] = [(name.strip("* "), "**" in name) for name in columns.split(",")]

    assert documented == {
        kind: [(column.name, column.required) for column in importer.columns] for kind, importer in IMPORTERS.items()
    }


def test_children_may_stand_above_their_parents(admin):
    load("categories", "name,parent\nDrills,Power tools\nPower tools,Tools\nTools,\n", admin)

    assert Category.objects.get(name="Drills").parent.parent.name == "Tools"


def test_a_parent_that_is_nowhere_is_refused(admin):
    with pytest.raises(ImportFailed) as failure:
        load("categories", "name,parent\nTools,\nDrills,Nowhere\n", admin)

    assert [str(error) for error in failure.value.errors] == ["line 3, parent: There is no category “Nowhere”."]
    assert not Category.objects.exists()


def test_a_product_comes_with_its_suppliers_offer(catalog, admin):
    product = Product.objects.get(sku="H-1")
    offer = SupplierProduct.objects.get(product=product)

    assert (product.price, product.cost, product.created_by) == (Decimal("10.00"), Decimal("6.00"), admin)
    assert (offer.supplier.code, offer.cost, offer.is_preferred) == ("S1", Decimal("6.00"), True)


def test_the_same_file_again_changes_nothing(catalog, admin):
    before = Product.objects.get().updated_at

    report = load("products", "sku,name,category,price,cost,supplier\nH-1,Hammer,Tools,10.00,6,S1\n", admin)

    assert (report.created, report.updated, report.unchanged) == (0, 0, 1)
    assert Product.objects.get().updated_at == before


def test_a_known_key_is_changed_whatever_its_case(catalog, admin):
    report = load("products", "sku,name,category,price\nh-1,Claw hammer,tools,12.5\n", admin)

    assert (report.created, report.updated) == (0, 1)
    assert Product.objects.get().name == "Claw hammer"


def test_columns_that_the_file_does_not_have_stay_as_they_are(catalog, admin):
    load("products", "sku,name,category,price,supplier\nH-1,Claw hammer,Tools,12.5,S1\n", admin)

    product = Product.objects.get()
    assert (product.name, product.cost, product.offers.get().cost) == ("Claw hammer", Decimal("6.00"), Decimal("6.00"))


def test_offers_are_known_by_supplier_and_sku(catalog, admin):
    load("suppliers", "code,name\nS2,Acier\n", admin)
    text = "supplier,sku,cost,pack_size,is_preferred\ns1,h-1,5.5,6,yes\nS2,H-1,4.75,1,no\n"
    report = load("supplier_products", text, admin)
    assert (report.created, report.updated, report.unchanged) == (1, 1, 0)
    found = SupplierProduct.objects.order_by("pk").values_list("supplier__code", "cost", "pack_size", "is_preferred")
    assert list(found) == [("S1", Decimal("5.5"), 6, True), ("S2", Decimal("4.75"), 1, False)]
    assert load("supplier_products", text, admin).unchanged == 2
    with pytest.raises(ImportFailed) as failure:
        load("supplier_products", "supplier,sku,cost,is_preferred\nS2,H-1,4,yes\nS9,H-1,1,no\nS1,H-9,1,no\n", admin)
    said = " ".join(map(str, failure.value.errors))
    assert "preferred supplier already" in said
    assert "There is no supplier “S9”" in said
    assert "There is no product “H-9”" in said


def test_list_prices_are_known_by_list_sku_and_quantity(catalog, admin):
    PriceList.objects.create(name="Trade")
    text = "price_list,sku,minimum_quantity,price\nTrade,H-1,,9.50\ntrade,h-1,10,8.75\n"
    assert load("list_prices", text, admin).created == 2
    changed = load("list_prices", "price_list,sku,minimum_quantity,price\nTrade,H-1,10,8\nTrade,H-1,1,9.5\n", admin)
    assert (changed.created, changed.updated, changed.unchanged) == (0, 1, 1)
    prices = PriceListItem.objects.order_by("minimum_quantity").values_list("minimum_quantity", "price")
    assert list(prices) == [(1, Decimal("9.5")), (10, Decimal(8))]
    with pytest.raises(ImportFailed) as failure:
        load("list_prices", "price_list,sku,price\nTrade,H-1,-1\nNone,H-1,2\nTrade,H-1,3\n", admin)
    said = " ".join(map(str, failure.value.errors))
    assert "line 2: Price must be between" in said
    assert "There is no price list “None”" in said
    assert "stands in line 2 already" in said
    assert list(prices) == [(1, Decimal("9.5")), (10, Decimal(8))]


def test_what_a_service_refuses_an_import_refuses_too(catalog, admin):
    load("opening_stock", "sku,warehouse,quantity,unit_cost\nH-1,HAM,12,6\n", admin)
    Product.objects.update(tax_rate=TaxRate.objects.get())

    with pytest.raises(ImportFailed, match="how it is tracked can't be changed"):
        load("products", "sku,name,category,price,tracking\nH-1,Hammer,Tools,10,lot\n", admin)
    with pytest.raises(ImportFailed, match="so its figure stays"):
        load("tax_rates", "name,rate\nStandard,20\n", admin)

    assert (Product.objects.get().tracking, TaxRate.objects.get().rate) == ("none", 19)


def test_semicolons_decimal_commas_and_a_byte_order_mark_are_read(catalog, admin, tmp_path):
    file = tmp_path / "products.csv"
    file.write_bytes("\ufeffsku;name;category;price\nB-1;Bohrer;Tools;1234,5\n".encode())

    call_command("import_data", "products", str(file), stdout=io.StringIO())

    assert Product.objects.get(sku="B-1").price == Decimal("1234.5")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("X-1,Thing,Tools,-1", "line 3: Price must be between 0 and"),
        ("X-1,Thing,Tools,1_000", "line 3, price: “1_000” is no number"),
        ("X-1,Thing,Tools,١٢", "line 3, price: “١٢” is no number"),
        ("X-1,Thing,Tools,NaN", "line 3, price: “NaN” is no number"),
        ("X-1,Thing,Nowhere,1", "line 3, category: There is no category “Nowhere”"),
        (",Thing,Tools,1", "line 3, sku: is empty"),
        ("OK-1,Again,Tools,1", "line 3, sku: stands in line 2 already"),
        (f"X-1,{'x' * 201},Tools,1", "line 3, name: Ensure this value has at most 200 characters"),
    ],
)
def test_a_wrong_row_stops_the_whole_file(catalog, admin, row, complaint):
    with pytest.raises(ImportFailed) as failure:
        load("products", f"sku,name,category,price\nOK-1,Fine,Tools,1\n{row}\n", admin)

    assert str(failure.value.errors[0]).startswith(complaint)
    assert list(Product.objects.values_list("sku", flat=True)) == ["H-1"]


def test_the_good_rows_go_in_when_asked_and_the_bad_ones_into_a_file(catalog, admin, tmp_path):
    source, bad = tmp_path / "products.csv", tmp_path / "bad.csv"
    source.write_text("sku,name,category,price\nA-1,Axe,Tools,20\nA-2,Adze,Nowhere,20\nA-3,Awl,Tools,x\n")

    call_command("import_data", "products", str(source), skip_errors=bad, stdout=io.StringIO())

    assert set(Product.objects.values_list("sku", flat=True)) == {"H-1", "A-1"}
    rows = list(csv.reader(bad.open()))
    assert rows[0] == ["sku", "name", "category", "price", "error"]
    assert rows[1] == ["A-2", "Adze", "Nowhere", "20", "category: There is no category “Nowhere”."]
    assert rows[2][:4] == ["A-3", "Awl", "Tools", "x"]
    assert rows[2][4].startswith("price: “x” is no number.")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is empty"),
        ("sku,sku\n", "stands there twice"),
        ("sku,name\nA,B,C\n", "line 2: has 3 cells where the header has 2"),
        ("sku,name\nA,\0\n", "line 2: holds a NUL character"),
        ("sku,nmae,category,price\n", "unknown columns: nmae; missing columns: name"),
    ],
)
def test_a_broken_file_is_refused_with_the_place(admin, text, complaint):
    with pytest.raises(InvalidInput, match=complaint):
        load("products", text, admin)


def test_opening_stock_is_entered_once(catalog, admin):
    text = "sku,warehouse,quantity,unit_cost,reorder_level\nH-1,HAM,12,6.00,5\n"
    load("opening_stock", text, admin)

    with pytest.raises(ImportFailed, match="line 2, sku: H-1 has moved in HAM already"):
        load("opening_stock", text, admin)

    row = Inventory.objects.get()
    assert (row.quantity, row.stock_value, row.reorder_level) == (12, Decimal("72.0000"), 5)
    assert StockMovement.objects.get().kind == "opening"


def test_an_order_is_taken_as_far_as_the_file_says(catalog, customer, admin):
    load("opening_stock", "sku,warehouse,quantity,unit_cost\nH-1,HAM,12,6\n", admin)
    text = "order_number,customer,product,quantity,stage,ordered_on\nW-1,C1,H-1,2,paid,2026-01-05\n"

    load("orders", text, admin)
    again = load("orders", text, admin)

    order = Order.objects.get()
    assert (order.order_number, order.status, order.subtotal_amount) == ("W-1", "shipped", Decimal("20.00"))
    assert order.invoices.get().status == "paid"
    assert Inventory.objects.get().quantity == 10
    assert (again.created, again.unchanged) == (0, 1)


def test_an_order_that_stock_does_not_cover_imports_nothing(catalog, customer, admin):
    rows = ["order_number,customer,product,quantity,stage", "W-1,C1,H-1,1,pending", "W-2,C1,H-1,99,confirmed"]

    with pytest.raises(ImportFailed) as failure:
        load("orders", "\n".join(rows), admin)

    assert "H-1" in str(failure.value.errors[0])
    assert not Order.objects.exists()


def test_lines_of_an_order_that_stand_apart_are_not_dropped_in_silence(catalog, customer, admin):
    rows = ["order_number,customer,product,quantity", "W-1,C1,H-1,1", "W-2,C1,H-1,1", "W-1,C1,H-1,2"]

    with pytest.raises(ImportFailed) as failure:
        load("orders", "\n".join(rows), admin)

    assert str(failure.value.errors[0]) == "line 4, order_number: The lines of an order follow each other."
    assert not Order.objects.exists()


def test_an_order_is_known_however_its_accents_are_spelled(catalog, customer, admin):
    for number in ("Büro-1", "Bu\u0308ro-1", "Bu\u0308ro-1"):
        report = load("orders", f"order_number,customer,product,quantity\n{number},C1,H-1,1\n", admin)
    assert (report.created, report.unchanged, Order.objects.get().order_number) == (0, 1, "Büro-1")


def test_an_order_with_one_bad_line_is_left_out_as_a_whole(catalog, customer, admin):
    rows = ["order_number,customer,product,quantity", "W-1,C1,H-1,1", "W-1,C1,H-1,x", "W-2,C1,H-1,1"]

    report = load("orders", "\n".join(rows), admin, skip_errors=True)

    assert list(Order.objects.values_list("order_number", flat=True)) == ["W-2"]
    assert (report.created, len(report.errors)) == (1, 1)


def test_a_customers_city_makes_both_default_addresses(customer):
    addresses = Customer.objects.get().addresses.order_by("kind")

    assert [(a.kind, a.city, a.is_default) for a in addresses] == [
        ("billing", "Hamburg", True),
        ("shipping", "Hamburg", True),
    ]


def test_the_command_names_the_lines_and_stops(admin, tmp_path):
    file = tmp_path / "suppliers.csv"
    file.write_text("code,name,country\nS1,Ferro,Germany\n")
    errors = io.StringIO()

    with pytest.raises(CommandError, match="Nothing was imported: 1 wrong"):
        call_command("import_data", "suppliers", str(file), stderr=errors)

    assert "line 2, country: “Germany” is no country code" in errors.getvalue()
    assert not Supplier.objects.exists()
