"""What holds for every act at the API: its address, its permission, its inputs, its trial run."""

import dataclasses
import inspect
import re
from collections.abc import Iterator

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from accounts.permissions import known_permissions
from inventory_project.base.models import Document
from tests.api_client import MODELS, VIEWSETS, address, client_for, root_client
from tests.factories import factory_of
from tests.factories.accounts import UserFactory

DOCUMENTS = sorted(prefix for prefix, model in MODELS.items() if issubclass(model, Document))

# Acts of the system, which no person and no program asks for.
BY_COMMAND = {("invoices", "mark_overdue")}

# What the acts that need to be told something are told here, to see how they refuse.
INPUTS = {
    ("orders", "change"): {"items": []},
    ("stock-transfers", "close"): {"reason": "lost"},
    ("stock-counts", "enter"): {"items": []},
    ("invoices", "pay"): {"payment_method": "cash"},
    ("payments", "void"): {"reason": "bounced"},
    ("credit-notes", "refund"): {"refund_method": "cash"},
}

pytestmark = pytest.mark.django_db


def steps(prefix: str) -> list[str]:
    return [name for name in MODELS[prefix].ACTS if (prefix, name) not in BY_COMMAND]


ACTS = [(prefix, name) for prefix in DOCUMENTS for name in steps(prefix)]
EVERY_ACT = pytest.mark.parametrize(("prefix", "name"), ACTS)


def posts() -> Iterator[tuple[str, object, dict]]:
    """Every address of the API that takes a POST: its pattern, its viewset, what @action set."""

    def walk(patterns, path: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, path + str(pattern.pattern))
            else:
                yield path + str(pattern.pattern), pattern

    for path, pattern in walk(get_resolver().url_patterns, ""):
        handlers = getattr(pattern.callback, "actions", None) or {}
        if path.startswith("api/v1/") and "post" in handlers and handlers["post"] != "create":
            yield path, pattern.callback.cls, pattern.callback.initkwargs


POSTS = list(posts())


@EVERY_ACT
def test_every_act_has_an_address_and_its_permission(prefix, name):
    row = factory_of(MODELS[prefix])()
    answer = client_for(UserFactory()).post(address(row, name.replace("_", "-")), {})
    options = MODELS[prefix]._meta
    assert answer.status_code == 403
    assert answer.json()["permission"] == f"{options.app_label}.{name}_{options.model_name}"


@EVERY_ACT
def test_an_act_in_the_wrong_state_says_what_is_possible(prefix, name):
    row = factory_of(MODELS[prefix])()
    row.refresh_from_db()
    if name in row.allowed_actions:
        pytest.skip("possible now")
    answer = root_client().post(address(row, name), INPUTS.get((prefix, name), {}))
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "invalid_state"
    assert (problem["current_status"], problem["allowed_actions"]) == (row.status, row.allowed_actions)
    assert problem["detail"].startswith(str(row))
    updated_at = row.updated_at
    row.refresh_from_db()
    assert row.updated_at == updated_at


@EVERY_ACT
def test_what_an_act_does_not_know_is_refused(prefix, name):
    row = factory_of(MODELS[prefix])()
    answer = root_client().post(address(row, name), {**INPUTS.get((prefix, name), {}), "bogus": 1})
    assert answer.status_code == 400
    assert {"pointer": "/bogus", "code": "unknown_field"}.items() <= answer.json()["errors"][0].items()


@pytest.mark.parametrize(("path", "viewset", "options"), POSTS, ids=[path for path, *_ in POSTS])
def test_every_post_beside_create_names_a_known_permission(path, viewset, options):
    assert options.get("required_perm") in known_permissions()


def test_acts_have_the_names_of_the_models_acts():
    found = {re.search(r"([a-z-]+)/\?", path)[1] for path, *_ in POSTS}
    assert {name for _prefix, name in ACTS} <= found
    beside = {"adjust", "opening", "reorder", "count", "return", "invoice", "credit", "bulk", "anonymise"}
    beside |= {"deactivate", "sign-out", "unlock", "reset-second-factor", "send-password-link", "duplicate", "recount"}
    assert found - {name for _prefix, name in ACTS} == beside


def test_an_unknown_act_is_a_404():
    row = factory_of(MODELS["orders"])()
    assert root_client().post(address(row, "explode")).status_code == 404


@pytest.mark.parametrize("prefix", DOCUMENTS)
def test_a_new_document_takes_what_its_service_takes(prefix):
    """Every writable field of a new document and of its lines is an argument of the service that makes it."""
    viewset = VIEWSETS[prefix]
    serializer = viewset.serializer_class()
    arguments = set(inspect.signature(inspect.unwrap(viewset.create_service)).parameters)
    sent = {"lines" if name == "items" else name for name, f in serializer.fields.items() if not f.read_only}
    assert sent <= arguments
    if serializer.line:
        of_line = {name: f for name, f in serializer.fields["items"].child.fields.items() if not f.read_only}
        assert set(of_line) == {field.name for field in dataclasses.fields(serializer.line)}
        needed = {
            f.name for f in dataclasses.fields(serializer.line) if f.default is f.default_factory is dataclasses.MISSING
        }
        assert needed <= {name for name, f in of_line.items() if f.required}


def test_the_lines_of_acts_are_what_their_services_take():
    for _path, _viewset, options in POSTS:
        form = options.get("input_class")
        if form and form.line:
            of_line = {name for name, f in form().fields["items"].child.fields.items() if not f.read_only}
            assert of_line == {field.name for field in dataclasses.fields(form.line)}, form


def test_a_reading_address_refuses_other_methods():
    row = factory_of(MODELS["orders"])()
    answer = root_client().get(address(row, "confirm"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")
