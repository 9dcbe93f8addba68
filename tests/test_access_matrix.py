"""Every address, page and action against everybody: who gets in is what tests/access/table.py declares."""

import datetime
import os
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.messages.storage.base import BaseStorage
from django.db import connection
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.default_roles import ROLES
from accounts.models import Role, User
from accounts.permissions import known_permissions
from accounts.services import create_token
from inventory_project import denied
from tests.access.declared import declared
from tests.access.surface import Door, doors
from tests.access.table import ANYONE, NOBODY, SIGNED_IN, STAFF
from tests.factories import MODULES, factory_of
from tests.factories.accounts import StaffFactory, SuperuserFactory

SAMPLE = 9  # of how many doors one is tried on PostgreSQL, unless the full proof is asked for
REFUSED = (401, 403)
TABLE = "tests/access/table.py"


def tried() -> list[Door]:
    """All doors on SQLite, a part of them on PostgreSQL, with a record of each kind to be opened."""
    kinds = [model for model in admin.site._registry if model._meta.app_label in MODULES]
    rows = {model._meta.label_lower: factory_of(model)().pk for model in kinds}
    every = doors({**rows, "inventory_project.apitoken": create_token(SuperuserFactory(), "matrix")[0].pk})
    return every if connection.vendor == "sqlite" or os.environ.get("PROOF") == "full" else every[::SAMPLE]


def section_of(name: str) -> str:
    """Which part of the table a door belongs in, and its line there."""
    if " action " in name:
        label, _word, action = name.split()
        return f"ACTIONS: {label}   {action}   (or {action}=<permission>)"
    if "/api/v1/reports/" in name or "/admin/reports/" in name:
        return f"REPORTS: {name.split('/reports/')[1].split('/')[0]}   <permissions>"
    if "/api/v1/" in name:
        return f"API_OTHER: {name.replace('/api/v1/', '')}   <permissions>"
    if "/" in name:
        return f"OTHER_PAGES: {name.split('/', 1)[1]}   <permissions>"
    return f"MODELS: {name.split()[1]}   (or PAGES: {name}   <permissions>)"


# --- the table is complete ------------------------------------------------------------------------------------------


def test_every_door_is_declared():
    unknown = sorted({door.name for door in doors()} - set(declared()))
    todo = "\n".join(f"  {name}\n      -> {TABLE}, {section_of(name)}" for name in unknown)
    assert not unknown, f"These doors are not declared. Say in {TABLE} which permissions each needs:\n{todo}"


def test_every_declared_door_is_there():
    gone = sorted(set(declared()) - {door.name for door in doors()} - optional())
    assert not gone, f"These doors are declared in {TABLE} and do not exist any more. Remove their lines: {gone}"


def optional() -> set[str]:
    """What there is in some settings only, and documents, which are never deleted by the dozen."""
    return {f"{method} /media/{{path}}" for method in ("GET", "POST")}


def test_every_declared_permission_exists():
    words = {word for needs in declared().values() for need in needs for word in need.split("|")}
    assert words - known_permissions() - {ANYONE, SIGNED_IN, STAFF, NOBODY} == set()


# --- everybody at every door ------------------------------------------------------------------------------------------


def test_a_door_of_a_made_up_model_would_be_found():
    assert (
        section_of("GET sales.lead changelist")
        == "MODELS: sales.lead   (or PAGES: GET sales.lead changelist   <permissions>)"
    )


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The views decide; their pages need not be drawn. A refusal says only which permission was missing."""

    def undrawn(self: TemplateResponse) -> TemplateResponse:
        self.content = b""
        return self

    def named(template: str, context: dict, request) -> str:
        return f"missing={context['missing'].permission}" if context["missing"] else ""

    monkeypatch.setattr(TemplateResponse, "render", undrawn)
    monkeypatch.setattr(denied, "render_to_string", named)
    monkeypatch.setattr(BaseStorage, "add", lambda *args, **kwargs: None)


class Caller:
    """Somebody at all doors: in the back office by session, at the API by key."""

    def __init__(self, user: User | None = None, key: str = "") -> None:
        self.user, self.key, self.pages, self.api = user, key, Client(), APIClient()
        if user and not key:
            self.key = create_token(user, "matrix")[1]
        if user:
            self.pages.force_login(user)
        if self.key:
            self.api.credentials(HTTP_AUTHORIZATION=f"Bearer {self.key}")

    def tries(self, door: Door) -> HttpResponse:
        if door.is_api:
            return self.api.generic(door.method, door.path, "{}", content_type="application/json")
        if "logout" in door.path:
            return Client().post(door.path)
        response = self.pages.get(door.path) if door.method == "GET" else self.pages.post(door.path, door.data)
        if self.user and "sign-out" in door.path:  # that has ended the session
            self.user.refresh_from_db()
            if self.user.is_active:
                self.pages.force_login(self.user)
        return response


def is_refused(response: HttpResponse) -> bool:
    """Sent to sign in first, so as to come back, or refused outright. Signing out ends at the same page, without."""
    where = response["Location"] if response.status_code == 302 else ""
    return (where.startswith(reverse("admin:login")) and "next=" in where) or response.status_code in REFUSED


def lacks(needs: tuple[str, ...], held: frozenset[str]) -> list[str]:
    """The declared permissions that somebody who holds these lacks; of “a|b” one is enough."""
    kinds = {ANYONE, SIGNED_IN, STAFF}
    return [need for need in needs if need not in kinds and held.isdisjoint(need.split("|"))]


def wrong_for(caller: Caller, held: frozenset[str] | None) -> Iterator[str]:
    """What is other than declared. `held` is what the caller may do; None: nothing but what is open to anyone."""
    table = declared()
    for door in tried():
        needs = table.get(door.name, (NOBODY,))
        response = caller.tries(door)
        if response.status_code == 405:  # no such door; the router says so without asking who calls
            continue
        if held is None and ANYONE in needs and response.status_code == 401:  # a key that is wrong opens nothing
            continue
        missing = list(needs) if held is None and ANYONE not in needs else lacks(needs, held or frozenset())
        if response.status_code >= 500:
            yield f"{door.name}: {response.status_code}"
        if bool(missing) != is_refused(response):
            verb = "is refused" if is_refused(response) else "gets in"
            yield f"{door.name}: {verb} ({response.status_code}), declared {' '.join(needs)}"
        elif missing and held is not None and not names_it(response, door, missing):
            yield f"{door.name}: the refusal names {said(response, door) or 'nothing'}, missing is {' '.join(missing)}"


def said(response: HttpResponse, door: Door) -> str:
    """Which permission a refusal names."""
    if door.is_api:
        is_problem = response.headers["Content-Type"] == "application/problem+json"
        return response.json().get("permission", "") if is_problem else ""
    return response.content.decode().partition("missing=")[2]


def names_it(response: HttpResponse, door: Door, missing: list[str]) -> bool:
    named = {word for need in missing for word in need.split("|")}
    return NOBODY in named or any("|" in need for need in missing) or said(response, door) in named


def report(found: Iterator[str]) -> str:
    return "\n".join(found)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ROLES)
def test_each_role_gets_in_where_it_is_declared(name):
    role = Role.objects.get(name=name)
    caller = Caller(StaffFactory(roles=[role]))
    wrong = report(wrong_for(caller, caller.user.get_all_permissions()))
    assert not wrong, f"{name}:\n{wrong}\nIf the code is right, correct {TABLE}."


@pytest.mark.django_db
def test_staff_without_a_role_get_in_nowhere():
    wrong = report(wrong_for(Caller(StaffFactory()), frozenset()))
    assert not wrong, wrong


@pytest.mark.django_db
def test_strangers_get_in_nowhere():
    wrong = report(wrong_for(Caller(), None))
    assert not wrong, wrong


@pytest.mark.django_db
def test_the_deactivated_get_in_nowhere():
    caller = Caller(SuperuserFactory())
    SuperuserFactory()
    User.objects.filter(pk=caller.user.pk).update(is_active=False)
    wrong = report(wrong_for(caller, None))
    assert not wrong, wrong


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["expired", "revoked"])
def test_ended_keys_get_in_nowhere(end):
    token, key = create_token(SuperuserFactory(), "matrix", datetime.timedelta(days=1))
    if end == "expired":
        token.expiry = timezone.now() - datetime.timedelta(seconds=1)
        token.save()
    else:
        token.delete()
    wrong = report(wrong_for(Caller(key=key), None))
    assert not wrong, wrong


@pytest.mark.django_db
def test_whoever_is_not_staff_stays_out_of_the_back_office():
    caller = Caller(StaffFactory(roles=[Role.objects.get(name="Administrator")], is_staff=False))
    table = declared()
    inside = [
        door.name
        for door in tried()
        if not door.is_api and ANYONE not in table[door.name] and not is_refused(caller.tries(door))
    ]
    assert inside == []
