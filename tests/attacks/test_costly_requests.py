"""What costs the sender little and us much is refused before it does: OWASP API 4, ASVS 5.0 15.2.2."""

import json
import time

import pytest

from inventory_project.reports.catalogue import REPORTS
from tests.api_client import root_client
from tests.back_office import Desk

pytestmark = pytest.mark.django_db

MANY = 60_000
SECONDS = 5.0  # of CPU; each took minutes or hours before, growing with the square of what was sent
LARGEST_ANSWER = 60_000  # bytes


def body_of(entries: list[str], around: str = "{%s}") -> str:
    return around % ",".join(entries)


ACCENTS = "e" + "\u0300\u0316" * MANY  # to be put in order, each behind the others
MEMBERS = [f'"k{number}":1' for number in range(MANY)]
BODIES = {
    "a key twice, at the end": ("products", body_of([*MEMBERS, '"z":1', '"z":2'])),
    "unknown fields": ("products", body_of(MEMBERS)),
    "unknown fields of an act": ("inventory/adjust", body_of(MEMBERS)),
    "permissions": ("roles", body_of(['"a"'] * MANY, '{"name":"x","permissions":[%s]}')),
    "patterns": ("roles", json.dumps({"name": "x", "permissions": ["*a" * 45 + str(n) for n in range(500)]})),
    "rows": ("products/bulk", body_of(["{}"] * MANY, '{"items":[%s]}')),
    "rows, each by itself": ("inventory/adjust", body_of(["{}"] * MANY, '{"atomic":false,"items":[%s]}')),
    "lines": ("orders", body_of(["{}"] * MANY, '{"items":[%s]}')),
    "deep": ("products", "[" * MANY + "]" * MANY),
    "a long number": ("products", '{"price":%s}' % ("9" * MANY)),
    "accents of a name": ("products", json.dumps({"name": ACCENTS})),
    "accents of a code": ("products/bulk", json.dumps({"items": [{"sku": ACCENTS}]})),
    "a large exponent": ("products", '{"price":1e%s}' % ("9" * 9)),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_body_costs_no_more_than_its_length(what):
    path, body = BODIES[what]
    client = root_client()
    began = time.process_time()
    answer = client.generic("POST", f"/api/v1/{path}/", body, content_type="application/json")
    assert answer.status_code == 400
    assert time.process_time() - began < SECONDS
    assert len(answer.content) < LARGEST_ANSWER


@pytest.mark.parametrize(
    "cells",
    [
        "sku" + "," * MANY + "\nx" + "," * MANY,
        "sku,name\n" + '"a\n' * MANY + '"',
        "sku,name\n" + "x," * MANY,
        ";" * MANY + "," * MANY + "\t" * MANY,
    ],
    ids=["columns", "quotes", "a long row", "delimiters"],
)
def test_a_file_costs_no_more_than_its_length(cells):
    desk = Desk()
    began = time.process_time()
    answer = desk.client.post("/admin/import/products/", {"cells": cells})
    assert answer.status_code == 200
    assert time.process_time() - began < SECONDS


def test_many_unknown_fields_are_named_in_part():
    answer = root_client().generic("POST", "/api/v1/products/", body_of(MEMBERS), content_type="application/json")
    unknown = [error for error in answer.json()["errors"] if error["code"] == "unknown_field"]
    assert len(unknown) == 20


@pytest.mark.parametrize("name", [ACCENTS, "\ufdfa" * MANY, "\u0130" * MANY], ids=["accents", "ligatures", "capitals"])
def test_nobody_is_kept_busy_by_a_name_to_sign_in_with(client, name):
    """The one form that is open to everybody."""
    began = time.process_time()
    answer = client.post("/admin/login/", {"username": name, "password": "x" * MANY})
    assert answer.status_code == 200
    assert time.process_time() - began < SECONDS


LONGEST = "since=0001-01-01&until=9999-12-31"


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_of_all_time_is_given_or_refused(name):
    began = time.process_time()
    for client, path in ((root_client(), f"/api/v1/reports/{name}/"), (Desk().client, f"/admin/reports/{name}/")):
        for query in (LONGEST, "day=9999-12-31", "day=0001-01-01"):
            assert client.get(f"{path}?{query}").status_code in (200, 400)
    assert time.process_time() - began < SECONDS
