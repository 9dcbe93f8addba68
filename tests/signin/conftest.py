"""Signing in as people do, with their own browser."""

import pytest
from django.conf import settings
from django.test import Client

from tests.factories.accounts import PASSWORD, StaffFactory


@pytest.fixture(autouse=True)
def counters(tmp_path, settings):
    """Each test counts from nothing."""
    settings.COUNTERS_FILE = str(tmp_path / "counters")


@pytest.fixture
def rates(monkeypatch):
    """`rates(user="3/min")`: limits for one test."""

    def limit(**limits: str) -> None:
        for scope, rate in limits.items():
            monkeypatch.setitem(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], scope, rate)

    return limit


@pytest.fixture
def person(db):
    """Someone who works here."""
    return StaffFactory(username="Maria", permissions=["catalog.view_product"])


@pytest.fixture
def browser() -> Client:
    return Client()


def sign_in(client: Client, username: str = "maria", password: str = PASSWORD, **extra):
    """Fill in the sign-in page."""
    return client.post("/admin/login/", {"username": username, "password": password, "next": "/admin/"}, **extra)


def is_inside(client: Client) -> bool:
    """Whether the start page opens."""
    return client.get("/admin/").status_code == 200
