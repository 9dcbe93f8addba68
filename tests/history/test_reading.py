"""Reading the history, in the back office and at the API: what a person may not see of a record is not told here."""

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from inventory_project.base.actor import acting_as
from inventory_project.models import ChangeHistory
from sales.models import Order
from tests.api_client import address, clerk_client, root_client
from tests.back_office import Desk, url
from tests.factories.accounts import StaffFactory
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.sales import OrderFactory, OrderItemFactory, ShipmentItemFactory
from tests.factories.stock import StockMovementFactory

pytestmark = pytest.mark.django_db

FEED = "/api/v1/changes/"
SEE_ALL = "inventory_project.view_changehistory"


@pytest.fixture
def anna():
    return StaffFactory(username="anna")


@pytest.fixture
def product(anna):
    """A product whose price, category and note somebody has changed."""
    product = ProductFactory(name="Lamp", price=Decimal("10"), category=CategoryFactory(name="Light"))
    with acting_as(anna):
        product.price, product.category, product.tracking = Decimal("12.5"), CategoryFactory(name="Garden"), "lot"
        product.save()
        product.notes = "second thoughts"
        product.save()
    return product


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def queries_of(get) -> int:
    get()
    with CaptureQueriesContext(connection) as captured:
        get()
    return len(captured)


# The page of one record.


def test_the_history_page_names_what_ids_stand_for(product, anna):
    page = text_of(Desk().open(type(product), "history", product.pk))
    assert str(anna) in page
    for old, new in (("10.00", "12.50"), ("Light", "Garden"), ("none", "lot")):
        assert old.lower() in page.lower()
        assert new.lower() in page.lower()
    assert page.index("second thoughts") < page.index("Garden")  # the newest first


def test_an_address_is_told_as_it_is_written(anna):
    order = OrderFactory()
    with acting_as(anna):
        order.shipping_address = {"company": "Ida Ltd", "street2": "", "city": "Bremen"}
        order.save()
    page = text_of(Desk().open(Order, "history", order.pk))
    assert "city: Bremen, company: Ida Ltd" in page
    assert "street2" not in page


def test_lines_are_part_of_the_history_of_their_document(anna):
    item = OrderItemFactory()
    with acting_as(anna):
        item.quantity = 9
        item.save()
        item.delete()
    page = Desk().open(type(item.order), "history", item.order_id)
    changes = [(c.kind, c.what) for c in page.context["changes"]]
    assert changes[:2] == [("Order line", "deleted"), ("Order line", "changed")]
    without = Desk("sales.view_order").open(type(item.order), "history", item.order_id)
    assert {c.kind for c in without.context["changes"]} == {"Order"}


def test_the_history_page_is_narrowed_by_who_which_field_and_through_what(product, anna):
    desk = Desk()

    def shown(**query):
        return len(desk.open(type(product), "history", product.pk, **query).context["changes"])

    assert shown() == 3
    assert shown(user=anna.pk) == 2
    assert shown(field="catalog.product.price") == 2  # when it was made, and when it changed
    assert shown(door="api") == 0
    assert shown(field="no.such", user="x", door="y", p="z") == 3


def test_many_changes_come_in_pages_and_cost_the_same(product):
    desk = Desk()
    few = queries_of(lambda: desk.open(type(product), "history", product.pk))
    for number in range(60):
        type(product).objects.filter(pk=product.pk).update(brand=f"brand {number}")
    assert queries_of(lambda: desk.open(type(product), "history", product.pk)) <= few + 1
    first = desk.open(type(product), "history", product.pk)
    assert len(first.context["changes"]) == 50
    assert "63" in text_of(first)
    assert len(desk.open(type(product), "history", product.pk, p=2).context["changes"]) == 13


def test_the_history_page_needs_the_permission_of_the_record(product):
    assert Desk("catalog.view_category").open(type(product), "history", product.pk).status_code == 403
    assert Desk("catalog.view_product").open(type(product), "history", product.pk).status_code == 200


def test_facts_say_that_they_are_their_own_history():
    movement = StockMovementFactory()
    assert "their own history" in text_of(Desk().open(type(movement), "history", movement.pk))


def test_the_record_shows_its_newest_changes(product):
    page = text_of(Desk().open(type(product), "change", product.pk))
    assert "Activity" in page
    assert "second thoughts" in page


def test_scripts_in_values_stay_text(product):
    type(product).objects.filter(pk=product.pk).update(notes="<script>alert(1)</script>")
    for page in ("history", "change"):
        assert "<script>alert(1)" not in text_of(Desk().open(type(product), page, product.pk))


# Costs, and what else takes a permission of its own.


def test_costs_are_hidden_from_those_who_may_not_see_them():
    line = ShipmentItemFactory()
    type(line).objects.filter(pk=line.pk).update(unit_cost=Decimal("7.7777"), quantity=1)
    may_look = ("sales.view_shipment", "sales.view_shipmentitem", SEE_ALL)
    for permissions, seen in ((may_look, False), ((*may_look, "stock.see_cost_inventory"), True)):
        desk, client = Desk(*permissions), clerk_client(*permissions)
        for page in (
            text_of(desk.open(type(line), "history", line.pk)),
            text_of(desk.open(type(line.shipment), "history", line.shipment_id)),
            text_of(desk.open(type(line), "change", line.pk)),
            text_of(desk.open(ChangeHistory, "changelist")),
            text_of(desk.client.get(url(ChangeHistory, "change", ChangeHistory.objects.first().pk), follow=True)),
            text_of(client.get(address(line, "history"))),
            text_of(client.get(FEED)),
        ):
            assert ("7.7777" in page) == seen


# The list of all changes.


def test_the_list_shows_only_changes_of_what_the_person_may_look_at(product):
    order = OrderFactory()
    desk = Desk(SEE_ALL, "sales.view_order")
    kinds = {row.model for row in desk.open(ChangeHistory, "changelist").context["cl"].result_list}
    assert kinds == {"sales.order"}
    assert order.pk
    assert Desk("sales.view_order").open(ChangeHistory, "changelist").status_code == 403


def test_the_list_is_searched_by_number_and_by_request(product, anna):
    order = OrderItemFactory().order
    desk = Desk()

    def found(**query):
        return {
            (row.model, row.row_id) for row in desk.open(ChangeHistory, "changelist", **query).context["cl"].result_list
        }

    by_number = found(q=order.order_number.lower())
    assert ("sales.order", order.pk) in by_number
    assert {model for model, _id in by_number} == {"sales.order", "sales.orderitem"}
    assert found(q=product.sku) == {("catalog.product", product.pk)}
    assert found(q="nothing like it") == set()
    answer = root_client().patch(address(product), {"notes": "by api"})
    assert found(q=answer["X-Request-ID"]) == {("catalog.product", product.pk)}
    assert found(q="req_ffffffffffffffff") == set()
    assert found(kind="catalog.product", actor__id__exact=anna.pk) == {("catalog.product", product.pk)}
    assert found(door__exact="api", kind="catalog.product") == {("catalog.product", product.pk)}


def test_the_list_costs_the_same_for_many_rows(product):
    desk = Desk()
    few = queries_of(lambda: desk.open(ChangeHistory, "changelist"))
    for _number in range(40):
        type(product).objects.filter(pk=product.pk).update(brand=str(_number))
    assert queries_of(lambda: desk.open(ChangeHistory, "changelist")) <= few


def test_nobody_edits_history_in_the_back_office(product):
    desk, change = Desk(), ChangeHistory.objects.first()
    assert desk.open(ChangeHistory, "add").status_code == 403
    assert desk.open(ChangeHistory, "delete", change.pk).status_code == 403
    assert desk.client.post(url(ChangeHistory, "change", change.pk), {"door": "x"}).status_code == 403


def test_django_keeps_no_second_history(product):
    desk = Desk()
    assert desk.edit(product, notes="once").status_code == 302
    from django.contrib.admin.models import LogEntry

    assert not LogEntry.objects.exists()


# The API.


def test_the_history_of_a_record_at_the_api(product, anna):
    answer = root_client().get(address(product, "history"))
    results = answer.json()["results"]
    assert [r["what"] for r in results] == ["changed", "changed", "created"]
    assert results[0]["changes"] == [{"field": "notes", "old": "", "new": "second thoughts"}]
    assert results[0]["actor"] == {"id": anna.pk, "username": "anna"}
    assert {c["field"]: (c["old"], c["new"]) for c in results[1]["changes"]}["price"] == ("10.0000", "12.5000")
    assert {c["field"] for c in results[1]["changes"]} == {"price", "category", "tracking"}
    assert (results[0]["model"], results[0]["record"]) == ("catalog.product", product.pk)


def test_history_outlives_the_record(anna):
    product = ProductFactory()
    where = address(product, "history")
    product.delete()
    assert [r["what"] for r in root_client().get(where).json()["results"]] == ["deleted", "created"]
    missing = root_client().get("/api/v1/products/99999999/history/")
    assert missing.status_code == 404
    assert missing["Content-Type"] == "application/problem+json"


def test_the_feed_is_filtered_and_paged(product, anna):
    client = root_client()

    def found(**query):
        answer = client.get(FEED, query)
        assert answer.status_code == 200, answer.content
        return answer.json()["results"]

    assert {r["actor"]["id"] for r in found(user=anna.pk)} == {anna.pk}
    assert {r["model"] for r in found(model="catalog.product")} == {"catalog.product"}
    assert len(found(model="catalog.product", record=product.pk, what="changed")) == 2
    newest = found(limit=1)[0]
    assert found(since=newest["happened_at"])[-1]["id"] <= newest["id"]
    assert found(until="2001-01-01T00:00:00Z") == []
    answer = client.patch(address(product), {"notes": "x"})
    assert len(found(request_id=answer["X-Request-ID"])) == 1
    seen, page = [], client.get(FEED, {"limit": 3, "count": "true"}).json()
    assert page["count"] == ChangeHistory.objects.count()
    while True:
        seen += [r["id"] for r in page["results"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert seen == list(ChangeHistory.objects.order_by("-id").values_list("id", flat=True))
    back = client.get(page["previous"]).json()["results"]
    assert [r["id"] for r in back] == seen[-3 - len(page["results"]) :][: len(back)]


@pytest.mark.parametrize(
    "query", ["model=nonsense", "user=x", "since=yesterday", "door=window", "limit=0", "cursor=x", "unknown=1"]
)
def test_questions_that_make_no_sense_are_refused(query):
    answer = root_client().get(f"{FEED}?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_the_api_asks_for_the_same_permissions(product):
    order = OrderFactory()
    assert clerk_client().get(FEED).status_code == 403
    assert clerk_client(SEE_ALL).get(FEED).json()["results"] == []
    found = clerk_client(SEE_ALL, "sales.view_order").get(FEED).json()["results"]
    assert {r["model"] for r in found} == {"sales.order"}
    assert clerk_client(SEE_ALL).get(address(order, "history")).status_code == 403
    assert clerk_client("sales.view_order").get(address(order, "history")).status_code == 200


def test_history_is_read_only_at_the_api(product):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(root_client(), method)(FEED, {}).status_code == 405
        assert getattr(root_client(), method)(address(product, "history"), {}).status_code == 405


def test_who_is_gone_stays_named_by_number():
    ben = StaffFactory(username="ben")
    product = ProductFactory()
    with acting_as(ben):
        QuerySet(type(product)).filter(pk=product.pk).update(brand="B")  # does not name ben as the last to write
    number = ben.pk
    User.objects.filter(pk=number).delete()
    [change] = root_client().get(address(product, "history"), {"user": number}).json()["results"]
    assert change["actor"] == {"id": number, "username": None}
    assert f"account {number}, deleted" in text_of(Desk().open(type(product), "history", product.pk))
