"""The database and the application are killed while clients sell, bill, are paid and buy. Each of them repeats what is
not answered, with its key. Afterwards all that was acknowledged is there, once, and nothing else."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from pytest_django import DjangoDbBlocker

from accounts.services import create_token
from billing.models import Invoice, Payment
from inventory_project.integrity import check_all
from inventory_project.models import IdempotencyRecord
from sales.models import Order, Shipment
from stock.models import GoodsReceipt, Inventory, PurchaseOrder, StockMovement
from tests.proof.figures import note
from tests.proof.killer import ALL, FIRST, OF_THE_DATABASE, POSTMASTER, Death, Killer, deaths_to_come
from tests.proof.mortal_database import MortalDatabase, mortal_database
from tests.proof.mortal_server import mortal_server
from tests.proof.persistent import Book, Persistent
from tests.proof.shop import Shop, open_shop
from tests.proof.sizes import SEED, SIZE

pytestmark = pytest.mark.postgres

CLIENTS = 8
WHOLE_WITHIN = 5
STARTED_WITHIN = 30
"""Seconds for loading the program anew, which nobody can do faster than the machine."""
UNITS = 100_000
REPEATED = 25
CONNECTIONS = {"pool": {"POOL_MAX_SIZE": "8"}, "kept": {"POOL_MAX_SIZE": "0", "CONN_MAX_AGE": "60"}}
DEATHS = deaths_to_come(Random(f"{SEED}/deaths"))


@contextmanager
def entered(database: MortalDatabase) -> Iterator[None]:
    """Within, this process asks that server."""
    settings = connection.settings_dict
    before = {name: settings[name] for name in ("HOST", "PORT", "USER", "PASSWORD", "NAME")}
    connection.close()
    settings.update(HOST="127.0.0.1", PORT=database.port, USER="postgres", PASSWORD="", NAME="inventory")
    try:
        yield
    finally:
        connection.close()
        settings.update(before)


@pytest.fixture(scope="module")
def database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[MortalDatabase]:
    """A server that keeps what it has acknowledged, with the product's tables."""
    with mortal_database() as running, django_db_blocker.unblock(), entered(running):
        call_command("migrate", verbosity=0)
        yield running


@pytest.fixture(scope="module")
def shop(database: MortalDatabase) -> Shop:
    return open_shop(products=4, units=UNITS)


@pytest.fixture(scope="module")
def book() -> Book:
    """One for all the clients of both tests: what the first were told still holds after the second."""
    return Book()


@pytest.mark.parametrize("kind", CONNECTIONS)
def test_what_was_acknowledged_is_there_once(kind: str, database, shop, book, tmp_path: Path):
    environment = CONNECTIONS[kind] | {"DOCUMENTS_ROOT": str(tmp_path / "documents")}
    with mortal_server(tmp_path / "server.log", **environment) as server:
        caller = server.caller(create_token(shop.clerk, kind)[1])
        clients = [Persistent(shop, book, caller, f"{kind}-{n}", f"{SEED}/{kind}/{n}") for n in range(CLIENTS)]
        whats = [next(DEATHS) for _death in range(SIZE.kills // len(CONNECTIONS))]
        deaths, faults = _killed(clients, Killer(database, server, book, Random(f"{SEED}/kill/{kind}")), whats)
        assert faults == [], server.log.read_text()[-5000:]
        assert server.is_there, server.log.read_text()[-5000:]
        _repeat(book, caller)
    slow = [each for each in deaths if each.after > (STARTED_WITHIN if each.what == FIRST else WHOLE_WITHIN)]
    assert slow == [], deaths
    connection.close()
    _compare(book)
    _report(kind, deaths, clients, book)


def test_negative_control_a_database_that_acknowledges_too_early_is_found_out(database, shop, book, tmp_path: Path):
    """Last, as it spoils the book. A proof that could not fail would prove nothing."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET synchronous_commit = off")
        cursor.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        cursor.execute("SELECT pg_reload_conf()")
    environment = CONNECTIONS["kept"] | {"DOCUMENTS_ROOT": str(tmp_path / "documents")}
    with mortal_server(tmp_path / "server.log", **environment) as server:
        caller = server.caller(create_token(shop.clerk, "control")[1])
        clients = [Persistent(shop, book, caller, f"control-{n}", f"{SEED}/control/{n}") for n in range(CLIENTS)]
        _deaths, missing = _killed(clients, Killer(database, server, book, Random(SEED)), [POSTMASTER])
    connection.close()
    if not missing:  # else a client has already asked for a document that is gone
        with pytest.raises(AssertionError):
            _compare(book)
    note(
        "Negative control: PostgreSQL acknowledges before it has written",
        f"{CLIENTS} clients, 1 x {POSTMASTER}",
        "acknowledged writes were missing, as they must be",
    )


def _killed(clients: list[Persistent], killer: Killer, whats: list[str]) -> tuple[list[Death], list[BaseException]]:
    """Let the clients work while the killer kills; gives the deaths, and what the clients met that is no outage."""
    with ThreadPoolExecutor(len(clients)) as pool:
        work = [pool.submit(client.work) for client in clients]
        try:
            deaths = killer.kill(whats, lambda: any(each.done() for each in work))
        finally:
            for client in clients:
                client.stopped = True
    return deaths, [fault for each in work if (fault := each.exception())]


def _repeat(book: Book, caller) -> None:
    """Whoever asks again with a key is told what they were told."""
    for path, body, key, text in Random(SEED).sample(book.answers, min(REPEATED, len(book.answers))):
        again = caller.post(path, body, Idempotency_Key=key)
        assert (again.text, again.headers["Idempotent-Replayed"]) == (text, "true"), path


def _compare(book: Book) -> None:
    """What the clients were told, with what is in the database; each way, so that nothing is lost and nothing more."""
    orders = {row.pk: (row.status, row.order_number, row.total_amount) for row in Order.objects.all()}
    assert orders == book.orders
    purchases = PurchaseOrder.objects.all()
    assert {row.pk: (row.status, row.purchase_order_number, row.subtotal_amount) for row in purchases} == book.purchases
    invoices = {row.pk: (row.invoice_number, row.total_amount, row.amount_paid) for row in Invoice.objects.all()}
    assert invoices == book.invoices
    payments = {row.pk: (row.payment_number, row.invoice_id, row.amount) for row in Payment.objects.all()}
    assert payments == book.payments
    assert Counter(Shipment.objects.values_list("order", flat=True)) == book.shipped
    assert GoodsReceipt.objects.count() == len(book.purchases)
    series = list(Invoice.objects.order_by("series_number").values_list("series_number", flat=True))
    assert series == list(range(1, len(series) + 1))
    moved = StockMovement.objects.exclude(kind="opening").values_list("product").annotate(Sum("quantity"))
    assert dict(moved) == {product: units for product, units in book.moved.items() if units or product in dict(moved)}
    assert set(Inventory.objects.values_list("reserved", flat=True)) == {0}
    assert set(IdempotencyRecord.objects.values_list("key", flat=True)) == {
        key for *_request, key, _text in book.answers
    }
    assert [(each.invariant.name, each.finding.faults, each.error) for each in check_all() if each.is_violation] == []


def _report(kind: str, deaths: list[Death], clients: list[Persistent], book: Book) -> None:
    met: Counter[str] = Counter()
    for client in clients:
        met += client.met
    counts = Counter(death.what for death in deaths)
    longest = max((each.after for each in deaths if each.what in OF_THE_DATABASE), default=0)
    anew = max((each.after for each in deaths if each.what == FIRST), default=0)
    way = {"pool": "a pool of connections", "kept": "connections that are kept"}[kind]
    received = sum((amount for _number, _invoice, amount in book.payments.values()), Decimal(0))
    note(
        f"Killed while {CLIENTS} clients sell, bill, are paid and buy (API, {way})",
        ", ".join(f"{counts[what]} x {what}" for what in ALL if counts[what]),
        f"{len(book.answers):,} writes acknowledged so far, each there once; invoices 1 to {len(book.invoices):,} "
        f"without a gap; {received:,} received; {met['503']:,} x 503, {met['no connection']:,} x no connection, "
        f"{met['cut off']} cut off, 500 never; first write acknowledged at most {longest:.1f} s after the database was "
        f"back" + (f", {anew:.1f} s after gunicorn was started anew" if anew else ""),
    )
