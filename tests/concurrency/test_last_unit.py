"""64 clients want the last unit at once: one gets it, 63 are told clearly that they don't. With the guards off, more
than one does: so the proof can fail."""

import time
from collections import Counter

import pytest

from accounts.services import create_token
from tests.proof import unguarded
from tests.proof.doors import DONE, Api, Services
from tests.proof.figures import note
from tests.proof.last_unit import WAYS, Way, play
from tests.proof.server import serving
from tests.proof.sizes import SIZE

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CLIENTS = 64
ATTEMPTS = 5  # of a negative control to see overselling


@pytest.fixture(params=["services", "api"])
def door(request, shop):
    if request.param == "services":
        return Services(shop)
    return Api(shop, request.getfixturevalue("caller"))


def share(rounds: int, way: type[Way]) -> int:
    """The rounds of one of the ways; together they are all."""
    each, more = divmod(rounds, len(WAYS))
    return each + (WAYS.index(way) < more)


@pytest.mark.parametrize("way", WAYS)
def test_one_of_64_gets_the_last_unit(way: type[Way], door, shop, crowd):
    rounds = share(SIZE.rounds if door.name == "services" else SIZE.api_rounds, way)
    clients, tried = crowd(CLIENTS), way(shop, door, CLIENTS)
    begun = time.monotonic()
    total: Counter[str] = Counter()
    for outcome in play(tried, clients, rounds):
        assert outcome == {DONE: 1, "insufficient_stock": CLIENTS - 1}
        row = tried.balance()
        assert (row.quantity, row.reserved) in ((1, 1), (0, 0))
        assert row.quantity == tried.ledger()
        total += outcome
    note(
        f"Last unit, {CLIENTS} clients {way.name} at once ({door.name})",
        f"{rounds:,} rounds, {total.total():,} attempts in {time.monotonic() - begun:.0f} s",
        f"{total[DONE]:,} successes, one each round; {total['insufficient_stock']:,} refused; oversold 0",
    )


@pytest.fixture
def without_checks(db):
    """The database without its CHECK constraints on stock; what is written meanwhile is thrown away."""
    checks = unguarded.drop_checks()
    yield
    unguarded.put_back(checks)


@pytest.fixture(scope="module")
def unguarded_server(django_db_setup, tmp_path_factory):
    log = tmp_path_factory.mktemp("unguarded") / "gunicorn.log"
    with serving(log, "tests.proof.unguarded_wsgi:application") as server:
        yield server


@pytest.fixture(params=["services", "api"])
def unguarded_door(request, without_checks, shop, monkeypatch):
    if request.param == "services":
        unguarded.take_off(monkeypatch.setattr)
        return Services(shop)
    server = request.getfixturevalue("unguarded_server")
    return Api(shop, server.caller(create_token(shop.clerk, "proof")[1]))


@pytest.mark.parametrize("way", WAYS)
def test_with_the_guards_off_more_than_one_gets_it(way: type[Way], unguarded_door, shop, crowd):
    clients = crowd(CLIENTS)
    for number in range(1, ATTEMPTS + 1):
        (outcome,) = play(way(shop, unguarded_door, CLIENTS), clients, 1)
        if outcome[DONE] > 1:
            note(
                f"Negative control: guards off, {CLIENTS} clients {way.name} at once ({unguarded_door.name})",
                f"{number} round{'s' * (number > 1)}",
                f"the last unit went to {outcome[DONE]} clients: oversold, as it must be",
            )
            return
    pytest.fail("Nothing was oversold although the guards were off: the proof would not have noticed.")
