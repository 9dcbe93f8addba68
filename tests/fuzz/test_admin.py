"""Every page of the back office, asked for with rubbish and sent rubbish: never a server error, on either database.

The pages are found in the addresses of the site, so a new one is tried without being named here.
"""

import itertools
import random
import re
from collections.abc import Iterator
from time import process_time

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import ActionLocation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.urls import URLPattern, get_resolver
from pytest_django import DjangoDbBlocker

from inventory_project.base.admin.lines import LineInline
from inventory_project.integrity import check_all
from tests.back_office import Desk, url
from tests.proof.sizes import SEED, SIZE

from . import rubbish
from .company import build_company

pytestmark = pytest.mark.django_db
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
TRIES = 40 if SIZE.name == "full" else 1
CHANCE = SEED if SIZE.name == "full" else 1
SPOT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<\w+>[^)]*\)")


class Fuzzer:
    """A signed-in superuser with no good intentions. What goes wrong is kept with the request that caused it."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.random = random.Random(CHANCE)
        self.broken: list[str] = []
        self.tried = 0

    def any(self, values: list[str] = rubbish.VALUES) -> str:
        return self.random.choice(values)

    def send(self, method: str, address: str, data: object = None, **more):
        self.tried += 1
        try:
            with transaction.atomic():
                answer = getattr(self.desk.client, method)(address, data, **more)
        except Exception as error:
            answer = None
            problem = f"{type(error).__name__}: {error}"
        else:
            problem = f"status {answer.status_code}" if answer.status_code >= 500 else ""
        if problem:
            self.broken.append(f"{method} {address} {shortened(data)}: {problem[:200]}")
        return answer

    def some(self, things: list, most: int) -> list:
        """All of them in the full proof, else a few, the same each time."""
        return things if SIZE.name == "full" or len(things) <= most else self.random.sample(things, most)

    def query(self) -> dict[str, str]:
        """Some parameters with some values."""
        names = [*rubbish.LOOKUPS, *rubbish.CONTROLS]
        return {name: self.any() for name in self.random.sample(names, self.random.randint(1, 3))}

    def verdict(self) -> None:
        assert self.broken == [], "\n".join([f"{len(self.broken)} of {self.tried}", *self.broken])
        assert [each.invariant.name for each in check_all() if each.is_violation] == []


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Made once: what each test writes is taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        build_company()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def fuzzer(company: None) -> Fuzzer:
    return Fuzzer()


def shortened(data: object) -> str:
    """What was sent, as far as a reader needs it."""
    if isinstance(data, dict):
        return str({name: str(value)[:40] for name, value in data.items()})[:400]
    return str(data)[:100]


def patterns(resolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern).strip("^$")
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from patterns(pattern, route)


def addresses(value: str = "") -> list[str]:
    """Every address of the back office; `value`, or the id of a record, where it names one."""
    found = []
    for route, _pattern in patterns(get_resolver()):
        if not route.startswith("admin/") or route.startswith("admin/logout"):
            continue
        app, model = [*route.split("/")[1:3], "", ""][:2]
        known = model and app in apps.app_configs and model in apps.get_app_config(app).models
        pk = str(apps.get_model(app, model)._base_manager.values_list("pk", flat=True).first()) if known else "sales"
        found.append("/" + SPOT.sub(lambda _match, pk=pk: value or pk, route))
    return found


def test_pages_with_rubbish_in_the_query(fuzzer: Fuzzer):
    for address in addresses():
        for _try in range(TRIES):
            fuzzer.send("get", address, fuzzer.query())

    fuzzer.verdict()


def test_every_parameter_with_every_rubbish_at_one_list(fuzzer: Fuzzer):
    page = url(apps.get_model("sales", "Order"), "changelist")
    everything = list(itertools.product([*rubbish.LOOKUPS, *rubbish.CONTROLS], rubbish.VALUES))
    for name, value in fuzzer.some(everything, 100):
        fuzzer.send("get", page, {name: value})

    fuzzer.verdict()


def test_filters_of_every_list(fuzzer: Fuzzer):
    for model in MODELS:
        page = url(model, "changelist")
        names = {field.name for field in model._meta.get_fields()}
        suffixes = ["", "__exact", "__id__exact", "__isnull", "__gt", "__in", "__regex", "__since", "__until"]
        everything = list(itertools.product(sorted(names), suffixes))
        for name, suffix in fuzzer.some(everything, 4):
            fuzzer.send("get", page, {name + suffix: fuzzer.any()})

    fuzzer.verdict()


def test_records_that_cannot_be(fuzzer: Fuzzer):
    values = ["0", "-1", "٣", "%00", str(2**63), "9" * 400, "x", "..%2f..", "%ff", "_5F"]
    for value in values:
        for address in fuzzer.some(addresses(value), 12):
            answer = fuzzer.send("get", address)
            assert answer is None or answer.status_code in (200, 301, 302, 400, 403, 404, 405), address

    fuzzer.verdict()


def test_queries_that_are_no_text(fuzzer: Fuzzer):
    for address in fuzzer.some(addresses(), 80):
        queries = ["%ff%fe", "q=%ff", "q=%00", "%00=1", "&" * 900, "q[]=1&q[]=2", "=", "q=%ed%a0%80"]
        for query in fuzzer.some(queries, 1):
            fuzzer.send("get", f"{address}?{query}")

    fuzzer.verdict()


def test_searches_of_related_records(fuzzer: Fuzzer):
    page = "/admin/autocomplete/"
    good = {"app_label": "sales", "model_name": "order", "field_name": "customer", "term": "a"}
    assert fuzzer.send("get", page, good).status_code == 200
    for name, value in itertools.product([*good, "page"], rubbish.VALUES):
        fuzzer.send("get", page, {**good, name: value})
    for field in ("password", "created_by__password", "items", "status", "id", "pk", "objects"):
        answer = fuzzer.send("get", page, {**good, "field_name": field})
        assert answer is None or answer.status_code == 403, field

    fuzzer.verdict()


def forms_of(fuzzer: Fuzzer) -> Iterator[tuple[str, dict[str, object]]]:
    """The add page and the page of one record of each model, with what its forms would send."""
    for model in MODELS:
        row = model._base_manager.order_by("pk").first()
        for page in [url(model, "add")] + ([url(model, "change", row.pk)] if row else []):
            shown = fuzzer.send("get", page)
            if shown is None or shown.status_code != 200:
                continue
            if "adminform" in shown.context:
                yield page, fuzzer.desk.entries(shown)
            elif isinstance(shown.context.get("form"), forms.BaseForm):
                yield page, dict.fromkeys(shown.context["form"].fields, "") | {"apply": "1"}


def test_forms_with_rubbish_in_every_entry(fuzzer: Fuzzer):
    for page, entries in forms_of(fuzzer):
        for value in fuzzer.random.sample(rubbish.VALUES, min(TRIES, len(rubbish.VALUES))):
            fuzzer.send("post", page, {name: "1" if name.endswith("_FORMS") else value for name in entries})
        for _try in range(TRIES):
            some = set(fuzzer.random.sample(sorted(entries), min(2, len(entries))))
            fuzzer.send("post", page, {n: fuzzer.any() if n in some else v for n, v in entries.items()})

    fuzzer.verdict()


MANAGEMENT = [
    {},
    {"TOTAL_FORMS": "x"},
    {"TOTAL_FORMS": "-1", "INITIAL_FORMS": "-1"},
    {"TOTAL_FORMS": "1", "INITIAL_FORMS": "5"},
    {"TOTAL_FORMS": "1_0", "INITIAL_FORMS": "-0"},
]


def test_forms_about_forms(fuzzer: Fuzzer):
    for page, entries in forms_of(fuzzer):
        prefixes = {name.rsplit("-", 1)[0] for name in entries if name.endswith("-TOTAL_FORMS")}
        for counts in fuzzer.some(MANAGEMENT, 1) if prefixes else []:
            kept = {name: value for name, value in entries.items() if not name.endswith("_FORMS")}
            counted = {f"{prefix}-{name}": value for prefix in prefixes for name, value in counts.items()}
            fuzzer.send("post", page, kept | counted)

    fuzzer.verdict()


def test_forms_that_say_they_are_many(fuzzer: Fuzzer):
    """How many rows a form has is up to us: a short request can't make the server build thousands of them."""
    page = url(apps.get_model("sales", "Order"), "add")
    begun = process_time()
    answer = fuzzer.send("post", page, {"items-TOTAL_FORMS": "9999999999", "items-INITIAL_FORMS": "0"})
    assert (answer.status_code, process_time() - begun < 10) == (200, True)
    assert len(answer.context["inline_admin_formsets"][0].formset.forms) == LineInline.max_num
    assert "300" in str(answer.context["inline_admin_formsets"][0].formset.non_form_errors())

    fuzzer.verdict()


def actions(model: type[models.Model]) -> list[tuple[str, str]]:
    """How each action of a model is asked for: the name of the entry, and the action's own."""
    found = admin.site._registry[model]._get_base_actions
    listed = [("action", action.name) for action in found(ActionLocation.CHANGE_LIST)]
    return listed + [("CHANGE_FORM-action", action.name) for action in found(ActionLocation.CHANGE_FORM)]


def test_actions_with_rubbish(fuzzer: Fuzzer):
    for model in MODELS:
        pks = [str(pk) for pk in model._base_manager.order_by("pk").values_list("pk", flat=True)[:3]] or ["1"]
        for entry, name in [*actions(model), ("action", "__class__"), ("CHANGE_FORM-action", "delete\x00")]:
            page = url(model, "changelist") if entry == "action" else url(model, "change", pks[0])
            choices = [pks, [*pks, fuzzer.any()], [fuzzer.any()], []]
            for chosen in fuzzer.some(choices, 1):
                data = {entry: name, "_selected_action": chosen, "index": fuzzer.any(), "select_across": fuzzer.any()}
                fuzzer.send("post", page, data)
                answers = {field: fuzzer.any() for field in ("reason", "quantity", "amount", "items", "reference")}
                fuzzer.send("post", page, {**data, **answers, "apply": "1", "once": fuzzer.any()})

    fuzzer.verdict()


def test_bodies_that_are_no_form(fuzzer: Fuzzer):
    bodies = [
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"'),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=" + "x" * 300, b"--x--"),
        ("multipart/form-data; boundary=\xff", b"--x--"),
        ("application/json", b"[" * 100_000),
        ("application/x-www-form-urlencoded", b"a=%ff&b=%00&" + b"c=1&" * 1_000),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(20_000))),
        ("application/x-www-form-urlencoded; charset=utf-7", b"a=1"),
        ("text/plain", b"\x00" * 100),
        ("x" * 5_000, b""),
    ]
    for address in fuzzer.some(addresses(), 60):
        for kind, body in fuzzer.some(bodies, 1):
            fuzzer.send("post", address, body, content_type=kind)

    fuzzer.verdict()


def test_files_where_texts_belong(fuzzer: Fuzzer):
    for page, entries in forms_of(fuzzer):
        file = SimpleUploadedFile("../../x<script>.svg", b"<svg onload=alert(1)>")
        fuzzer.send("post", page, dict.fromkeys(entries, file))

    fuzzer.verdict()


def test_other_methods(fuzzer: Fuzzer):
    for address in fuzzer.some(addresses(), 60):
        methods = ["put", "patch", "delete", "options", "head", "trace"]
        for method in fuzzer.some(methods, 1):
            fuzzer.send(method, address)

    fuzzer.verdict()
