"""What the lists say of their rows: sums and states, each in one query, and only to those who may know."""

import datetime
import re
from decimal import Decimal
from unittest import mock

import pytest

from billing.models import Invoice
from billing.services import issue_invoice, pay_invoice
from catalog.models import Category, PriceList, PriceListItem, Product, Supplier, TaxRate
from inventory_project.base.admin import listing
from inventory_project.base.clock import end_of_day, today
from sales.models import Customer, Order
from stock.models import Bin, Inventory, Lot, PurchaseOrder, StockCount, StockTransfer, Warehouse
from tests.back_office import Desk, errors_of, said, url
from tests.factories.billing import InvoiceItemFactory
from tests.factories.catalog import (
    CategoryFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    SupplierProductFactory,
    TaxRateFactory,
)
from tests.factories.sales import confirmed_order, place
from tests.factories.stock import PurchaseOrderItemFactory, StockTransferItemFactory, WarehouseFactory, put_in_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


def cell(desk: Desk, model, row, column: str, **query) -> str:
    """The text of a cell of the list."""
    page = desk.open(model, "changelist", **query)
    rows = re.findall(r"<tr>(?:(?!</tr>).)*</tr>", page.content.decode(), re.DOTALL)
    mine = next(text for text in rows if url(model, "change", row.pk) in text)
    found = re.search(rf'class="[^"]*field-{column}[^"]*">(.*?)</t[dh]>', mine, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).strip()


def test_warehouses_and_bins_say_what_they_hold(desk):
    warehouse, product = WarehouseFactory(), ProductFactory()
    put_in_stock(product, warehouse, 4)
    assert cell(desk, Warehouse, warehouse, "skus") == "1"
    assert cell(desk, Warehouse, warehouse, "stock_value") == "24.00"
    assert cell(desk, Bin, warehouse.bins.get(), "skus") == "1"
    page = Desk("stock.view_warehouse").open(Warehouse, "changelist").content.decode()
    assert "24.00" not in page


def test_purchase_orders_say_how_much_has_come(desk):
    line = PurchaseOrderItemFactory(quantity=8)
    type(line).objects.filter(pk=line.pk).update(quantity_received=2)
    assert cell(desk, PurchaseOrder, line.purchase_order, "received") == "25 %"
    PurchaseOrder.objects.update(status="ordered")
    assert cell(desk, Supplier, line.purchase_order.supplier, "open_orders") == "1"
    assert desk.open(Supplier, "changelist", view="open_orders").context["cl"].result_count == 1


def test_transfers_say_how_many_lines_they_have(desk):
    line = StockTransferItemFactory()
    assert cell(desk, StockTransfer, line.transfer, "items_count") == "1"


def test_customers_and_orders_say_what_is_owed(desk):
    order = confirmed_order()
    item = InvoiceItemFactory(invoice__customer=order.customer)
    Invoice.objects.filter(pk=item.invoice_id).update(order=order)
    assert cell(desk, Order, order, "payment") == "–"
    invoice = issue_invoice(item.invoice, by=order.user)
    assert cell(desk, Customer, order.customer, "open_balance") == "119.00"
    assert cell(desk, Customer, order.customer, "overdue") == "–"
    assert cell(desk, Order, order, "payment") == "Unpaid"
    assert desk.open(Order, "changelist", view="unpaid").context["cl"].result_count == 1
    pay_invoice(invoice, amount=Decimal("19"), payment_method="cash", by=order.user)
    assert cell(desk, Order, order, "payment") == "Partly paid"
    sales = Desk("sales.*")
    assert "119.00" not in sales.open(Customer, "changelist").content.decode()
    assert (
        "That filter was not understood"
        in sales.client.get(url(Order, "changelist", view="unpaid"), follow=True).content.decode()
    )


def test_categories_come_as_a_tree(desk):
    tools = CategoryFactory(name="Tools", parent=None)
    CategoryFactory(name="Anchors", parent=None)
    saws = CategoryFactory(name="Saws", parent=tools)
    CategoryFactory(name="Hand saws", parent=saws)
    ProductFactory(category=saws)
    listed = [row.name for row in desk.open(Category, "changelist").context["cl"].result_list]
    assert listed == ["Anchors", "Tools", "Saws", "Hand saws"]
    text = desk.open(Category, "changelist").content.decode()
    assert '<span class="depth-2">Hand saws</span>' in text
    assert cell(desk, Category, saws, "products_count") == "1"
    assert desk.open(Category, "changelist", q="saws").context["cl"].result_count == 2
    assert desk.open(Category, "changelist", o="1").status_code == 200


@pytest.mark.parametrize("price", ["55.0880", "12.5000", "0.0125", "1234.0000"])
def test_prices_have_no_spare_zeros_anywhere(desk, price):
    product = ProductFactory(price=Decimal(price))
    order = place((product, 1))
    desk.press(order, "confirm")
    for address in (
        url(Product, "changelist"),
        url(Product, "change", product.pk),
        url(Order, "change", order.pk),
        url(type(order.items.get()), "changelist"),
    ):
        text = desk.client.get(address).content.decode()
        assert not re.search(r"[>\"]\d[\d,]*\.\d\d\d?0[<\"]", text), address


# --- many at once -----------------------------------------------------------------------------------------------------


def test_prices_are_raised_together(desk):
    products = [ProductFactory(price=Decimal("10")), ProductFactory(price=Decimal("0.99"))]
    assert "2 done" in said(desk.press_all(products, "reprice", percent="5"))
    assert sorted(Product.objects.values_list("price", flat=True)) == [Decimal("1.04"), Decimal("10.50")]
    assert set(Product.objects.values_list("updated_by", flat=True)) == {desk.user.pk}


@pytest.mark.parametrize("percent", ["", "abc", "-100", "1001", "1e3", "NaN"])
def test_a_senseless_percentage_changes_nothing(desk, percent):
    product = ProductFactory(price=Decimal("10"))
    assert desk.press_all([product], "reprice", percent=percent).status_code == 200
    assert Product.objects.get().price == 10


def test_a_price_too_large_is_refused_in_words(desk):
    product = ProductFactory(price=Decimal("9999999999"))
    response = desk.press_all([product, ProductFactory()], "reprice", percent="1000")
    assert response.status_code == 302
    assert f"{product}: " in said(response)
    product.refresh_from_db()
    assert product.price == Decimal("9999999999")


def test_products_go_to_another_category(desk):
    products, target = [ProductFactory(), ProductFactory()], CategoryFactory()
    desk.press_all(products, "recategorize", category=target.pk)
    assert set(Product.objects.values_list("category", flat=True)) == {target.pk}


def test_a_category_is_emptied_into_another(desk):
    product, target = ProductFactory(), CategoryFactory()
    source = product.category
    desk.press(source, "move", target=target.pk)
    assert Product.objects.get().category == target
    assert "Choose another category" in errors_of(desk.press(target, "move", target=target.pk))


def test_a_product_is_duplicated_with_its_suppliers(desk):
    offer = SupplierProductFactory()
    response = desk.press(offer.product, "duplicate", sku="COPY-1")
    copy = Product.objects.get(sku="COPY-1")
    assert response["Location"] == url(Product, "change", copy.pk)
    assert copy.offers.get().supplier == offer.supplier
    assert (copy.name, copy.barcodes.count()) == (offer.product.name, 0)
    taken = desk.press(offer.product, "duplicate", sku="copy-1")
    assert "Another product has this SKU." in errors_of(taken)
    assert Product.objects.count() == 2


def test_a_price_list_is_duplicated_with_other_prices(desk):
    item = PriceListItemFactory(price=Decimal("10"))
    response = desk.press(item.price_list, "duplicate", name="Next year", percent="3", valid_from="2027-01-01")
    copy = PriceList.objects.get(name="Next year")
    assert response["Location"] == url(PriceList, "change", copy.pk)
    assert copy.items.get().price == Decimal("10.30")
    assert "already" in errors_of(desk.press(item.price_list, "duplicate", name="Next year", percent="0"))
    assert PriceList.objects.count() == 2


def test_list_prices_change_by_a_percentage(desk):
    items = [PriceListItemFactory(price=Decimal("10")) for _number in range(2)]
    desk.press_all(items, "reprice", percent="-10")
    assert set(PriceListItem.objects.values_list("price", flat=True)) == {Decimal("9")}
    assert cell(desk, PriceList, items[0].price_list, "items_count") == "1"
    assert PriceListFactory()


def test_a_tax_rate_is_replaced(desk):
    old = TaxRateFactory(rate=Decimal("19"), is_default=True)
    product = ProductFactory(tax_rate=old)
    desk.press(old, "replace", name="Standard 21", percent="21")
    product.refresh_from_db()
    old.refresh_from_db()
    assert (product.tax_rate.rate, product.tax_rate.is_default) == (21, True)
    assert (old.is_active, old.is_default, old.rate) == (False, False, 19)
    assert TaxRate.objects.count() == 2


def test_what_is_for_many_needs_the_permission_to_change():
    product = ProductFactory(price=Decimal("10"))
    desk = Desk("catalog.view_*")
    assert desk.press_all([product], "reprice", percent="5").status_code in (302, 403)
    assert desk.press(product, "duplicate", sku="X").status_code in (302, 403)
    assert Product.objects.get().price == 10


def test_lots_and_counts_have_their_figures(desk):
    assert desk.open(Lot, "changelist").status_code == 200
    assert desk.open(StockCount, "changelist").status_code == 200


def test_a_range_of_days_holds_the_last_second_of_its_last_day(desk):
    day = today() - datetime.timedelta(days=9)
    draft = InvoiceItemFactory().invoice
    with mock.patch("django.utils.timezone.now", return_value=end_of_day(day) + datetime.timedelta(milliseconds=500)):
        issue_invoice(draft, by=draft.user)

    def found(first: datetime.date, last: datetime.date) -> int:
        query = {"issued_date__since": first.isoformat(), "issued_date__until": last.isoformat()}
        return desk.open(Invoice, "changelist", **query).context["cl"].result_count

    assert found(day, day) == 1
    assert found(day + datetime.timedelta(days=1), today()) == 0


def test_many_rows_are_not_sorted_by_what_no_index_knows(desk):
    products, warehouse = [ProductFactory(sku=sku) for sku in ("A", "B", "C")], WarehouseFactory()
    for product, quantity in zip(products, (5, 9, 1), strict=True):
        put_in_stock(product, warehouse, quantity)
    columns = [str(name) for name in desk.open(Inventory, "changelist").context["cl"].list_display]
    number = next(index for index, name in enumerate(columns) if "available" in name)

    def listed(**query) -> tuple[list[str], str]:
        page = desk.open(Inventory, "changelist", **query)
        return [row.product.sku for row in page.context["cl"].result_list], page.content.decode()

    assert listed(o=number)[0] == ["C", "A", "B"]
    with mock.patch.object(listing, "COUNT_LIMIT", 2):
        assert listed(o=number)[0] == ["A", "B", "C"]
        assert "Narrow the list down first" in listed(o=number)[1]
        assert "Narrow the list down first" not in listed(o=1)[1]
        assert listed(o=number, product__id__exact=products[2].pk)[0] == ["C"]
        assert desk.open(Inventory, "changelist", o="x.99.-0").status_code == 200
