"""The API only grows: what docs/openapi.json once promised to programs is kept."""

import copy
import json
from pathlib import Path

import pytest
from drf_spectacular.generators import SchemaGenerator

from .api_compare import compare

PROMISED = json.loads((Path(__file__).resolve().parent.parent / "docs" / "openapi.json").read_text(encoding="utf-8"))


def test_nothing_that_was_promised_is_broken():
    now = json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))
    broken, new = compare(PROMISED, now)
    assert broken == [], "Programs that use the API would fail:\n" + "\n".join(broken)
    assert new == [], "The API has grown; run “make schema” and commit docs/openapi.json:\n" + "\n".join(new)


def without_path(d):
    del d["paths"]["/api/v1/orders/{id}/ship/"]


def without_method(d):
    del d["paths"]["/api/v1/orders/{id}/"]["patch"]


def without_field(d):
    del d["components"]["schemas"]["Order"]["properties"]["status"]


def without_answer(d):
    del d["paths"]["/api/v1/orders/"]["post"]["responses"]["201"]


def without_value(d):
    d["components"]["schemas"]["MovementKind"]["enum"].pop()


def with_a_need(d):
    schema = d["components"]["schemas"]["OrderRequest"]
    schema["required"] = [*schema.get("required", []), "customer_reference"]


def with_another_type(d):
    d["components"]["schemas"]["Order"]["properties"]["total_amount"]["type"] = "number"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without_path, "gone: POST /api/v1/orders/{id}/ship/"),
        (without_method, "gone: PATCH /api/v1/orders/{id}/"),
        (without_field, "gone: Order.status"),
        (without_answer, "gone: POST /api/v1/orders/ answer 201 application/json"),
        (without_value, "gone: MovementKind value"),
        (with_a_need, "newly required: OrderRequest.customer_reference is required"),
        (with_another_type, "another type: Order.total_amount was"),
    ],
)
def test_what_breaks_programs_is_noticed(change, said):
    changed = copy.deepcopy(PROMISED)
    change(changed)
    broken, _new = compare(PROMISED, changed)
    assert any(line.startswith(said) for line in broken), broken
    assert compare(PROMISED, PROMISED) == ([], [])
