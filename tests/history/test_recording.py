"""What is written down of a change, whichever way the row is written."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, connections, transaction

from accounts.services import create_token
from catalog.models import Product, ProductBarcode
from inventory_project.base.actor import acting_as
from inventory_project.base.door import Door, entering
from inventory_project.base.triggers import refusal
from inventory_project.models import ApiToken, ChangeHistory
from sales.models import Order, OrderItem
from stock.models import Inventory, StockMovement
from tests.factories.accounts import UserFactory
from tests.factories.catalog import PriceListFactory, ProductBarcodeFactory, ProductFactory
from tests.factories.sales import OrderFactory, OrderItemFactory
from tests.factories.stock import InventoryFactory

from .changes import newest_id, of, since, told

pytestmark = pytest.mark.django_db

FORGED = "/* history actor=1 door=admin request=req_0 */"


def execute(sql: str, *params: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.rowcount


def test_a_change_tells_who_when_from_where_and_from_what_to_what():
    anna, product = UserFactory(), ProductFactory(price=Decimal("10"), notes="")
    start, before = newest_id(), datetime.now(UTC)
    with acting_as(anna), entering(Door.API, "req_0123456789abcdef"):
        product.price, product.notes, product.is_active = Decimal("12.5"), "dearer", False
        product.save()

    [change] = since(start)
    assert (change.actor_id, change.door, change.request_id) == (anna.pk, "api", "req_0123456789abcdef")
    assert (change.model, change.row_id, change.what) == ("catalog.product", product.pk, "changed")
    assert change.changes == {"price": ["10.0000", "12.5000"], "notes": ["", "dearer"], "is_active": [True, False]}
    assert abs((change.happened_at - before).total_seconds()) < 60


def test_saving_without_a_change_records_nothing():
    product = ProductFactory()
    start = newest_id()
    product.save()
    Product.objects.update(updated_at=datetime.now(UTC))
    assert since(start) == []


def test_a_new_reference_is_recorded_with_its_values_and_a_document_without():
    start = newest_id()
    product, order = ProductFactory(price=Decimal("3")), OrderFactory()
    [made] = of(product, start)
    assert made.what == "created"
    assert made.changes["price"] == [None, "3.0000"]
    assert "created_at" not in made.changes
    assert told(of(order, start)) == [("created", {})]


def test_what_is_deleted_leaves_its_values():
    product = ProductFactory(name="Gone", price=Decimal("2"))
    start, number = newest_id(), product.pk
    product.delete()
    [change] = since(start)
    assert (change.what, change.row_id) == ("deleted", number)
    assert change.changes["name"] == ["Gone", None]
    assert change.changes["price"] == ["2.0000", None]


def test_values_of_every_kind_read_alike_on_both_databases():
    prices = PriceListFactory(valid_from=None)
    order = OrderFactory(shipping_address={"name": "A", "lines": [1, 2]}, confirmed_at=None)
    start = newest_id()
    prices.valid_from = date(2026, 1, 2)
    prices.save()
    Order.objects.filter(pk=order.pk).update(
        shipping_address={"name": "Ä"}, ordered_at=datetime(2026, 1, 2, 3, 4, 5, 123456, UTC), shipping_tax_percent=5
    )
    [dated, changed] = since(start)
    assert dated.changes == {"valid_from": [None, "2026-01-02"]}
    assert changed.changes["shipping_address"] == [{"name": "A", "lines": [1, 2]}, {"name": "Ä"}]
    assert changed.changes["shipping_tax_percent"][1] == "5.000"
    assert changed.changes["ordered_at"][1] == "2026-01-02T03:04:05.123456+00:00"


def test_a_line_names_its_parent():
    item = OrderItemFactory()
    start = newest_id()
    OrderItem.objects.filter(pk=item.pk).update(quantity=7)
    item.delete()
    [changed, deleted] = since(start)
    assert {(c.parent_model, c.parent_id) for c in (changed, deleted)} == {("sales.order", item.order_id)}
    assert changed.changes["quantity"][1] == 7
    assert deleted.what == "deleted"


def test_bulk_writes_are_recorded_row_by_row():
    anna, category = UserFactory(), ProductFactory().category
    start = newest_id()
    with acting_as(anna):
        rows = Product.objects.bulk_create(
            [Product(sku=f"B{number}", name="new", category=category, price=1) for number in range(30)]
        )
        Product.objects.filter(sku__startswith="B").update(brand="B")
        for row in rows:
            row.name = f"name {row.sku}"
        Product.objects.bulk_update(rows, ["name"])
        Product.objects.filter(sku__startswith="B").delete()
    changes = since(start, model="catalog.product")
    assert [c.what for c in changes] == ["created"] * 30 + ["changed"] * 60 + ["deleted"] * 30
    assert {c.actor_id for c in changes} == {anna.pk}
    assert changes[65].changes == {"name": ["new", "name B5"]}


def test_a_cascade_of_the_database_is_recorded():
    barcode = ProductBarcodeFactory()
    start = newest_id()
    anna = UserFactory()
    with acting_as(anna):
        execute('DELETE FROM "product" WHERE id = %s', barcode.product_id)
    changes = since(start, what="deleted")
    assert {(c.model, c.parent_id) for c in changes} == {
        ("catalog.product", None),
        ("catalog.productbarcode", barcode.product_id),
    }
    assert {c.actor_id for c in changes} == {anna.pk}
    assert not ProductBarcode.objects.exists()


def test_raw_statements_in_any_spelling_are_recorded_with_who_runs_them():
    anna, product = UserFactory(), ProductFactory()
    start = newest_id()
    with acting_as(anna), entering(Door.COMMAND, "cmd_1"):
        for number, sql in enumerate(("update product", "\n  UPDATE\n product", "WITH x AS (SELECT 1) UPDATE product")):
            execute(f"{sql} SET brand = '{number}' WHERE id = {product.pk}")
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE product SET unit = %s WHERE id = %s", [("KGM", product.pk), ("MTR", product.pk)])
    changes = since(start)
    assert len(changes) == 5
    assert {(c.actor_id, c.door, c.request_id) for c in changes} == {(anna.pk, "command", "cmd_1")}


def test_nobody_can_speak_for_another_in_what_they_type():
    anna = UserFactory()
    start = newest_id()
    with acting_as(anna), entering(Door.API, "req_a"):
        product = ProductFactory(name=FORGED, notes=f"'; {FORGED}", description=f"*/ {FORGED}")
        Product.objects.filter(name=FORGED).update(brand=FORGED)
        execute(f"UPDATE product SET unit = 'KGM' {FORGED} WHERE id = {product.pk}")
    assert {(c.actor_id, c.door, c.request_id) for c in since(start)} == {(anna.pk, "api", "req_a")}


def test_secrets_are_recorded_as_changed_and_never_told():
    user = UserFactory()
    start = newest_id()
    user.set_password("another password")
    user.save()
    [change] = of(user, start)
    assert change.changes == {"password_hash": [None, None]}
    user.delete()
    token_owner = UserFactory()
    token, _key = create_token(token_owner, "web shop", by=token_owner)
    ApiToken.objects.filter(pk=token.pk).delete()
    made, gone = since(start, model="inventory_project.apitoken")
    assert (made.parent_model, made.parent_id, made.row_id) == ("accounts.user", token_owner.pk, token.pk)
    assert made.changes["name"] == [None, "web shop"]
    assert gone.what == "deleted"
    written = " ".join(map(str, ChangeHistory.objects.values_list("changes", flat=True)))
    assert token.digest not in written
    assert token.token_key not in written
    assert user.password not in written


def test_signing_in_is_no_change():
    user = UserFactory()
    start = newest_id()
    user.last_login = datetime.now(UTC)
    user.save(update_fields=["last_login"])
    assert since(start) == []


def test_of_a_balance_only_what_people_edit_is_recorded():
    balance = InventoryFactory(quantity=0)
    start = newest_id()
    Inventory.objects.filter(pk=balance.pk).update(quantity=5, stock_value=Decimal("30"))
    assert since(start) == []
    Inventory.objects.filter(pk=balance.pk).update(reorder_level=9, quantity=6)
    [change] = since(start)
    assert change.changes == {"reorder_level": [balance.reorder_level, 9]}
    assert (change.parent_model, change.parent_id) == ("catalog.product", balance.product_id)
    assert not ChangeHistory.objects.filter(model=StockMovement._meta.label_lower).exists()


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("UPDATE change_history SET actor_id = 1", "The history of changes is never changed."),
        ("UPDATE change_history SET changes = changes", "The history of changes is never changed."),
        ("DELETE FROM change_history", "The history of changes is not deleted before its time."),
    ],
)
def test_history_is_written_once(sql, sentence):
    ProductFactory()
    count = ChangeHistory.objects.count()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        execute(sql)
    assert refusal(caught.value) == sentence
    assert ChangeHistory.objects.count() == count


def test_what_is_rolled_back_did_not_happen():
    product = ProductFactory()
    start = newest_id()
    with pytest.raises(RuntimeError), transaction.atomic():
        product.name = "other"
        product.save()
        raise RuntimeError
    assert since(start) == []


@pytest.mark.postgres
def test_what_says_nothing_is_plain_sql():
    product = ProductFactory()
    start = newest_id()
    with acting_as(UserFactory()), connection.cursor() as cursor:
        # What no wrapper of Django's sees: the driver's own cursor, and rows that are copied in.
        cursor.connection.cursor().execute(f"UPDATE product SET brand = '{FORGED}' WHERE id = {product.pk}")
        with cursor.copy("COPY category (name, description, is_active) FROM STDIN") as copy:
            copy.write_row(("Copied", "", True))
    changes = since(start)
    assert [(c.model, c.door, c.actor_id) for c in changes if c.model.startswith("catalog")] == [
        ("catalog.product", "sql", None),
        ("catalog.category", "sql", None),
    ]


@pytest.mark.postgres
def test_it_works_with_parameters_bound_by_the_server():
    own = connections["default"].copy()
    own.settings_dict = {**own.settings_dict, "OPTIONS": {"server_side_binding": True}}
    try:
        with acting_as(UserFactory.build(pk=77)), own.cursor() as cursor:
            cursor.execute("BEGIN")
            for number in range(8):  # often enough for the driver to prepare the statement
                cursor.execute(
                    "INSERT INTO category (name, description, is_active) VALUES (%s, %s, %s)", [f"S{number}", "", True]
                )
            cursor.execute("SELECT actor_id, door FROM change_history ORDER BY id DESC LIMIT 8")
            assert set(cursor.fetchall()) == {(77, "program")}
            cursor.execute("ROLLBACK")
    finally:
        own.close()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_plain_shell_can_write_and_is_recorded_as_such():
    product = ProductFactory()
    start = newest_id()
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as shell:
        shell.execute("UPDATE product SET brand = 'by hand' WHERE id = ?", [product.pk])
        shell.commit()
    [change] = since(start)
    assert (change.actor_id, change.door, change.request_id) == (None, "sql", "")
    assert change.changes == {"brand": [product.brand, "by hand"]}
