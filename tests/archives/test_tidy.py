"""What is old enough leaves the database; what ever counted stays."""

import datetime
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import timezone

from accounts.services import create_token
from billing.models import Invoice
from inventory_project.integrity import check_all
from inventory_project.models import ApiToken, ChangeHistory, IdempotencyRecord, OperationRun
from sales.models import Order
from sales.services import cancel_order
from stock.models import PurchaseOrder
from stock.services import cancel_purchase_order
from tests.factories.accounts import SuperuserFactory, UserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.sales import confirmed_order, default_tax_rate, place
from tests.factories.stock import PurchaseOrderFactory

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - datetime.timedelta(days=4000)


def tidy(**options) -> str:
    out = StringIO()
    call_command("tidy", stdout=out, **options)
    return out.getvalue()


def age(row: models.Model) -> None:
    """As if it had been written long ago."""
    models.QuerySet(type(row)).filter(pk=row.pk).update(updated_at=LONG_AGO, created_at=LONG_AGO)


def test_a_draft_that_was_given_up_long_ago_goes_with_its_lines(product_in_stock):
    order = cancel_order(place((product_in_stock, 1)), by=None)
    recent = cancel_order(place((product_in_stock, 1)), by=None)
    age(order)

    assert "orders, after 400 days: 1 would be removed" in tidy(dry_run=True)
    assert Order.objects.filter(pk=order.pk).exists()

    assert "orders, after 400 days: 1 removed" in tidy()
    assert list(Order.objects.all()) == [recent]
    assert not [result for result in check_all() if result.is_violation]


def test_what_ever_counted_stays(product_in_stock):
    pending = place((product_in_stock, 1))
    confirmed = cancel_order(confirmed_order(), by=None)
    for order in (pending, confirmed):
        age(order)

    tidy()

    assert Order.objects.count() == 2


def test_a_purchase_order_that_was_never_sent_goes():
    order = cancel_purchase_order(PurchaseOrderFactory(), by=None)
    age(order)
    tidy()

    assert not PurchaseOrder.objects.filter(pk=order.pk).exists()


def test_what_others_refer_to_stays(product_in_stock):
    order = cancel_order(place((product_in_stock, 1)), by=None)
    Invoice.objects.create(customer=order.customer, order=order, user=UserFactory())
    age(order)
    tidy()

    assert Order.objects.filter(pk=order.pk).exists()


def test_lapsed_keys_and_old_answers_go():
    user = UserFactory()
    token, _key = create_token(user, "old", datetime.timedelta(days=1))
    create_token(user, "for ever")
    ApiToken.objects.filter(pk=token.pk).update(expiry=LONG_AGO)
    record = IdempotencyRecord.objects.create(user=user, key="k", fingerprint="f")
    IdempotencyRecord.objects.filter(pk=record.pk).update(created_at=LONG_AGO)
    tidy()

    assert ApiToken.objects.get().name == "for ever"
    assert not IdempotencyRecord.objects.exists()


def test_the_last_success_of_an_operation_stays():
    for days in (3000, 2000):
        OperationRun.objects.create(
            kind="backup",
            started_at=timezone.now() - datetime.timedelta(days=days),
            finished_at=timezone.now(),
            succeeded=True,
        )
    tidy()

    assert (timezone.now() - OperationRun.objects.get().started_at).days == 2000


@pytest.fixture
def product_in_stock():
    default_tax_rate()
    SuperuserFactory()  # without whom nobody can administer
    return ProductFactory()


def test_old_changes_and_failed_sign_ins_go():
    recent = UserFactory()
    before = ChangeHistory.objects.count()
    for days in range(5):
        at = LONG_AGO + datetime.timedelta(days=days)
        ChangeHistory.objects.create(happened_at=at, door="admin", model="catalog.product", what="changed")
    AccessAttempt.objects.create(username="old", failures_since_start=1)
    AccessAttempt.objects.update(attempt_time=LONG_AGO)
    AccessAttempt.objects.create(username="recent", failures_since_start=1)

    assert "changes in the history, after 3653 days: 5 would be removed" in tidy(dry_run=True)
    assert ChangeHistory.objects.count() == before + 5
    assert "changes in the history, after 3653 days: 5 removed" in tidy()
    assert ChangeHistory.objects.count() == before
    assert ChangeHistory.objects.filter(model="accounts.user", row_id=recent.pk).exists()
    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["recent"]


def test_history_is_forgotten_some_at_a_time(monkeypatch):
    for days in range(5):
        at = LONG_AGO + datetime.timedelta(days=days)
        ChangeHistory.objects.create(happened_at=at, door="admin", model="catalog.product", what="changed")
    monkeypatch.setattr("inventory_project.history.services.AT_ONCE", 2)
    assert "5 removed" in tidy()
    assert not ChangeHistory.objects.filter(model="catalog.product").exists()


def test_ages_that_are_too_short_are_refused_in_words(settings):
    settings.KEEP_DAYS = {**settings.KEEP_DAYS, "history": 10}
    with pytest.raises(CommandError, match="at least 90 days"):
        tidy()


def test_that_somebody_was_anonymised_stays_known():
    for kind in (OperationRun.ANONYMISATION, OperationRun.PRUNING):
        for _again in range(2):
            OperationRun.objects.create(kind=kind, started_at=LONG_AGO, finished_at=LONG_AGO, succeeded=True)
    tidy()
    assert OperationRun.objects.of(OperationRun.ANONYMISATION).count() == 2
    assert OperationRun.objects.of(OperationRun.PRUNING).count() == 1
