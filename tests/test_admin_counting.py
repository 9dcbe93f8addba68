"""Counting at the back office: what is counted, line by line and scan by scan, and what is counted again."""

import pytest
from django.utils import timezone

from catalog.models import Product
from stock.models import CountStatus, Inventory, StockCount
from stock.services import AdjustmentLine, adjust_stock, create_stock_count, start_stock_count
from tests.back_office import Desk, errors_of, said, url
from tests.factories.catalog import CategoryFactory, ProductBarcodeFactory, ProductFactory
from tests.factories.stock import BinFactory, WarehouseFactory, balance, default_bin, put_in_stock

pytestmark = pytest.mark.django_db
TICKED = "on"


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def warehouse():
    """Ten gloves, of which a box of two has a barcode, and five saws, which are low and were counted today."""
    warehouse = WarehouseFactory(name="Hamburg")
    gloves, saw = ProductFactory(sku="GLOVES"), ProductFactory(sku="SAW", category=CategoryFactory(name="Tools"))
    ProductBarcodeFactory(product=gloves, code="4006381333931", quantity=2)
    put_in_stock(gloves, warehouse, 10)
    put_in_stock(saw, warehouse, 5)
    Inventory.objects.filter(product=saw).update(reorder_level=8, last_counted=timezone.now())
    return warehouse


def skus(count: StockCount) -> list[str]:
    return sorted(count.items.values_list("product__sku", flat=True))


def counting(warehouse, **scope) -> StockCount:
    return start_stock_count(create_stock_count(warehouse=warehouse, by=None, **scope), by=None)


def line(count: StockCount, sku: str):
    return count.items.get(product__sku=sku)


class TestScopes:
    @pytest.mark.parametrize(
        ("scope", "counted", "said_of_it"),
        [
            ({}, ["GLOVES", "SAW"], "all"),
            ({"category": "Tools"}, ["SAW"], "Tools"),
            ({"only_low": TICKED}, ["SAW"], "low"),
            ({"uncounted_days": "1"}, ["GLOVES"], "not counted for 1 day"),
        ],
        ids=["all", "category", "low", "not counted lately"],
    )
    def test_one_step_enters_the_count_starts_it_and_opens_the_grid(self, desk, warehouse, scope, counted, said_of_it):
        if "category" in scope:
            scope = {"category": Product.objects.get(sku="SAW").category_id}
        response = desk.add(StockCount, warehouse=warehouse.pk, **self._start(desk), **scope)
        count = StockCount.objects.get()
        assert (count.status, skus(count)) == (CountStatus.COUNTING, counted)
        assert response["Location"].endswith(f"/{count.pk}/change/?act=enter")
        assert said_of_it in desk.open(StockCount, "changelist").content.decode()

    @staticmethod
    def _start(desk) -> dict[str, str]:
        """The button “Enter counts…” as the page has it."""
        name, label = desk.open(StockCount, "add").context["further_submit"]
        assert str(label) == "Enter counts…"
        return {name: "1"}

    def test_one_bin(self, desk, warehouse):
        shelf = BinFactory(warehouse=warehouse, code="SHELF-7")
        put_in_stock(Product.objects.get(sku="SAW"), warehouse, 3, bin=shelf)
        desk.add(StockCount, warehouse=warehouse.pk, bin=shelf.pk, **self._start(desk))
        count = StockCount.objects.get()
        lines = list(count.items.values_list("product__sku", "bin__code"))
        assert (count.status, lines) == (CountStatus.COUNTING, [("SAW", "SHELF-7")])

    def test_without_the_right_to_start_it_stays_a_draft(self, warehouse):
        clerk = Desk("stock.view_stockcount", "stock.add_stockcount", "stock.view_warehouse")
        assert clerk.open(StockCount, "add").context["further_submit"] is None
        clerk.add(StockCount, warehouse=warehouse.pk, start="1")
        assert StockCount.objects.get().status == CountStatus.DRAFT


class TestLines:
    def test_a_line_is_saved_by_itself_and_told_as_it_is(self, desk, warehouse):
        count = counting(warehouse)
        item = line(count, "GLOVES")
        answer = desk.client.post(url(StockCount, "line", count.pk), {"item": item.pk, "counted": "8", "reason": "wet"})
        told = answer.json()
        assert (told["counted"], told["expected"], told["done"], told["places"]) == (8, 10, 1, 2)
        assert "-2" in told["difference"]
        item.refresh_from_db()
        assert (item.counted_quantity, item.reason, item.counted_by) == (8, "wet", desk.user)

    @pytest.mark.parametrize(("counted", "status"), [("-1", 422), ("1.5", 422), ("many", 422), ("9" * 12, 422)])
    def test_what_is_no_number_of_units_is_refused_in_words(self, desk, warehouse, counted, status):
        count = counting(warehouse)
        answer = desk.client.post(
            url(StockCount, "line", count.pk), {"item": line(count, "SAW").pk, "counted": counted}
        )
        assert (answer.status_code, bool(answer.json()["error"])) == (status, True)
        assert line(count, "SAW").counted_quantity is None

    def test_scans_count_up_by_what_the_code_stands_for(self, desk, warehouse):
        count, shelf = counting(warehouse), BinFactory(warehouse=warehouse, code="SHELF-7")

        def scan(code: str, **where):
            return desk.client.post(url(StockCount, "scan", count.pk), {"code": code, **where})

        assert [scan(code).json()["counted"] for code in ("4006381333931", "gloves")] == [2, 3]
        chosen = scan("shelf-7").json()
        assert chosen["bin"] == shelf.pk
        assert "SHELF-7" in scan("SAW", bin=chosen["bin"]).json()["said"]
        unknown = scan("123")
        assert (unknown.status_code, "123" in unknown.json()["error"]) == (409, True)

    def test_a_blind_count_tells_no_expectation_to_its_counter(self, warehouse):
        count = counting(warehouse, is_blind=True)
        counter = Desk("stock.view_stockcount", "stock.enter_stockcount")
        answer = counter.client.post(
            url(StockCount, "line", count.pk), {"item": line(count, "SAW").pk, "counted": "4"}
        ).json()
        assert "expected" not in answer and "difference" not in answer


class TestRecount:
    @pytest.fixture
    def moved(self, desk, warehouse) -> StockCount:
        """Both are counted with a difference; a saw was found since."""
        count = counting(warehouse)
        for sku, units in (("GLOVES", 8), ("SAW", 4)):
            desk.client.post(url(StockCount, "line", count.pk), {"item": line(count, sku).pk, "counted": units})
        saw = line(count, "SAW").product
        adjust_stock([AdjustmentLine(saw, warehouse, 1, "found", bin=default_bin(warehouse))], by=None)
        return count

    def test_what_moved_since_is_preset_to_be_counted_again(self, desk, moved):
        form = desk.open(StockCount, "change", moved.pk, act="post").context["form"]
        preset = {row.line.product.sku: bool(row.fields[0].value()) for row in form.grid}
        assert preset == {"GLOVES": False, "SAW": True}

    def test_it_goes_to_a_further_count_and_the_rest_is_posted(self, desk, moved, warehouse):
        answers = {f"recount-{line(moved, 'SAW').pk}": TICKED, "reason": "Quarterly count"}
        response = desk.press(moved, "post", **answers)
        other = StockCount.objects.exclude(pk=moved.pk).get()
        moved.refresh_from_db()
        assert (moved.status, other.status, skus(other)) == (CountStatus.POSTED, CountStatus.COUNTING, ["SAW"])
        assert response["Location"].endswith(f"/{other.pk}/change/?act=enter")
        assert "1 place is to be counted again" in said(response) and other.number in said(response)
        gloves, saw = line(moved, "GLOVES").product, line(other, "SAW").product
        assert (balance(gloves, warehouse).quantity, balance(saw, warehouse).quantity) == (8, 6)

    def test_without_a_reason_nothing_is_posted(self, desk, moved, warehouse):
        response = desk.press(moved, "post", reason="")
        moved.refresh_from_db()
        assert (response.status_code, moved.status) == (200, CountStatus.COUNTING)
        assert "required" in errors_of(response)
