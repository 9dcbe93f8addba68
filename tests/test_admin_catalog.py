"""The catalog in the back office keeps the rules of its services."""

from decimal import Decimal

import pytest
from lxml import html

from catalog.models import Category, Product, ProductBarcode, TaxRate
from sales.services import confirm_order, release_order
from stock.models import GoodsReceipt, Inventory, StockMovement, Warehouse
from stock.services import (
    OpeningLine,
    enter_opening_stock,
    post_goods_receipt,
    save_warehouse,
    send_purchase_order,
)
from tests.back_office import Desk, errors_of, url
from tests.factories.catalog import CategoryFactory, ProductBarcodeFactory, ProductFactory, TaxRateFactory
from tests.factories.sales import OrderItemFactory
from tests.factories.stock import GoodsReceiptItemFactory, PurchaseOrderItemFactory, WarehouseFactory, put_in_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_tracking_stays_while_there_is_stock(desk):
    product = ProductFactory(tracking="none")
    warehouse = save_warehouse(Warehouse(code="HAM", name="Hamburg"), by=desk.user)
    enter_opening_stock([OpeningLine(product=product, warehouse=warehouse, quantity=3, unit_cost=1)], by=desk.user)

    response = desk.edit(product, tracking="lot", name="Renamed")

    assert "how it is tracked can't be changed" in errors_of(response)
    assert list(Product.objects.values_list("tracking", "name")) == [("none", product.name)]


def test_the_figure_of_a_used_tax_rate_stays(desk):
    rate = TaxRateFactory(rate=19)
    ProductFactory(tax_rate=rate)

    response = desk.edit(rate, rate="20", category="S")

    assert "so its figure stays" in errors_of(response)
    assert TaxRate.objects.get(pk=rate.pk).rate == 19


def test_other_edits_of_a_product_are_plain(desk):
    product = ProductFactory()

    assert desk.edit(product, name="Renamed").status_code == 302
    product.refresh_from_db()
    assert (product.name, product.updated_by) == ("Renamed", desk.user)


# --- what a page leads to ---------------------------------------------------------------------------------------------


def related(desk, row) -> dict[str, tuple[str, str]]:
    links = desk.open(type(row), "change", row.pk).context["related"]
    return {str(link.label): (str(link.value), link.url) for link in links}


def test_a_product_says_what_there_is_what_is_promised_and_what_comes(desk):
    line = OrderItemFactory(quantity=3)
    product = line.product
    put_in_stock(product, WarehouseFactory(), 10)
    coming = PurchaseOrderItemFactory(product=product, quantity=40)
    assert related(desk, product)["incoming"][0] == "0"
    send_purchase_order(coming.purchase_order, by=desk.user)
    confirm_order(line.order, by=desk.user)
    found = related(desk, product)
    assert [found[name][0] for name in ("on hand", "reserved", "incoming")] == ["10", "3", "40"]
    for name in ("on hand", "reserved", "incoming"):
        assert product.sku in desk.client.get(found[name][1]).content.decode()
    assert not related(Desk("catalog.view_product"), product).keys() & {"on hand", "reserved", "incoming"}


def test_balances_with_demand_are_those_reserved_or_waited_for(desk):
    warehouse = WarehouseFactory()
    lines = [OrderItemFactory(quantity=5, order__allow_backorder=True) for _number in range(2)]
    put_in_stock(lines[0].product, warehouse, 9)
    put_in_stock(lines[1].product, warehouse, 2)
    put_in_stock(ProductFactory(), warehouse, 9)
    confirm_order(lines[0].order, by=desk.user)
    confirm_order(lines[1].order, by=desk.user)
    release_order(lines[1].order, by=desk.user)
    rows = desk.open(Inventory, "changelist", view="demand").context["cl"].result_list
    assert {row.product for row in rows} == {line.product for line in lines}


def test_where_deleting_a_category_is_refused_its_products_can_be_moved(desk):
    category = ProductFactory().category
    page = desk.open(Category, "delete", category.pk).content.decode()
    assert f"{url(Category, 'change', category.pk)}?act=move" in page
    above = CategoryFactory(parent=None)
    CategoryFactory(parent=above)
    assert "?act=move" not in desk.open(Category, "delete", above.pk).content.decode()
    assert "move" not in desk.buttons(above)


def test_the_figure_of_a_rate_that_products_have_is_fixed(desk):
    rate = TaxRateFactory(rate=Decimal("19"))
    assert "rate" in desk.open(TaxRate, "change", rate.pk).context["adminform"].form.fields
    ProductFactory(tax_rate=rate)
    assert "rate" not in desk.open(TaxRate, "change", rate.pk).context["adminform"].form.fields


def test_a_taken_barcode_says_by_which_product(desk):
    barcode = ProductBarcodeFactory()
    other = ProductFactory()
    entries = {"product": other.pk, "code": barcode.code, "symbology": barcode.symbology, "quantity": 1}
    assert f"that of {barcode.product} already" in errors_of(desk.add(ProductBarcode, **entries))
    line = {"code": barcode.code, "symbology": barcode.symbology, "quantity": 1}
    page = desk.edit(other, barcodes__TOTAL_FORMS=1, **{f"barcodes__0__{name}": text for name, text in line.items()})
    assert f"that of {barcode.product} already" in errors_of(page)
    assert ProductBarcode.objects.count() == 1


def test_a_movement_leads_to_its_document(desk):
    line = GoodsReceiptItemFactory(quantity=7)
    post_goods_receipt(line.receipt, by=desk.user)
    page = html.fromstring(desk.open(StockMovement, "changelist").content.decode())
    (link,) = page.xpath('//td[contains(@class, "field-document")]/a/@href')
    assert desk.client.get(link)["Location"] == url(GoodsReceipt, "change", line.receipt_id)
    assert "+7" in page.text_content()


def test_a_product_shows_its_picture(desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    product = ProductFactory()
    assert 'class="picture"' not in desk.open(Product, "change", product.pk).content.decode()
    Product.objects.update(image="products/x.png")
    assert 'class="picture"' in desk.open(Product, "change", product.pk).content.decode()
