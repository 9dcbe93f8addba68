"""The back office in a real browser: Debian's Chromium, a live server on this machine, nothing from elsewhere.

Without Chromium these tests are skipped, unless REQUIRE_BROWSER is set, as on the build server: then they fail.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from tests.browser.person import Person
from tests.factories.accounts import StaffFactory

# The browser is driven from the thread of the test, which Django would not let near the database otherwise.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


def missing(what: str) -> None:
    """Skip, or fail where the browser is required."""
    (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(what)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        missing("Chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which `npm ci` puts beside this file."""
    if not AXE.is_file():
        missing("axe-core is not installed (npm ci --prefix tests/browser)")
    return AXE.read_text()


@pytest.fixture(scope="session")
def live_server(django_db_setup: None) -> Iterator[LiveServer]:
    """Started once the database is the file of the tests: of one in memory its threads would share a connection."""
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture
def sign_in(browser: Browser, live_server) -> Iterator[Callable[..., Person]]:
    """Somebody with a default role (or a superuser) at the start page. Afterwards nothing may have gone wrong."""
    people: list[Person] = []
    cache.clear()

    def start(role: str, *, width: int = 1440, height: int = 900, scheme: str = "light") -> Person:
        user = StaffFactory(roles=[Role.objects.get(name=role)])
        client = Client()
        client.force_login(user)
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, base_url=live_server.url
        )
        context.set_default_timeout(8_000)
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        person = Person(context.new_page(), user, live_server.url)
        people.append(person)
        person.go("/admin/")
        return person

    yield start
    for person in people:
        person.page.context.close()
        assert person.troubles == []
