"""Nobody needs the cache: without Redis people sign in and order, and rights that were cut are cut, also afterwards.
With it, or with files, what one process has written the other one knows at the next request."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password

from accounts.models import Role, User
from accounts.services import create_token
from tests.factories.accounts import RoleFactory, UserFactory
from tests.proof.figures import note
from tests.proof.mortal_redis import PROGRAM, MortalRedis
from tests.proof.server import Caller, Server, serving
from tests.proof.shop import Shop, open_shop
from tests.proof.sizes import SIZE

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

SEES, SEES_NOT = ["catalog.view_product"], ["catalog.view_category"]
PASSWORD = "a long one for the test"
AWAY = 2
FROZEN_PATIENCE = 10
"""Seconds within which an order is taken though the cache says nothing at all."""
needs_redis = pytest.mark.skipif(not PROGRAM, reason="redis-server is not installed")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[MortalRedis]:
    server = MortalRedis(tmp_path)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop(products=1, units=10_000)


@dataclass
class Two:
    """Two processes that serve the product and share a cache."""

    one: Server
    other: Server
    shop: Shop
    longest: float = 0
    answers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = create_token(self.shop.clerk, "cache")[1]
        self.role: Role = RoleFactory(permissions=SEES)
        self.user: User = UserFactory()
        self.user.password = make_password(PASSWORD, hasher=PBKDF2PasswordHasher())  # as the servers do
        self.user.is_staff = True
        self.user.save()
        self.user.roles.add(self.role, through_defaults={})
        self.user_key = create_token(self.user, "cache")[1]

    def root(self, server: Server) -> Caller:
        return server.caller(self.key)

    def may(self, patterns: list[str]) -> None:
        """Change the role, at the one."""
        answer = self.root(self.one).send("PATCH", f"roles/{self.role.pk}/", {"permissions": patterns})
        assert answer.status == 200, answer

    def is_seen_by(self, server: Server) -> int:
        """How the user's request is answered."""
        return server.caller(self.user_key).get("products/").status

    def rights_agree(self) -> None:
        """A cut, and then a gift, that the other one has to know of."""
        for patterns, status in ((SEES, 200), (SEES_NOT, 403), (SEES, 200)):
            self.may(patterns)
            assert [self.is_seen_by(server) for server in (self.other, self.one, self.other)] == [status] * 3

    def lists_agree(self) -> None:
        """A new category, and then another name, that the other one has to show."""
        made = self.root(self.one).post("categories/", {"name": f"Category {time.monotonic_ns()}"}).json
        assert self._name_of(made["id"]) == made["name"]
        changed = self.root(self.one).send("PATCH", f"categories/{made['id']}/", {"name": f"{made['name']} again"}).json
        assert self._name_of(made["id"]) == changed["name"] != made["name"]

    def _name_of(self, pk: int) -> str | None:
        rows = self.root(self.other).get("categories/?limit=200").json["results"]
        return next((row["name"] for row in rows if row["id"] == pk), None)

    def order(self, server: Server) -> None:
        begun = time.monotonic()
        line = {"product": self.shop.products[0].pk, "quantity": 1}
        body = {"customer": self.shop.customer.pk, "warehouse": self.shop.warehouses[0].pk, "items": [line]}
        answer = self.root(server).post("orders/", body | {"confirm": True})
        self.answers.append(answer.status)
        self.longest = max(self.longest, time.monotonic() - begun)

    def sign_in(self, server: Server) -> bool:
        """Whether the back office lets the user in."""
        cookies = CookieJar()
        browser = build_opener(HTTPCookieProcessor(cookies))
        address = f"http://127.0.0.1:{server.port}/admin/login/"
        browser.open(address, timeout=60).read()
        token = next(cookie.value for cookie in cookies if cookie.name == "csrftoken")
        form = {"username": self.user.username, "password": PASSWORD, "csrfmiddlewaretoken": token}
        browser.open(address, urlencode(form).encode(), timeout=60).read()
        return any(cookie.name == "sessionid" for cookie in cookies)


@pytest.fixture
def two(shop: Shop, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Two]:
    """On the same files or, for tests that ask for it, on the same Redis."""
    if "redis" in request.fixturenames:
        cache = {"CACHE_URL": request.getfixturevalue("redis").url}
    else:
        cache = {"CACHE_ROOT": str(tmp_path / "cache")}
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                serving(tmp_path / f"{name}.log", workers=1, DOCUMENTS_ROOT=str(tmp_path / "documents"), **cache)
            )
            for name in ("one", "other")
        ]
        yield Two(*started, shop)


def agree(two: Two) -> None:
    for _round in range(SIZE.cuts):
        two.rights_agree()
        two.lists_agree()


def _report(kind: str) -> None:
    what = f"A role cut, a category renamed by one process: the next request to another (cache: {kind})"
    note(what, f"{SIZE.cuts} rounds", "seen each time")


def test_two_processes_with_files_never_disagree(two: Two):
    agree(two)
    note(
        "A role cut at one worker, a category changed: the other's next request (files)", f"{SIZE.cuts} rounds", "seen"
    )


@needs_redis
def test_two_processes_with_redis_never_disagree(redis: MortalRedis, two: Two):
    agree(two)
    assert int(redis.size_or_none()) > 0
    note(
        "A role cut at one worker, a category changed: the other's next request (Redis)", f"{SIZE.cuts} rounds", "seen"
    )


@needs_redis
def test_without_redis_everything_goes_on(redis: MortalRedis, two: Two):
    two.rights_agree()
    stopped = threading.Event()

    def orders(server: Server) -> None:
        while not stopped.is_set():
            two.order(server)

    threads = [threading.Thread(target=orders, args=(server,)) for server in (two.one, two.other)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        redis.kill()
        begun = time.monotonic()
        assert two.sign_in(two.one)
        assert two.sign_in(two.other)
        two.rights_agree()
        two.may(SEES_NOT)  # what was kept says otherwise
        two.lists_agree()
        time.sleep(max(AWAY - (time.monotonic() - begun), 0))
        redis.start()
        assert [two.is_seen_by(server) for server in (two.other, two.one)] == [403, 403]
        assert two.sign_in(two.other)
        time.sleep(1)
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    agree(two)
    assert set(two.answers) == {201}
    assert int(redis.size_or_none()) > 0, "it is used again"
    note(
        "Redis killed (-9) and started again while orders come in (API)",
        f"{len(two.answers)} orders, 3 sign-ins, roles and categories changed before, meanwhile and after",
        f"all taken, the slowest in {two.longest:.1f} s; no right and no name out of date",
    )


@needs_redis
def test_a_redis_that_says_nothing_holds_nobody_up(redis: MortalRedis, two: Two):
    two.rights_agree()
    two.order(two.other)
    redis.freeze()
    try:
        two.longest = 0
        for _time in range(3):
            two.order(two.one)
            two.order(two.other)
        assert two.sign_in(two.one)
        two.may(SEES_NOT)
    finally:
        redis.thaw()
    assert [two.is_seen_by(server) for server in (two.other, two.one)] == [403, 403]
    agree(two)
    assert set(two.answers) == {201}
    assert two.longest < FROZEN_PATIENCE
    note("Redis frozen", f"{len(two.answers) - 1} orders, a sign-in", f"the slowest took {two.longest:.1f} s")
