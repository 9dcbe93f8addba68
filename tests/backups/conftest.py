"""A company that has done a little of everything, in an installation of its own, and empty ones beside it."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from catalog.models import Product
from inventory_project.backups.making import make_backup
from tests.backups.site import Site, on_server
from tests.integrity.company import Company

type MakeSite = Callable[[], Site]


@pytest.fixture(autouse=True)
def database_access(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The tests commit, in databases of their own."""
    with django_db_blocker.unblock():
        yield
        connection.close()


@pytest.fixture(scope="session")
def _databases() -> Iterator[list[str]]:
    """Those that tests may have made on the server; they go at the end, with what was put aside of them."""
    names: list[str] = []
    yield names
    if connection.vendor == "postgresql":
        for (name,) in on_server("SELECT datname FROM pg_database"):
            if any(name.startswith(each) for each in names):
                on_server("DROP DATABASE {} WITH (FORCE)", name)


def _new_name(directory: Path, names: list[str]) -> str:
    if connection.vendor == "sqlite":
        return str(directory / "inventory.db")
    names.append(f"backup_test_{secrets.token_hex(4)}")
    return names[-1]


@pytest.fixture(scope="session")
def company(
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
    _databases: list[str],
) -> Site:
    """The installation that is backed up. Tests don't change it, but for its backups."""
    directory = tmp_path_factory.mktemp("company")
    site = Site(directory, _new_name(directory, _databases))
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            on_server("CREATE DATABASE {}", site.database)
        with site.entered():
            call_command("migrate", verbosity=0)
            Company.found()
            image = site.media / "products" / "größe 1.png"
            image.parent.mkdir(parents=True)
            image.write_bytes(secrets.token_bytes(70_000))
            Product.objects.filter(pk=Product.objects.earliest("pk").pk).update(image="products/größe 1.png")
        connection.close()
    return site


@pytest.fixture(scope="session")
def backup(company: Site, django_db_blocker: DjangoDbBlocker) -> Path:
    """A backup of the company."""
    with django_db_blocker.unblock(), company.entered():
        return company.backups / make_backup().name.text


@pytest.fixture
def new_site(tmp_path: Path, company: Site, _databases: list[str]) -> MakeSite:
    """Makes empty installations that have the company's key."""

    def make() -> Site:
        directory = tmp_path / secrets.token_hex(4)
        directory.mkdir()
        return Site(directory, _new_name(directory, _databases), keys=company.keys)

    return make


@pytest.fixture
def elsewhere(new_site: MakeSite) -> Site:
    """An empty installation that has the company's key."""
    return new_site()
