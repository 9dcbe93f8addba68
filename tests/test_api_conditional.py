"""ETags: nothing is sent twice, and nobody's change is written over unseen."""

import pytest
from django.utils import timezone

from sales.models import Reservation
from stock.models import Inventory
from tests.api_client import address, root_client
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.sales import ReservationFactory, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def category():
    return CategoryFactory(name="Tools")


def test_the_second_of_two_who_read_the_same_is_stopped(category):
    one, two = root_client(), root_client()
    tag = one.get(address(category))["ETag"]
    assert one.patch(address(category), {"name": "Screws"}, HTTP_IF_MATCH=tag).status_code == 200
    answer = two.patch(address(category), {"name": "Nails"}, HTTP_IF_MATCH=tag)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert two.get(address(category)).json()["name"] == "Screws"
    assert two.patch(address(category), {"name": "Nails"}, HTTP_IF_MATCH=answer["ETag"]).status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_every_change_asks_for_the_version(method, category):
    client = root_client()
    tag = client.get(address(category))["ETag"]
    client.patch(address(category), {"description": "changed"})
    assert getattr(client, method)(address(category), {"name": "x"}, HTTP_IF_MATCH=tag).status_code == 412
    category.refresh_from_db()
    assert category.name == "Tools"


@pytest.mark.parametrize("header", ["*", '"0-0", {tag}', "W/{tag}"])
def test_headers_that_match(header, category):
    client = root_client()
    tag = client.get(address(category))["ETag"]
    assert client.patch(address(category), {"name": "x"}, HTTP_IF_MATCH=header.format(tag=tag)).status_code == 200


def test_each_write_gives_a_new_version(category):
    client = root_client()
    tags = [client.get(address(category))["ETag"]]
    tags += [client.patch(address(category), {"description": str(n)})["ETag"] for n in range(3)]
    assert len(set(tags)) == 4
    assert client.get(address(category))["ETag"] == tags[-1]
    assert client.get(address(category), HTTP_IF_NONE_MATCH=", ".join(tags)).status_code == 304
    assert client.get(address(category), HTTP_IF_NONE_MATCH=tags[0]).status_code == 200
    assert client.get(address(category), HTTP_IF_NONE_MATCH="*").status_code == 304


def test_a_change_of_a_line_is_a_new_version_of_its_document():
    product = ProductFactory()
    order = place((product, 2))
    client = root_client()
    tag = client.get(address(order))["ETag"]
    line = order.items.get()
    assert client.patch(address(line), {"quantity": 3}).status_code == 200
    answer = client.get(address(order), HTTP_IF_NONE_MATCH=tag)
    assert (answer.status_code, answer.json()["items"][0]["quantity"]) == (200, 3)


def test_an_answer_with_records_of_others_in_it_is_always_sent():
    product = ProductFactory()
    client = root_client()
    answer = client.get(f"{address(product)}?expand=category")
    assert not answer.has_header("ETag")


def test_what_time_alone_changes_is_sent_again():
    reservation = ReservationFactory()
    client = root_client()
    tag = client.get(address(reservation))["ETag"]
    Reservation.objects.filter(pk=reservation.pk).update(expires_at=timezone.now(), updated_at=reservation.updated_at)
    answer = client.get(address(reservation), HTTP_IF_NONE_MATCH=tag)
    assert (answer.status_code, answer.json()["is_expired"]) == (200, True)
    assert client.patch(address(reservation), {"notes": "x"}, HTTP_IF_MATCH=answer["ETag"]).status_code == 200


def test_notes_of_a_balance_leave_its_figures_alone():
    row = ReservationFactory().inventory
    client = root_client()
    before = Inventory.objects.get(pk=row.pk)
    answer = client.patch(address(row), {"notes": "top shelf", "reorder_level": 5})
    assert (answer.json()["notes"], answer.json()["reorder_level"]) == ("top shelf", 5)
    after = Inventory.objects.get(pk=row.pk)
    assert (after.quantity, after.reserved, after.stock_value) == (before.quantity, before.reserved, before.stock_value)
