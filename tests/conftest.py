"""What every test can use. DATABASE_URL decides which database the tests run on."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from tests.proof import figures
from tests.proof.sizes import SEED, SIZE

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("REQUIRE_POSTGRES") and connection.vendor != "postgresql":
        raise pytest.UsageError(f"REQUIRE_POSTGRES is set, but DATABASE_URL names a {connection.vendor} database.")
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    rates.update(dict.fromkeys(rates, "1000000/day"))  # tests of the limits set their own
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, for tests only
    settings.SLOW_QUERY_MILLISECONDS = 0  # a plan that is asked for on a busy machine would be counted
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # of this process alone


def pytest_report_header(config: pytest.Config) -> list[str]:
    place = f"PostgreSQL at {connection.settings_dict['HOST']}:{connection.settings_dict['PORT']}"
    if connection.vendor == "sqlite":
        place = f"SQLite {sqlite3.sqlite_version}"
    return [f"database: {place}", f"proof: {SIZE.name} size, PROOF_SEED={SEED}"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if figures.FIGURES:
        terminalreporter.section(f"proof, {SIZE.name} size, PROOF_SEED={SEED}")
    for figure in figures.FIGURES:
        terminalreporter.line(str(figure))


def pytest_sessionfinish() -> None:
    figures.keep()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    other, reason = {"sqlite": ("postgres", "needs PostgreSQL"), "postgresql": ("sqlite", "is about SQLite")}[
        connection.vendor
    ]
    for item in items:
        if item.get_closest_marker(other):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def vendor() -> str:
    """Which database the tests run on: "sqlite" or "postgresql"."""
    return connection.vendor


@pytest.fixture(scope="session")
def northwind() -> Path:
    """The directory with the CSV files of the Northwind sample, which is not part of the repository."""
    directory = Path(os.environ.get("NORTHWIND_DIR") or ROOT.parent / "shared" / "data" / "northwind")
    if not (directory / "orders.csv").is_file():
        pytest.skip("the Northwind sample is not here; NORTHWIND_DIR names its directory")
    return directory


def keep_documents_in(directory: Path, patch: pytest.MonkeyPatch) -> None:
    """Let invoices and credit notes be kept there instead of where the settings say."""
    for name in ("base_location", "location"):  # computed once, when the models are loaded
        patch.setitem(storages["documents"].__dict__, name, str(directory))


@pytest.fixture(scope="session", autouse=True)
def documents_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests issue is kept apart from the documents of the installation."""
    with pytest.MonkeyPatch.context() as patch:
        keep_documents_in(tmp_path_factory.mktemp("documents"), patch)
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Nothing is remembered of an earlier test, whose rows are gone."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def counters_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nor do tests count together with the installation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "COUNTERS_FILE", str(tmp_path_factory.mktemp("counters") / "counters"))
        yield


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for the documents of one test."""
    keep_documents_in(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture
def transactional_database(transactional_db: None) -> None:
    """For tests that commit: threads, locks, on_commit, a live server. The next test finds the default rows only."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """On SQLite the tests use a file, not memory: threads then have connections of their own, as in production."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Tests that commit leave nothing behind, on either database."""
    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "sqlite":
            copies = SqliteCopies(tmp_path_factory.mktemp("transactional"))
            with django_db_blocker.unblock():
                copies.make_template()
            set_up_as_django_does = TransactionTestCase._fixture_setup.__func__

            def set_up(cls: type[TransactionTestCase]) -> None:
                copies.begin()
                set_up_as_django_does(cls)

            patch.setattr(TransactionTestCase, "_fixture_setup", classmethod(set_up))
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: copies.end())
        else:
            patch.setattr(TransactionTestCase, "_fixture_teardown", truncate)
        yield


def truncate(self: TransactionTestCase) -> None:
    """As Django does, but CASCADE: knox's own token table, which ours replaces, still refers to the users. The signal
    post_migrate then puts the default rows back."""
    for alias in self._databases_names(include_mirrors=False):
        with connections[alias].cursor() as cursor:
            # A thread that the test left in a transaction is an error, not an endless wait.
            cursor.execute("SET lock_timeout = '30s'")
        call_command("flush", verbosity=0, interactive=False, database=alias, reset_sequences=False, allow_cascade=True)


class SqliteCopies:
    """Each test that commits gets a copy of the migrated database, and the copy is thrown away. A flush would delete
    row by row, which the append-only triggers and ON DELETE RESTRICT refuse."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.template = directory / "template.sqlite3"
        self.original = connection.settings_dict["NAME"]
        # A second connection to the same database has to move along.
        self.aliases = [a for a in connections if connections[a].settings_dict["NAME"] == self.original]
        self.made = 0

    def make_template(self) -> None:
        connection.ensure_connection()
        with closing(sqlite3.connect(self.template)) as template:
            connection.connection.backup(template)

    def begin(self) -> None:
        self.made += 1
        self.copy = self.directory / f"{self.made}.sqlite3"
        shutil.copyfile(self.template, self.copy)
        self.connect(self.copy)

    def end(self) -> None:
        self.connect(self.original)
        for file in self.directory.glob(f"{self.copy.name}*"):  # with its -wal and -shm
            file.unlink(missing_ok=True)

    def connect(self, name: str | Path) -> None:
        """Every thread reads the name from these settings when it connects."""
        for alias in self.aliases:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = str(name)
