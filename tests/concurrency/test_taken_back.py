"""What the database takes back for no fault of its own (a deadlock, a lock not to be had in time) is run again, a few
times; then whoever asked is told to come again, and nothing is half done."""

import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg.errors
import pytest
from django.db import OperationalError, connection, transaction

from accounts.services import create_token
from inventory_project.base import transactions
from inventory_project.base.services import lock, save_document, service
from inventory_project.imports.kinds.orders import OrderImporter
from inventory_project.imports.table import parse_csv
from inventory_project.models import IdempotencyRecord
from sales.models import Customer
from stock.models import StockTransfer
from stock.services import AdjustmentLine, adjust_stock
from tests.factories.sales import CustomerFactory
from tests.factories.stock import StockTransferFactory, WarehouseFactory
from tests.proof.crowd import problems
from tests.proof.figures import note
from tests.proof.server import serving
from tests.proof.shop import balance

pytestmark = pytest.mark.django_db(transaction=True)

PASSING = [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure, psycopg.errors.LockNotAvailable]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(transactions, "sleep", lambda seconds: None)


def failing(times: int, cause: type[Exception] = psycopg.errors.DeadlockDetected) -> Callable[[], int]:
    """Something that fails so many times, as the database does, before it works; gives how often it was run."""
    runs = []

    def run() -> int:
        runs.append(1)
        if len(runs) <= times:
            raise OperationalError("taken back") from cause("taken back")
        return len(runs)

    run.runs = runs
    return run


@service
def rename(customer: Customer, step: Callable[[], int], *, by) -> int:
    """Writes, then meets with what `step` does."""
    customer.name += "!"
    customer.save()
    return step()


@pytest.mark.parametrize("cause", PASSING)
def test_it_is_run_again_from_the_start(cause):
    customer = CustomerFactory(name="Anna")
    assert rename(customer, failing(2, cause), by=None) == 3
    assert customer.name == Customer.objects.get().name == "Anna!"


def test_after_four_attempts_it_is_given_up_and_nothing_is_written():
    customer, step = CustomerFactory(name="Anna"), failing(9)
    with pytest.raises(OperationalError):
        rename(customer, step, by=None)
    assert len(step.runs) == transactions.ATTEMPTS == 4
    assert Customer.objects.get().name == "Anna"


def test_it_is_given_up_when_it_has_taken_too_long(monkeypatch):
    monkeypatch.setattr(transactions, "PATIENCE", -1)
    step = failing(1)
    with pytest.raises(OperationalError):
        rename(CustomerFactory(), step, by=None)
    assert len(step.runs) == 1


@pytest.mark.parametrize("cause", [psycopg.errors.QueryCanceled, psycopg.errors.DiskFull, OSError])
def test_other_errors_are_not_tried_again(cause):
    step = failing(1, cause)
    with pytest.raises(OperationalError):
        rename(CustomerFactory(), step, by=None)
    assert len(step.runs) == 1


def test_inside_another_transaction_the_outermost_decides():
    """PostgreSQL has taken back all of it: running a part again would be half."""
    step = failing(1)
    with pytest.raises(OperationalError), transaction.atomic():
        rename(CustomerFactory(), step, by=None)
    assert len(step.runs) == 1
    again = failing(1)
    customer = CustomerFactory(name="Anna")
    transactions.in_transaction(lambda: rename(Customer.objects.get(pk=customer.pk), again, by=None))
    assert len(again.runs) == 2
    assert Customer.objects.get(pk=customer.pk).name == "Anna!"


def test_what_is_committed_is_never_run_again():
    """What happens after the commit may fail, but the effect is there already."""
    customer, step = CustomerFactory(name="Anna"), failing(1)

    @service
    def rename_and_tell(*, by) -> None:
        customer.name += "!"
        customer.save()
        transaction.on_commit(step)

    with pytest.raises(OperationalError):
        rename_and_tell(by=None)
    assert len(step.runs) == 1
    assert Customer.objects.get().name == "Anna!"


def test_a_new_record_is_new_in_every_attempt():
    step = failing(1)
    transfer = StockTransferFactory.build(from_warehouse=WarehouseFactory(), to_warehouse=WarehouseFactory())
    save_document(transfer, recalculate=lambda document: step(), by=None)
    assert StockTransfer.objects.get().pk == transfer.pk


def test_an_import_counts_its_rows_once(shop, monkeypatch):
    product = shop.product(5)
    row = f"X-1,{shop.customer.code},{product.sku},1,{shop.warehouses[0].code},shipped"
    table = parse_csv(f"order_number,customer,product,quantity,warehouse,stage\n{row}\n", "orders.csv")
    importer, step = OrderImporter(), failing(1)
    store = importer.store

    def store_and_fail(records, *, by):
        store(records, by=by)
        step()

    importer.store = store_and_fail
    report = importer.run(table, by=shop.clerk)
    assert (report.created, len(step.runs)) == (1, 2)
    assert balance(product, shop.warehouses[0]).quantity == 4


@pytest.mark.postgres
def test_a_real_deadlock_hurts_nobody(shop, crowd, deadlocks):
    rows = [CustomerFactory(), CustomerFactory()]
    both = threading.Barrier(2)

    @service
    def in_turn(order, *, by) -> None:
        lock(order[0])
        if not both.broken:
            with suppress(threading.BrokenBarrierError):
                both.wait(2)
        lock(order[1])
        Customer.objects.filter(pk__in=[row.pk for row in order]).update(notes="both")
        both.abort()

    outcomes = crowd(2).all_do(lambda client: in_turn(rows[:: 1 - 2 * client], by=None))
    assert problems(outcomes) == []
    assert set(Customer.objects.filter(pk__in=[row.pk for row in rows]).values_list("notes", flat=True)) == {"both"}
    assert deadlocks() == 1


@pytest.mark.postgres
def test_a_locked_row_can_still_be_referred_to(shop, crowd):
    """Otherwise two could wait for each other: foreign keys are checked, and what they name is locked, on commit."""
    product = shop.product(5)
    locked, ordered = threading.Event(), threading.Event()

    def work(client: int) -> bool:
        if client:
            locked.wait(10)
            shop.order(product)
            ordered.set()
            return True
        with transaction.atomic():
            for row in (shop.customer, product, shop.warehouses[0], shop.clerk):
                lock(row)
            locked.set()
            return ordered.wait(5)

    assert crowd(2).all_do(work) == [True, True]


@pytest.mark.postgres
def test_a_lock_that_is_not_to_be_had_is_a_503_that_says_when_to_come_again(shop, crowd, tmp_path):
    product, place = shop.product(5), shop.warehouses[0]
    item = {"product": product.pk, "warehouse": place.pk, "quantity": 1, "reason": "Found"}
    held, answered = threading.Event(), threading.Event()

    with serving(tmp_path / "impatient.log", LOCK_TIMEOUT_SECONDS="1") as server:
        caller = server.caller(create_token(shop.clerk, "proof")[1])

        def work(client: int):
            if client:
                held.wait(10)
                answer = caller.post("inventory/adjust/", {"items": [item]}, Idempotency_Key="patience")
                answered.set()
                return answer
            with transaction.atomic():
                lock(balance(product, place))
                held.set()
                return answered.wait(60)

        _holder, answer = crowd(2).all_do(work)
        assert (answer.status, answer.json["code"]) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) >= 1
        assert balance(product, place).quantity == 5
        assert not IdempotencyRecord.objects.exists()
        again = caller.post("inventory/adjust/", {"items": [item]}, Idempotency_Key="patience")
    assert again.status == 200
    assert balance(product, place).quantity == 6
    note("A lock that can't be had (API)", "4 attempts of 1 s", "503 with Retry-After, nothing written; then done")


def test_a_writer_that_waits_is_served(shop, crowd):
    """On both databases: whoever is second waits for the first, politely, and then does its part."""
    product, place = shop.product(5), shop.warehouses[0]
    line = AdjustmentLine(product, place, 1, "Found")
    assert problems(crowd(6).all_do(lambda client: adjust_stock([line], by=shop.clerk))) == []
    assert balance(product, place).quantity == 11


@pytest.mark.postgres
def test_nobody_waits_for_ever(crowd):
    def limits(client: int) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
            return list(cursor.fetchone())

    assert crowd(1).all_do(limits) == [["10s", "1min"]]
