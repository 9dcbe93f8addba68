"""What stock and purchasing offer on the pages of products, suppliers and warehouses."""

import pytest
from django.urls import reverse

from stock.models import Inventory
from tests.factories.accounts import SuperuserFactory
from tests.factories.catalog import ProductFactory, SupplierFactory, SupplierProductFactory
from tests.factories.stock import InventoryFactory, WarehouseFactory, put_in_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    client.force_login(SuperuserFactory())
    return client


def found(client, **query) -> set[str]:
    page = client.get(reverse("admin:catalog_product_changelist", query=query))
    assert page.status_code == 200, page
    return {product.sku for product in page.context["cl"].result_list}


def test_products_are_found_by_what_there_is_of_them(boss):
    there, low, out, never = (balance.product.sku for balance in InventoryFactory.create_batch(4, reorder_level=5))
    for balance, quantity in zip(Inventory.objects.order_by("pk"), (9, 2), strict=False):
        put_in_stock(balance.product, balance.warehouse, quantity)
    Inventory.objects.filter(product__sku__in=(out, never)).update(reorder_level=None)

    assert found(boss, stock="available") == {there, low}
    assert found(boss, stock="low") == {low}
    assert found(boss, stock="out") == {out, never}
    assert boss.get(reverse("admin:catalog_product_changelist", query={"stock": "x"})).status_code == 302


def test_products_are_found_by_brand_and_by_supplier(boss):
    halden = ProductFactory(brand="Halden").sku
    ferro = ProductFactory(brand="Ferro")
    offer = SupplierProductFactory(product=ferro)

    assert found(boss, brand__istartswith="hal") == {halden}
    assert found(boss, offers__supplier__id__exact=offer.supplier_id) == {ferro.sku}


@pytest.mark.parametrize(
    ("of", "url", "query", "field"),
    [
        (SupplierFactory, "stock_purchaseorder_add", "supplier", "supplier"),
        (WarehouseFactory, "stock_stockcount_add", "warehouse", "warehouse"),
        (WarehouseFactory, "stock_stocktransfer_add", "from_warehouse", "from_warehouse"),
        (ProductFactory, "stock_stockmovement_add", "product", "product"),
    ],
)
def test_a_record_leads_to_a_new_document_about_it(boss, of, url, query, field):
    row = of()
    address = reverse(f"admin:{url}", query={query: row.pk})
    page = boss.get(reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk]))

    assert f'href="{address}"' in page.content.decode()
    assert f'<option value="{row.pk}" selected>' in boss.get(address).content.decode()


@pytest.mark.parametrize("value", ["x", "9" * 30, "-1", "٣"])
@pytest.mark.parametrize(
    "name", ["stock_purchaseorder", "stock_stockcount", "stock_stocktransfer", "stock_stockmovement"]
)
def test_a_typed_in_address_is_no_error(boss, name, value):
    query = dict.fromkeys(("supplier", "warehouse", "from_warehouse", "product"), value)
    assert boss.get(reverse(f"admin:{name}_add", query=query)).status_code == 200
