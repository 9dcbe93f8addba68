import pytest

from sales.services import OrderLine, place_order
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerFactory, place


@pytest.fixture
def request_of(clerk):
    customer, product = CustomerFactory(), ProductFactory()

    def make(number):
        return place_order(customer=customer, lines=[OrderLine(product, 1)], order_number=number, by=clerk)

    return make


def test_numbers_are_given_out_one_after_the_other():
    numbers = [place().order_number for _ in range(3)]
    first = int(numbers[0].removeprefix("SO-"))
    assert numbers == [f"SO-{first + step:06d}" for step in range(3)]


def test_an_integrator_may_bring_one(request_of):
    assert request_of(" WEB-1 ").order_number == "WEB-1"
    assert request_of("").order_number.startswith("SO-")


@pytest.mark.parametrize("number", ["SO-000001", "so-9", "INV-2026-000001", "DRAFT-1", "CN-1", "PAY-7"])
def test_but_none_that_looks_like_ours(request_of, refused, number):
    with refused("invalid", number, field="order_number"):
        request_of(number)


def test_nor_one_that_is_taken(request_of, refused):
    request_of("WEB-1")
    with refused("duplicate", "WEB-1", field="order_number"):
        request_of("WEB-1")


def test_nor_one_that_is_too_long(request_of, refused):
    with refused("invalid", field="order_number"):
        request_of("W" * 41)
