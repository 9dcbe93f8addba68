"""Requests that are sent again with their Idempotency-Key: one effect per user and key, the same answer for all."""

import pytest

from accounts.services import create_token
from inventory_project.models import IdempotencyRecord
from stock.models import StockMovement
from tests.factories.accounts import SuperuserFactory
from tests.proof.figures import note
from tests.proof.shop import balance

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CLIENTS = 20


def adjustment(shop, product, units: int = 5) -> dict:
    place = shop.warehouses[0].pk
    return {"items": [{"product": product.pk, "warehouse": place, "quantity": units, "reason": "Found"}]}


def test_twenty_at_once_have_one_effect_and_one_answer(shop, caller, crowd):
    product = shop.product(1)
    body = adjustment(shop, product)
    answers = crowd(CLIENTS).all_do(lambda client: caller.post("inventory/adjust/", body, Idempotency_Key="once"))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    replayed = [answer for answer in answers if answer.headers.get("Idempotent-Replayed") == "true"]
    assert len(replayed) == CLIENTS - 1
    assert balance(product, shop.warehouses[0]).quantity == 6
    note(f"The same Idempotency-Key {CLIENTS} times at once (API)", "1 round", "one effect, 20 times the same answer")


def test_a_new_order_is_made_once(shop, caller, crowd):
    product = shop.product(100)
    body = {"customer": shop.customer.pk, "items": [{"product": product.pk, "quantity": 1}], "confirm": True}
    answers = crowd(CLIENTS).all_do(lambda client: caller.post("orders/", body, Idempotency_Key="order-1"))
    assert {(answer.status, answer.headers["Location"]) for answer in answers} == {
        (201, answers[0].headers["Location"])
    }
    assert shop.customer.orders.count() == 1
    assert balance(product, shop.warehouses[0]).reserved == 1


def test_keys_of_two_users_are_independent(shop, server, caller, crowd):
    product = shop.product(1)
    other = server.caller(create_token(SuperuserFactory(), "proof")[1])
    body = adjustment(shop, product)
    callers = (caller, other)
    answers = crowd(CLIENTS).all_do(
        lambda client: callers[client % 2].post("inventory/adjust/", body, Idempotency_Key="mine")
    )
    assert {answer.status for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 2
    assert balance(product, shop.warehouses[0]).quantity == 11
    assert IdempotencyRecord.objects.count() == 2


def test_another_body_is_refused(shop, caller, crowd):
    product = shop.product(1)
    outcomes = crowd(CLIENTS).all_do(
        lambda client: caller.post(
            "inventory/adjust/", adjustment(shop, product, 1 + client), Idempotency_Key="the-same"
        )
    )
    assert sorted(answer.status for answer in outcomes) == [200] + [422] * (CLIENTS - 1)
    assert {answer.json["code"] for answer in outcomes if answer.status == 422} == {"key_reused"}
    assert StockMovement.objects.filter(product=product).count() == 2


def test_a_key_whose_request_was_refused_can_be_used_again(shop, caller, crowd):
    product = shop.product(1)
    body = adjustment(shop, product, -3)
    answers = crowd(CLIENTS).all_do(lambda client: caller.post("inventory/adjust/", body, Idempotency_Key="later"))
    assert {(answer.status, answer.json["code"]) for answer in answers} == {(409, "insufficient_stock")}
    assert not IdempotencyRecord.objects.exists()
    assert caller.post("inventory/adjust/", adjustment(shop, product, 9)).status == 200
    answers = crowd(CLIENTS).all_do(lambda client: caller.post("inventory/adjust/", body, Idempotency_Key="later"))
    assert {answer.status for answer in answers} == {200}
    assert balance(product, shop.warehouses[0]).quantity == 7
