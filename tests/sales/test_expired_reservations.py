from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from sales.models import Reservation
from sales.services import release_expired_reservations, release_reservation
from tests.factories.catalog import ProductFactory
from tests.factories.sales import confirmed_order
from tests.factories.stock import balance
from tests.sales.books import reserved_of


@pytest.fixture
def order(settings, warehouse):
    settings.RESERVATION_DAYS = 2
    return confirmed_order(ProductFactory(sku="LAMP"), 4, warehouse=warehouse)


def test_those_whose_time_is_over_are_given_free(order, warehouse):
    now = timezone.now()
    assert release_expired_reservations(now + timedelta(days=1), by=None) == 0
    assert reserved_of(order) == {("LAMP", "HAM"): 4}
    assert release_expired_reservations(now + timedelta(days=2, minutes=1), by=None) == 1
    version = order.updated_at
    order.refresh_from_db()
    assert (order.status, reserved_of(order)) == ("confirmed", {})
    assert order.updated_at > version
    assert balance(order.items.get().product, warehouse).available == 10
    assert release_expired_reservations(now + timedelta(days=3), by=None) == 0


def test_those_that_last_for_ever_stay(warehouse):
    order = confirmed_order(ProductFactory(sku="LAMP"), 4, warehouse=warehouse)
    assert release_expired_reservations(timezone.now() + timedelta(days=9999), by=None) == 0
    assert reserved_of(order) == {("LAMP", "HAM"): 4}


def test_the_command_says_how_many(order):
    Reservation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    out = StringIO()
    call_command("release_expired_reservations", stdout=out)
    assert out.getvalue() == "Reservations released: 1\n"
    assert reserved_of(order) == {}


def test_any_number_costs_the_same_statements(settings, warehouse, statements):
    settings.RESERVATION_DAYS = 1
    later = timezone.now() + timedelta(days=2)

    def cost(number):
        for _ in range(number):
            confirmed_order(warehouse=warehouse)
        return statements(lambda: release_expired_reservations(later, by=None))

    assert cost(1) == cost(8)


def test_one_can_be_given_free_by_hand(order, clerk, warehouse):
    reservation = Reservation.objects.get()
    release_reservation(reservation, by=clerk)
    release_reservation(reservation, by=clerk)
    assert reserved_of(order) == {}
    assert balance(order.items.get().product, warehouse).reserved == 0
