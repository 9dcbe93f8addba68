from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from catalog.models import Tracking
from inventory_project.base.clock import today
from inventory_project.base.errors import InvalidTransition
from sales.models import OrderStatus, Reservation
from sales.services import OrderLine, cancel_order, confirm_order, place_order
from stock.models import Lot
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerFactory, OrderFactory, place
from tests.factories.stock import balance, put_in_stock
from tests.sales.books import reserved_of


def test_it_reserves_every_line(clerk, warehouse):
    lamp, rope = ProductFactory(sku="LAMP"), ProductFactory(sku="ROPE")
    put_in_stock(lamp, warehouse, 10)
    put_in_stock(rope, warehouse, 5)
    order = place((lamp, 4), (rope, 5))
    before = timezone.now()
    assert confirm_order(order, by=clerk) is order
    order.refresh_from_db()
    assert order.status == OrderStatus.CONFIRMED
    assert before <= order.confirmed_at <= timezone.now()
    assert order.updated_by == clerk
    assert reserved_of(order) == {("LAMP", "HAM"): 4, ("ROPE", "HAM"): 5}
    assert (balance(lamp, warehouse).reserved, balance(lamp, warehouse).available) == (4, 6)
    assert balance(rope, warehouse).available == 0


def test_repeating_it_changes_nothing(clerk, warehouse):
    product = ProductFactory()
    put_in_stock(product, warehouse, 10)
    order = place((product, 4))
    stale = type(order).objects.get(pk=order.pk)
    confirm_order(order, by=clerk)
    version = order.updated_at
    assert confirm_order(stale, by=clerk).updated_at == version
    assert balance(product, warehouse).reserved == 4


def test_it_names_every_short_line_with_what_was_asked_and_what_there_is(clerk, warehouse, refused):
    lamp, rope, sail = (ProductFactory(sku=sku) for sku in ("LAMP", "ROPE", "SAIL"))
    put_in_stock(lamp, warehouse, 3)
    put_in_stock(rope, warehouse, 5)
    order = place((lamp, 4), (rope, 5), (sail, 1))
    with refused("insufficient_stock", "Only 3 of 4 LAMP", "Only 0 of 1 SAIL") as caught:
        confirm_order(order, by=clerk)
    assert "ROPE" not in str(caught.value)
    assert caught.value.details["lines"] == [
        {"line": 1, "product": lamp.pk, "sku": "LAMP", "warehouse": None, "asked": 4, "available": 3},
        {"line": 3, "product": sail.pk, "sku": "SAIL", "warehouse": None, "asked": 1, "available": 0},
    ]


def test_two_lines_of_one_product_share_what_there_is(clerk, warehouse, refused):
    lamp = ProductFactory(sku="LAMP")
    put_in_stock(lamp, warehouse, 7)
    order = place((lamp, 5), (lamp, 5))
    with refused("insufficient_stock", "Only 2 of 5 LAMP") as caught:
        confirm_order(order, by=clerk)
    assert [line["line"] for line in caught.value.details["lines"]] == [2]


def test_many_short_lines_are_named_but_not_all_in_the_sentence(clerk, refused):
    order = place(*[(ProductFactory(), 1) for _ in range(8)])
    with refused("insufficient_stock", "3 more lines are short.") as caught:
        confirm_order(order, by=clerk)
    assert len(caught.value.details["lines"]) == 8


def test_where_back_orders_are_allowed_it_takes_what_there_is(clerk, warehouse):
    lamp, rope = ProductFactory(sku="LAMP"), ProductFactory(sku="ROPE")
    put_in_stock(lamp, warehouse, 3)
    order = confirm_order(place((lamp, 4), (rope, 5), allow_backorder=True), by=clerk)
    assert order.status == OrderStatus.CONFIRMED
    assert reserved_of(order) == {("LAMP", "HAM"): 3}


def test_what_others_have_reserved_is_not_available(clerk, warehouse, refused):
    product = ProductFactory()
    put_in_stock(product, warehouse, 10)
    confirm_order(place((product, 8)), by=clerk)
    second = place((product, 3))
    with refused("insufficient_stock", "Only 2 of 3"):
        confirm_order(second, by=clerk)


def test_blocked_and_expired_lots_are_not_available(clerk, warehouse, refused):
    product = ProductFactory(tracking=Tracking.LOT)
    put_in_stock(product, warehouse, 5, lot_number="OLD", expires_on=today() - timedelta(days=1))
    put_in_stock(product, warehouse, 5, lot_number="BAD")
    put_in_stock(product, warehouse, 5, lot_number="LAST-DAY", expires_on=today())
    Lot.objects.filter(number="BAD").update(is_blocked=True)
    order = place((product, 6))
    with refused("insufficient_stock", "Only 5 of 6"):
        confirm_order(order, by=clerk)
    assert confirm_order(place((product, 5)), by=clerk).status == OrderStatus.CONFIRMED


def test_a_closed_warehouse_serves_nobody(clerk, warehouse, refused):
    product = ProductFactory()
    put_in_stock(product, warehouse, 10)
    order = place((product, 1), warehouse=warehouse)
    warehouse.is_active = False
    warehouse.save()
    with refused("insufficient_stock", "Only 0 of 1"):
        confirm_order(order, by=clerk)


def test_it_refuses_an_order_without_lines(clerk, refused):
    order = OrderFactory()
    with refused("no_lines", order.order_number):
        confirm_order(order, by=clerk)


def test_it_refuses_a_customer_who_has_been_deactivated(clerk, warehouse, refused):
    order = place()
    type(order.customer).objects.update(is_active=False)
    with refused("inactive_customer"):
        confirm_order(order, by=clerk)


def test_it_refuses_a_cancelled_order(clerk, refused):
    order = cancel_order(place(), by=clerk)
    with refused("invalid_state", "cancelled", "Confirm") as caught:
        confirm_order(order, by=clerk)
    assert isinstance(caught.value, InvalidTransition)
    assert caught.value.details == {"current_status": "cancelled", "allowed_actions": []}


def test_it_works_on_the_order_as_it_is_not_on_a_stale_copy(clerk, warehouse, refused):
    order = place()
    stale = type(order).objects.get(pk=order.pk)
    cancel_order(order, by=clerk)
    with refused("invalid_state"):
        confirm_order(stale, by=clerk)


def test_placing_and_confirming_in_one(clerk, warehouse):
    product = ProductFactory(sku="LAMP")
    put_in_stock(product, warehouse, 10)
    order = place_order(customer=CustomerFactory(), lines=[OrderLine(product, 2)], confirm=True, by=clerk)
    order.refresh_from_db()
    assert order.status == OrderStatus.CONFIRMED
    assert order.confirmed_at
    assert reserved_of(order) == {("LAMP", "HAM"): 2}
    assert order.total_amount == Decimal("23.80")


def test_placing_and_confirming_in_one_leaves_nothing_when_stock_is_short(clerk, warehouse, refused):
    product, customer = ProductFactory(), CustomerFactory()
    put_in_stock(product, warehouse, 1)
    with refused("insufficient_stock"):
        place_order(customer=customer, lines=[OrderLine(product, 2)], confirm=True, by=clerk)


def test_reservations_last_as_long_as_the_installation_says(clerk, warehouse, settings):
    product = ProductFactory()
    put_in_stock(product, warehouse, 10)
    confirm_order(place((product, 1)), by=clerk)
    assert Reservation.objects.get().expires_at is None
    settings.RESERVATION_DAYS = 3
    second = confirm_order(place((product, 1)), by=clerk)
    expires_at = Reservation.objects.get(order_item__order=second).expires_at
    assert timedelta(days=3) - (expires_at - timezone.now()) < timedelta(minutes=1)


def test_an_order_that_was_given_to_another_customer_meanwhile_is_looked_at_again(clerk, warehouse, refused):
    order = place()
    stale = type(order).objects.select_related("customer").get(pk=order.pk)
    order.customer = CustomerFactory()
    order.save()
    with refused("changed_meanwhile", order.order_number):
        confirm_order(stale, by=clerk)
