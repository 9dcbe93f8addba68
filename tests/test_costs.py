"""What goods cost is for those with “see cost”: nobody else reads, sets, compares or sorts by it, nor needs to."""

from decimal import Decimal

import pytest

from accounts.models import Role
from catalog.models import Product, SupplierProduct
from inventory_project.base.discretion import SEE_COST
from stock.models import PurchaseOrder, PurchaseOrderItem
from tests.api_client import address, clerk_client, client_for
from tests.back_office import Desk, url
from tests.factories.accounts import StaffFactory
from tests.factories.catalog import ProductFactory, SupplierFactory, SupplierProductFactory
from tests.factories.stock import PurchaseOrderItemFactory, WarehouseFactory

pytestmark = pytest.mark.django_db
CATALOG = ("catalog.*", "stock.view_*")
BUYING = ("stock.*_purchaseorder", "stock.*_purchaseorderitem", "catalog.view_*", "stock.view_warehouse")


@pytest.fixture
def offer() -> SupplierProduct:
    return SupplierProductFactory(product=ProductFactory(price="12.00", cost="7.1411"), cost="7.1422")


def in_page(desk: Desk, *parts: object) -> str:
    return desk.open(*parts).content.decode()


def test_the_api_tells_costs_to_those_who_may_see_them(offer):
    for client, seen in ((clerk_client(*CATALOG), False), (clerk_client(*CATALOG, SEE_COST), True)):
        assert client.get(address(offer.product)).json()["cost"] == ("7.1411" if seen else None)
        assert client.get(address(offer)).json()["cost"] == ("7.1422" if seen else None)
        (row,) = client.get("/api/v1/supplier-products/", {"expand": "product"}).json()["results"]
        assert (row["cost"], row["product"]["cost"]) == (("7.1422", "7.1411") if seen else (None, None))
        for query in ({"ordering": "cost"}, {"cost_min": "7"}, {"cost": "7.1411"}):
            assert client.get("/api/v1/products/", query).status_code == (200 if seen else 403)


def test_what_is_not_seen_is_not_set(offer):
    client = clerk_client(*CATALOG)
    answer = client.patch(address(offer.product), {"name": "Renamed", "cost": "1.00"}, format="json")
    assert (answer.status_code, answer.json()["permission"]) == (403, SEE_COST)
    rows = [{"sku": offer.product.sku, "cost": "1.00"}]
    assert client.post("/api/v1/products/bulk/", {"items": rows}, format="json").status_code == 403
    assert Product.objects.values_list("name", "cost").get() == (offer.product.name, Decimal("7.1411"))
    as_shown = {"name": "Renamed", "cost": client.get(address(offer.product)).json()["cost"]}
    assert client.patch(address(offer.product), as_shown, format="json").status_code == 200
    assert Product.objects.values_list("name", "cost").get() == ("Renamed", Decimal("7.1411"))


def test_an_order_to_a_supplier_is_placed_without_seeing_its_prices(offer):
    client, warehouse = clerk_client(*BUYING), WarehouseFactory()
    line = {"product": offer.product_id, "quantity": 2}
    body = {"supplier": offer.supplier_id, "warehouse": warehouse.pk, "items": [line]}
    priced = {**body, "items": [{**line, "unit_cost": "1.00"}]}
    assert client.post("/api/v1/purchase-orders/", priced, format="json").json()["permission"] == SEE_COST
    assert not PurchaseOrder.objects.exists()
    made = client.post("/api/v1/purchase-orders/", body, format="json").json()
    assert (made["total_amount"], made["items"][0]["unit_cost"], made["items"][0]["subtotal"]) == (None, None, None)
    assert PurchaseOrderItem.objects.get().unit_cost == Decimal("7.1422")


def test_the_back_office_shows_neither_cost_nor_margin(offer):
    for desk, seen in ((Desk(*CATALOG, "catalog.export_product"), False), (Desk(*CATALOG, SEE_COST), True)):
        assert ("7.1411" in in_page(desk, Product, "change", offer.product_id)) is seen
        assert ("7.1422" in in_page(desk, Product, "change", offer.product_id)) is seen
        assert ("7.1422" in in_page(desk, SupplierProduct, "changelist")) is seen
        assert ("40" in in_page(desk, Product, "changelist").split('class="field-margin')[-1][:80]) is seen
        assert (desk.open(SupplierProduct, "add").status_code == 200) is seen  # an offer has a cost
    desk = Desk(*CATALOG, "catalog.export_product")
    assert b"7.1411" not in b"".join(desk.open(Product, "export").streaming_content)
    assert desk.client.get("/admin/import/products/").status_code == 403


def test_saving_a_form_without_the_cost_keeps_it(offer):
    desk = Desk(*CATALOG)
    assert desk.edit(offer.product, name="Renamed", cost="1.00", offers__0__cost="1.00").status_code == 302
    assert Product.objects.values_list("name", "cost").get() == ("Renamed", Decimal("7.1411"))
    assert SupplierProduct.objects.get().cost == Decimal("7.1422")


def test_purchase_orders_are_written_and_printed_without_prices(offer):
    desk, warehouse = Desk(*BUYING), WarehouseFactory()
    line = {"product": offer.product_id, "quantity": 2, "tax_percent": "20"}
    answer = desk.add(PurchaseOrder, [line], supplier=offer.supplier_id, warehouse=warehouse.pk)
    assert answer.status_code == 302
    order = PurchaseOrder.objects.get()
    assert (order.items.get().unit_cost, order.subtotal_amount) == (Decimal("7.1422"), Decimal("14.28"))
    pages = [
        url(PurchaseOrder, "change", order.pk),
        url(PurchaseOrder, "changelist"),
        url(PurchaseOrder, "print", order.pk),
    ]
    for reader, seen in ((desk, False), (Desk(*BUYING, SEE_COST), True)):
        for page in pages:
            assert (b"17.14" in reader.client.get(page).content) is seen, page


@pytest.mark.parametrize(("role", "seen"), [("Sales", False), ("Catalog manager", True), ("Auditor", True)])
def test_the_roles_that_come_along(offer, role, seen):
    item = PurchaseOrderItemFactory(unit_cost="7.1433")
    user = StaffFactory(roles=[Role.objects.get(name=role)])
    client = client_for(user)
    assert client.get(address(offer.product)).json()["cost"] == ("7.1411" if seen else None)
    assert ("7.1433" in in_page(Desk(user=user), PurchaseOrder, "change", item.purchase_order_id)) is seen


def test_adding_an_offer_by_the_api_needs_to_see_costs():
    product, supplier = ProductFactory(), SupplierFactory()
    body = {"product": product.pk, "supplier": supplier.pk, "cost": "3.00"}
    answer = clerk_client(*CATALOG).post("/api/v1/supplier-products/", body, format="json")
    assert (answer.status_code, answer.json()["permission"]) == (403, SEE_COST)
    assert clerk_client(*CATALOG, SEE_COST).post("/api/v1/supplier-products/", body, format="json").status_code == 201
