"""Drafts of purchase orders for what runs low."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Product, TaxRate
from stock.models import Inventory, PurchaseOrder
from stock.queries.low_stock import low_stock
from stock.services import ReorderLine, create_reorder_drafts, reorder_low_stock, send_purchase_order
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, ProductFactory, SupplierFactory, SupplierProductFactory
from tests.factories.stock import WarehouseFactory
from tests.stock.test_low_stock import keep


def offered(supplier=None, cost="4.5000", **product: object) -> Product:
    """A product that a preferred supplier offers."""
    product = ProductFactory(**product)
    terms = {"supplier": supplier} if supplier else {}
    SupplierProductFactory(product=product, cost=Decimal(cost), is_preferred=True, **terms)
    return product


def lines_of(order: PurchaseOrder) -> list[tuple]:
    return list(order.items.order_by("pk").values_list("product__sku", "quantity", "unit_cost", "subtotal"))


def test_one_draft_for_each_supplier_and_warehouse_at_the_offered_cost():
    acme, other = SupplierFactory(name="Acme"), SupplierFactory(name="Other")
    here, there = WarehouseFactory(), WarehouseFactory()
    saw, axe, nail = offered(acme, sku="SAW"), offered(acme, "2.2500", sku="AXE"), offered(other, sku="NAIL")
    user = UserFactory()
    lines = [
        ReorderLine(saw, here, 2),
        ReorderLine(nail, here, 3),
        ReorderLine(saw, there, 4),
        ReorderLine(axe, here, 5),
    ]
    orders = create_reorder_drafts(lines, by=user)
    assert [(order.supplier, order.warehouse, order.status) for order in orders] == [
        (acme, here, "draft"),
        (other, here, "draft"),
        (acme, there, "draft"),
    ]
    assert lines_of(orders[0]) == [
        ("SAW", 2, Decimal("4.5000"), Decimal("9.00")),
        ("AXE", 5, Decimal("2.2500"), Decimal("11.25")),
    ]
    fresh = PurchaseOrder.objects.get(pk=orders[0].pk)
    assert (fresh.subtotal_amount, fresh.created_by) == (Decimal("20.25"), user)
    assert len({order.purchase_order_number for order in orders}) == 3
    assert send_purchase_order(fresh, by=user).status == "ordered"


def test_tax_is_the_products_else_the_default():
    TaxRate.objects.create(name="Standard", rate=Decimal(20), is_default=True)
    reduced = TaxRate.objects.create(name="Reduced", rate=Decimal(7))
    warehouse = WarehouseFactory()
    supplier = SupplierFactory()
    plain, book = offered(supplier, "1", tax_rate=None), offered(supplier, "1", tax_rate=reduced)
    (order,) = create_reorder_drafts([ReorderLine(plain, warehouse, 100), ReorderLine(book, warehouse, 100)], by=None)
    assert sorted(order.items.values_list("tax_percent", flat=True)) == [7, 20]
    assert (order.tax_amount, order.total_amount) == (Decimal("27.00"), Decimal("227.00"))


def test_another_supplier_can_be_named():
    product, warehouse = offered(), WarehouseFactory()
    other = SupplierProductFactory(product=product, cost=Decimal("9")).supplier
    stranger = SupplierFactory()
    (order,) = create_reorder_drafts([ReorderLine(product, warehouse, 1, other)], by=None)
    assert (order.supplier, order.items.get().unit_cost) == (other, Decimal(9))
    (order,) = create_reorder_drafts([ReorderLine(product, warehouse, 1, stranger)], by=None)
    assert order.items.get().unit_cost == product.cost, "without an offer, what it is expected to cost"


def test_without_a_quantity_the_suggested_one_in_the_packs_of_that_supplier():
    row = keep(10, stock=4, product=offered())
    other = SupplierProductFactory(product=row.product, pack_size=4, minimum_order_quantity=9).supplier
    (order,) = create_reorder_drafts([ReorderLine(row.product, row.warehouse, supplier=other)], by=None)
    assert order.items.get().quantity == 12


def test_what_was_drafted_is_not_suggested_again(refused):
    row = keep(10, stock=4, product=offered(sku="SAW"))
    line = ReorderLine(row.product, row.warehouse)
    create_reorder_drafts([line], by=None)
    with refused("not_low", "SAW", field="lines/0/quantity"):
        create_reorder_drafts([line], by=None)
    (again,) = create_reorder_drafts([line], count_drafts=False, by=None)
    assert again.items.get().quantity == 7


def test_products_without_a_supplier_are_refused_by_name(refused):
    warehouse = WarehouseFactory()
    lines = [ReorderLine(offered(), warehouse, 1)]
    lines += [ReorderLine(ProductFactory(sku=f"LONE-{n}"), warehouse, 1) for n in range(7)]
    with refused("supplier_required", "LONE-0, LONE-1, LONE-2, LONE-3, LONE-4 …", field="lines/1/supplier"):
        create_reorder_drafts(lines, by=None)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"quantity": 0}, "invalid", "lines/0/quantity"),
        ({"quantity": -1}, "invalid", "lines/0/quantity"),
        ({"quantity": True}, "invalid", "lines/0/quantity"),
        ({"product": {"is_active": False}}, "inactive", "lines/0/product"),
        ({"warehouse": {"is_active": False}}, "inactive", "lines/0/warehouse"),
        ({"supplier": {"is_active": False}}, "inactive", "lines/0/supplier"),
    ],
)
def test_refusals(refused, change, code, field):
    makers = {"warehouse": WarehouseFactory, "supplier": SupplierFactory, "product": offered}
    values = {"product": {}, "warehouse": {}, "quantity": 1} | change
    line = {name: makers[name](**value) if name in makers else value for name, value in values.items()}
    with refused(code, field=field):
        create_reorder_drafts([ReorderLine(**line)], by=None)


def test_a_product_twice_in_a_warehouse_is_refused(refused):
    product, warehouse = offered(sku="SAW"), WarehouseFactory()
    with refused("duplicate", "SAW", field="lines/1/product"):
        create_reorder_drafts([ReorderLine(product, warehouse, 1)] * 2, by=None)


def test_nothing_to_order_is_refused(refused):
    with refused("invalid"):
        create_reorder_drafts([], by=None)


def test_everything_low_at_once_and_then_nothing_is():
    rows = [keep(10, 5, product=offered(supplier)) for supplier in [SupplierFactory()] * 2 + [None]]
    keep(10)
    orders = reorder_low_stock(by=None)
    assert sum(order.items.count() for order in orders) == len(rows)
    assert [row.offer for row in low_stock()] == [None]
    assert reorder_low_stock(by=None) == []


def test_only_one_warehouse():
    here, _there = keep(10, product=offered()), keep(10, product=offered())
    (order,) = reorder_low_stock(by=None, warehouse=here.warehouse)
    assert order.warehouse == here.warehouse


def test_a_hundred_lines_and_suppliers_cost_the_statements_of_one(statements):
    warehouse, category = WarehouseFactory(), CategoryFactory()

    def fill(count: int) -> list[ReorderLine]:
        rows = [keep(10, warehouse=warehouse, product=offered(category=category)) for _ in range(count)]
        return [ReorderLine(row.product, warehouse) for row in rows]

    few, many = fill(1), fill(30)
    cost = statements(lambda: create_reorder_drafts(few, by=None))
    assert statements(lambda: create_reorder_drafts(many, by=None)) == cost <= 18
    fill(1)
    cost = statements(lambda: reorder_low_stock(by=None))
    fill(30)
    assert statements(lambda: reorder_low_stock(by=None)) == cost <= 30


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("reorder", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_drafts_and_names_what_nobody_offers():
    row = keep(10, product=offered(sku="SAW"))
    keep(10, product=ProductFactory(sku="LONE"))
    dry = told("--dry-run")
    assert "SAW @" in dry and "LONE @" in dry and "dry run" in dry
    assert not PurchaseOrder.objects.exists()
    text = told()
    order = PurchaseOrder.objects.get()
    assert order.items.get().product == row.product
    assert str(order) in text and "preferred supplier: 1" in text
    assert "drafted: 0" in told()
    assert "drafted: 1" in told("--ignore-drafts")


def test_the_command_for_one_warehouse():
    row = keep(10, product=offered())
    keep(10, product=offered())
    assert "drafted: 1" in told("--warehouse", row.warehouse.code)
    assert Inventory.objects.count() == 2
    with pytest.raises(CommandError, match="NOWHERE"):
        told("--warehouse", "NOWHERE")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_who_order_what_is_low_at_once_order_it_once(at_once):
    row = keep(10, stock=4, product=offered())
    assert at_once(lambda client: reorder_low_stock(by=None)) == []
    order = PurchaseOrder.objects.get()
    assert (order.items.get().product, order.items.get().quantity) == (row.product, 7)
