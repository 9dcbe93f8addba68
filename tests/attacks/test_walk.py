"""Everybody walks through every page and address: none of them tells what its reader may not see."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from inventory_project import denied
from inventory_project.base.api.shapes import shape_of
from tests.access.surface import NO_SUCH, doors
from tests.api_client import MODELS, VIEWSETS, client_for
from tests.factories.accounts import StaffFactory, SuperuserFactory

from .planted import Word, company

pytestmark = pytest.mark.django_db

PLACE = re.compile(rf"/(?:api/v1/(?P<prefix>[a-z-]+)|admin/(?P<app>[a-z_]+)/(?P<model>[a-z]+))/{NO_SUCH}/")
WRITE = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)[^"]*"(\w+)"')
OF_READING = {"django_session", "api_token", "otp_totp_totpdevice"}
PRINTED = '"document" = '  # where the paper is, which is printed at its first reading
EMPTY = re.compile(r"/add/|/login/|/logout/|/password|jsi18n|openapi|/docs|/errors")  # tell of no record


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals need not be drawn."""
    monkeypatch.setattr(denied, "render_to_string", lambda *args, **kwargs: "")


def addresses(rows: dict[str, models.Model]) -> list[str]:
    """Every address that can be read, with a record that is there; lists also with what they can be asked."""
    ids = {label: row.pk for label, row in rows.items()}
    read = [door for door in doors(ids) if door.method == "GET" and not EMPTY.search(door.path)]
    found = [_with_record(door.path, ids) for door in read]
    return list(dict.fromkeys([*found, *_asked_lists(rows), *_searches(), *_acts(ids)]))


def _with_record(path: str, ids: dict[str, int]) -> str:
    place = PLACE.match(path)
    if place is None:
        return path
    label = MODELS[place["prefix"]]._meta.label_lower if place["prefix"] else f"{place['app']}.{place['model']}"
    return path.replace(NO_SUCH, str(ids.get(label, NO_SUCH)), 1)


def _asked_lists(rows: dict[str, models.Model]) -> Iterator[str]:
    for prefix, viewset in VIEWSETS.items():
        for name in sorted(shape_of(viewset.serializer_class).expandable):
            yield f"/api/v1/{prefix}/?expand={name}"
        if viewset.search_fields:
            yield f"/api/v1/{prefix}/?search=zq"
    for model in admin.site._registry:
        yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", query={"q": "zq"})
    yield f"/admin/catalog/product/labels/?ids={rows['catalog.product'].pk}"
    yield "/admin/search/?q=zq"
    yield f"/admin/stock/inventory/of-product/{rows['catalog.product'].pk}/"
    yield f"/admin/stock/lot/{rows['stock.lot'].pk}/trace/"


def _searches() -> Iterator[str]:
    """What forms offer as the choice of a reference, once for each kind of record."""
    searched = {
        field.related_model: field
        for model, model_admin in admin.site._registry.items()
        for field in model._meta.fields
        if model_admin._is_searched(field)
    }
    for field in searched.values():
        app, model = field.model._meta.app_label, field.model._meta.model_name
        yield f"/admin/autocomplete/?app_label={app}&model_name={model}&field_name={field.name}"


def _acts(ids: dict[str, int]) -> Iterator[str]:
    """The pages that ask before something is done."""
    names = {(door.name.split()[0], door.name.split()[2]) for door in doors() if " action " in door.name}
    for label, act in sorted(names):
        if label in ids:
            model = apps.get_model(label)._meta
            page = reverse(f"admin:{model.app_label}_{model.model_name}_change", args=[ids[label]])
            yield f"{page}?act={act}"


def doors_of(user: User) -> tuple[Client, Client]:
    """The person in the back office, and a program of theirs."""
    pages, api = Client(raise_request_exception=False), client_for(user)
    api.raise_request_exception = False
    pages.force_login(user)
    return pages, api


def told(doors_: tuple[Client, Client], words: list[Word], paths: list[str]) -> Iterator[tuple[str, str]]:
    """(address, word) of what is told."""
    pages, api = doors_
    for path in paths:
        answer = (api if path.startswith("/api/") else pages).get(path)
        assert answer.status_code < 500, path
        text = (b"".join(answer) if answer.streaming else answer.content).decode(errors="replace")
        yield from ((path, word.text) for word in words if word.text in text)


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables that are written to meanwhile, but for what is kept of sessions and of the use of keys."""
    found: set[str] = set()

    def look(execute, sql, params, many, context):
        if (verb := WRITE.match(sql)) and verb[1] not in OF_READING and PRINTED not in sql:
            found.add(verb[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def test_nobody_is_told_what_they_may_not_see_and_looking_changes_nothing():
    """What was planted is seen by who may do everything, or finding nothing elsewhere would prove nothing."""
    rows, words = company()
    paths, boss = addresses(rows), doors_of(SuperuserFactory())
    with written() as tables:
        seen = {word for _path, word in told(boss, words, paths)}
    assert not tables, "An address that is only looked at has written."
    assert seen == {word.text for word in words if word.shown_by}
    leaks = []
    for name in ("", "Auditor", "Accountant", "Catalog manager", "Sales", "Warehouse operator"):
        user = StaffFactory(roles=[Role.objects.get(name=name)] if name else [])
        secret = [word for word in words if word.is_secret_from(user)]
        leaks += [f"{name or 'no role'}: {word} at {path}" for path, word in told(doors_of(user), secret, paths)]
    assert not leaks, "\n".join(leaks)
