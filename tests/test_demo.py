"""The sample company: something in every list, the same every time, never outside development."""

import datetime
import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.permissions import APPS
from billing.models import Invoice, Payment
from inventory_project.demo import Size, build
from sales.models import Order
from stock.models import StockMovement

pytestmark = pytest.mark.django_db
TINY = Size(products=40, suppliers=5, customers=10, purchase_orders=8, orders=40)


def test_every_table_has_rows_and_no_rule_is_broken():
    build(TINY, seed=1, say=lambda line: None)

    models = [model for app in APPS[:5] for model in apps.get_app_config(app).get_models()]
    assert [model.__name__ for model in models if not model.objects.exists()] == []
    call_command("check_integrity", stdout=io.StringIO())


def test_the_company_has_a_past_in_which_time_only_goes_on():
    real = timezone.now
    build(TINY, seed=1, say=lambda line: None)

    for rows in (Order.objects.all(), Payment.objects.all(), StockMovement.objects.all()):
        instants = list(rows.order_by("pk").values_list("created_at", flat=True))
        assert instants == sorted(instants)
        assert instants[0] < timezone.now() - datetime.timedelta(days=28)
        assert instants[-1] <= timezone.now()
    assert Invoice.objects.filter(status="overdue").exists()
    assert timezone.now is real


def test_the_same_seed_makes_the_same_company():
    def company(seed: int) -> list:
        with transaction.atomic():
            build(TINY, seed=seed, say=lambda line: None)
            rows = Order.objects.order_by("pk").values_list("customer__code", "status", "total_amount")
            found = list(rows)
            transaction.set_rollback(True)
        return found

    first = company(7)

    assert company(7) == first
    assert company(8) != first


def test_it_does_not_touch_a_database_with_people_in_it(django_user_model):
    django_user_model.objects.create_superuser("boss", "boss@example.com", "secret")

    with pytest.raises(CommandError, match="There is data already"):
        call_command("seed_demo")
    said = io.StringIO()
    call_command("seed_demo", if_empty=True, stdout=said)

    assert "Sign in at /admin/ with your own login" in said.getvalue()
    assert not Order.objects.exists()


def test_it_refuses_outside_development(settings):
    settings.DEVELOPMENT = False

    with pytest.raises(CommandError, match="development only"):
        call_command("seed_demo")
