"""Numbers of documents."""

import pytest

from inventory_project.base.errors import InvalidInput
from inventory_project.base.numbering import next_number, next_numbers, refuse_our_pattern
from stock.models import StockCount, Warehouse


@pytest.mark.django_db
def test_numbers_follow_each_other():
    warehouse = Warehouse.objects.create(code="HAM", name="Hamburg")
    first = next_number(StockCount)
    StockCount.objects.create(count_number=first, warehouse=warehouse)
    second, third = next_numbers(StockCount, 2)

    prefix, start = first.split("-")
    assert (prefix, len(start)) == ("SC", 6)
    assert [second, third] == [f"SC-{int(start) + 1:06d}", f"SC-{int(start) + 2:06d}"]


@pytest.mark.django_db
def test_the_millionth_number_follows_the_one_before(vendor):
    if vendor != "sqlite":
        pytest.skip("PostgreSQL counts with a sequence")
    warehouse = Warehouse.objects.create(code="HAM", name="Hamburg")
    for number in ("SC-999999", "SC-1000000"):
        StockCount.objects.create(count_number=number, warehouse=warehouse)

    assert next_number(StockCount) == "SC-1000001"


@pytest.mark.django_db
def test_numbers_of_a_batch_cost_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        next_numbers(StockCount, 100)


@pytest.mark.parametrize("number", ["SO-000001", "so-1", "INV-2026-1", "DRAFT-7", "PAY-1", "ＳＯ-1"])
def test_a_number_like_ours_is_refused(number):
    with pytest.raises(InvalidInput, match="looks like one of our own numbers"):
        refuse_our_pattern(number)


@pytest.mark.parametrize("number", ["WEB-1", "2026-11", "SOLAR-1", "SO-A1"])
def test_other_numbers_are_welcome(number):
    refuse_our_pattern(number)
