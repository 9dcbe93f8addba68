"""Counting at the back office: what is counted, line by line and scan by scan, and what is counted again."""

import pytest
from django.utils import timezone

from catalog.models import Product
from stock.models import CountStatus, Inventory, StockCount, StockCountItem
from stock.services import (
    AdjustmentLine,
    CountLine,
    adjust_stock,
    create_stock_count,
    enter_stock_count,
    post_stock_count,
    start_stock_count,
)
from tests.api_client import clerk_client
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


class TestStartingFromTheBalances:
    def test_ticked_rows_are_counted_and_nothing_else(self, desk, warehouse):
        shelf = BinFactory(warehouse=warehouse, code="SHELF-7")
        saw = Product.objects.get(sku="SAW")
        put_in_stock(saw, warehouse, 3, bin=shelf)
        asked = desk.press_all(saw.inventory.all(), "count")
        assert "Count 1 balance" in asked.content.decode()
        assert not StockCount.objects.exists()
        response = desk.press_all(saw.inventory.all(), "count", is_blind=TICKED, notes="Before the sale")
        count = StockCount.objects.get()
        assert response["Location"].endswith(f"/{count.pk}/change/?act=enter")
        assert (count.status, count.is_blind, count.notes) == (CountStatus.COUNTING, True, "Before the sale")
        assert skus(count) == ["SAW", "SAW"]
        assert "chosen places" in desk.open(StockCount, "changelist").content.decode()

    def test_balances_of_two_warehouses_and_of_nothing_are_refused(self, desk, warehouse):
        saw, other = Product.objects.get(sku="SAW"), WarehouseFactory(name="Berlin")
        put_in_stock(saw, other, 1)
        refused = desk.press_all(saw.inventory.all(), "count", notes="")
        assert "Berlin, Hamburg" in errors_of(refused)
        adjust_stock([AdjustmentLine(product=saw, warehouse=other, quantity=-1, reason="gone")], by=desk.user)
        refused = desk.press_all(saw.inventory.filter(warehouse=other), "count", notes="")
        assert "nothing to count" in errors_of(refused)
        assert not StockCount.objects.exists()

    def test_places_that_another_count_is_at_are_refused(self, desk, warehouse):
        counting(warehouse)
        refused = desk.press_all(Inventory.objects.filter(product__sku="SAW"), "count", notes="")
        assert "another count is at some of these places" in errors_of(refused)
        assert StockCount.objects.count() == 1

    def test_it_needs_the_rights_to_add_and_to_start(self, warehouse):
        clerk = Desk("stock.view_inventory", "stock.add_stockcount", "stock.view_stockcount")
        assert clerk.press_all(Inventory.objects.all(), "count", notes="").status_code == 403
        starter = Desk("stock.view_inventory", "stock.add_stockcount", "stock.start_stockcount")
        response = starter.press_all(Inventory.objects.all(), "count", notes="")
        assert response["Location"] == url(StockCount, "change", StockCount.objects.get().pk)

    def test_the_api_does_the_same(self, warehouse):
        saw = Inventory.objects.get(product__sku="SAW")
        sent = {"inventory": [saw.pk], "is_blind": True}
        for lacking in ("stock.add_stockcount", "stock.start_stockcount"):
            assert clerk_client(lacking).post("/api/v1/inventory/count/", sent, format="json").status_code == 403
        api = clerk_client("stock.add_stockcount", "stock.start_stockcount", "stock.view_stockcount")
        assert api.post("/api/v1/inventory/count/", {"inventory": [saw.pk, 0]}, format="json").status_code == 400
        made = api.post("/api/v1/inventory/count/", sent, format="json")
        assert (made.status_code, made.json()["only_chosen"], made.json()["status"]) == (201, True, "counting")
        assert skus(StockCount.objects.get()) == ["SAW"]


class TestWhatDoesNotMatch:
    @pytest.fixture
    def count(self, desk, warehouse):
        """Two gloves are missing, the saws are all there."""
        Inventory.objects.filter(product__sku="GLOVES").update(stock_value=25)
        count = counting(warehouse)
        lines = [CountLine(8, item=line(count, "GLOVES")), CountLine(5, item=line(count, "SAW"))]
        return enter_stock_count(count, lines, by=desk.user)

    def test_the_list_says_what_the_differences_are_worth(self, desk, count, django_assert_max_num_queries):
        text = desk.open(StockCount, "changelist").content.decode()
        assert "-5.00" in text
        post_stock_count(count, reason="missing", by=desk.user)
        counting(count.warehouse)
        with django_assert_max_num_queries(8):
            text = desk.open(StockCount, "changelist").content.decode()
        assert "-5.00" in text
        assert "0.00" in text

    def test_what_they_are_worth_is_for_those_who_see_costs(self, count):
        assert "Difference value" not in Desk("stock.view_stockcount").open(StockCount, "changelist").content.decode()

    def test_a_blind_count_tells_its_counters_nothing(self, count):
        StockCount.objects.update(is_blind=True)
        rights = ("stock.view_stockcount", "stock.see_cost_inventory", "stock.post_stockcount", "stock.view_warehouse")
        counter = Desk(*rights)
        assert "-5.00" not in counter.open(StockCount, "changelist").content.decode()
        assert "recount" not in counter.buttons(count)
        assert counter.press(count, "recount", **{f"recount-{line(count, 'GLOVES').pk}": TICKED}).status_code == 403
        assert "recount" in Desk(*rights, "stock.see_expected_stockcount").buttons(count)
        assert StockCount.objects.count() == 1

    def test_it_is_counted_again_in_a_further_count(self, desk, count):
        asked = desk.press(count, "recount")
        assert "GLOVES" in asked.content.decode()
        refused = desk.press(count, "recount", apply="1")
        assert "Tick at least one place" in errors_of(refused)
        response = desk.press(count, "recount", **{f"recount-{line(count, 'GLOVES').pk}": TICKED})
        other = StockCount.objects.get(only_chosen=True)
        assert response["Location"].endswith(f"/{other.pk}/change/?act=enter")
        assert (skus(count), skus(other)) == (["SAW"], ["GLOVES"])
        assert "1 place is to be counted again: " in said(response)

    def test_it_has_to_wait_while_all_matches(self, desk, warehouse):
        count = counting(warehouse)
        button = next(b for b in desk.open(StockCount, "change", count.pk).context["buttons"] if b.name == "recount")
        assert "What was counted so far is what was expected." in button.reason

    def test_lines_say_whether_goods_have_moved_since(self, desk, count):
        assert "moved since" not in self._cells(desk)
        gloves = Product.objects.get(sku="GLOVES")
        adjust_stock([AdjustmentLine(product=gloves, warehouse=count.warehouse, quantity=1, reason="x")], by=desk.user)
        assert self._cells(desk).lower().count("moved since") == 1
        post_stock_count(count, reason="missing", by=desk.user)
        assert "moved since" not in self._cells(desk).lower()

    @staticmethod
    def _cells(desk) -> str:
        return desk.open(StockCountItem, "changelist").content.decode()

    def test_lines_are_found_by_the_barcode_of_their_product(self, desk, count):
        page = desk.open(StockCountItem, "changelist", q="4006381333931")
        assert [row.product.sku for row in page.context["cl"].result_list] == ["GLOVES"]
