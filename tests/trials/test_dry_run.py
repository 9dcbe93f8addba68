"""`?dry_run=true`: the same answer as without it, what would move besides, and nothing is kept."""

import re

import pytest

from inventory_project.base.numbering import next_number
from sales.models import Order
from tests.access.surface import doors
from tests.api_client import address, clerk_client, root_client
from tests.factories.sales import confirmed_order
from tests.trials.cases import REFUSED, WORKING, Call
from tests.trials.everything import Alike, everything, movements, newest_movement, told

pytestmark = pytest.mark.django_db

# What takes a POST only to say that it does not.
PASSIVE = re.compile(r"(|openapi\.json|reports.*)")
MOVING = {
    "goods-receipts/{pk}/post",
    "goods-receipts/{pk}/reverse",
    "inventory/adjust",
    "inventory/opening",
    "orders/{pk}/ship",
    "purchase-orders/{pk}/receive",
    "sales-returns/{pk}/receive",
    "shipments/{pk}/ship",
    "stock-counts/{pk}/post",
    "stock-movements/{pk}/reverse",
    "stock-transfers/{pk}/close",
    "stock-transfers/{pk}/dispatch",
    "stock-transfers/{pk}/receive",
}


def test_every_address_that_takes_a_post_is_tried_here():
    start = "POST /api/v1/"
    posts = {door.name.removeprefix(start) for door in doors() if door.name.startswith(start)}
    assert {name for name in posts if not PASSIVE.fullmatch(name)} == set(WORKING)


def tried(client, call: Call):
    """The answer of a trial, which has kept nothing."""
    path, body = call
    before = everything()
    answer = client.post(f"{path}?dry_run=true", body, HTTP_IDEMPOTENCY_KEY="once")
    assert everything() == before
    return answer


@pytest.mark.parametrize("name", WORKING)
def test_a_trial_answers_as_the_real_thing_and_keeps_nothing(name):
    call, client = WORKING[name](), root_client()
    alike, newest = Alike(), newest_movement()
    trial = tried(client, call)
    assert trial["Dry-Run"] == "true"
    assert not trial.has_header("Location")
    real = client.post(*call, HTTP_IDEMPOTENCY_KEY="once")
    assert real.status_code in (200, 201), real.json()
    assert (trial.status_code, alike.of(trial.json())) == (real.status_code, alike.of(real.json()))
    assert not real.has_header("Idempotent-Replayed")
    moved = movements(newest)
    assert told(trial.json().get("movements", [])) == moved
    assert bool(moved) is (name in MOVING)


@pytest.mark.parametrize("name", REFUSED)
def test_a_trial_is_refused_as_the_real_thing_is(name):
    call, client = REFUSED[name](), root_client()
    trial = tried(client, call)
    real = client.post(*call)
    assert real.status_code >= 400
    expected = {key: value for key, value in real.json().items() if key != "request_id"}
    assert expected.items() <= trial.json().items()
    assert trial.status_code == real.status_code


def test_what_would_move_is_told_to_who_may_see_the_ledger():
    order = confirmed_order()
    ship = f"{address(order, 'ship')}?dry_run=true"
    assert "movements" not in clerk_client("sales.ship_order").post(ship, {}).json()
    plain = clerk_client("sales.ship_order", "stock.view_stockmovement").post(ship, {}).json()["movements"]
    assert [(row["quantity"], row["unit_cost"], row["value"]) for row in plain] == [(-2, None, None)]
    permissions = ("sales.ship_order", "stock.view_stockmovement", "stock.see_cost_inventory")
    full = clerk_client(*permissions).post(ship, {}).json()["movements"]
    assert [(row["unit_cost"], row["value"]) for row in full] == [("6.0000", "-12.0000")]


def test_a_trial_takes_no_number():
    client, call = root_client(), WORKING["orders"]()
    before = int(next_number(Order).removeprefix("SO-"))
    numbers = [tried(client, call).json()["order_number"] for _ in range(2)]
    assert numbers[0] != numbers[1]
    assert all(number.startswith("SO-TRIAL-") for number in numbers)
    real = client.post(*call).json()["order_number"]
    assert int(real.removeprefix("SO-")) - before in (0, 1)  # SQLite's series is that of the rows
