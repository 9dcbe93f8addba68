"""The description of the API: whole, valid, and readable offline under our content security policy."""

import io
import json
import re
import shlex

import jsonschema
import pytest
from django.core.management import call_command
from django.urls import resolve

from tests.api_client import MODELS, VIEWSETS


@pytest.fixture(scope="module")
def description(tmp_path_factory) -> dict:
    file = tmp_path_factory.mktemp("openapi") / "openapi.json"
    call_command(
        "spectacular",
        "--validate",
        "--fail-on-warn",
        "--format",
        "openapi-json",
        "--file",
        str(file),
        stderr=io.StringIO(),
    )
    return json.loads(file.read_text(encoding="utf-8"))


def test_every_list_is_described(description):
    for prefix in MODELS:
        operation = description["paths"][f"/api/v1/{prefix}/"]["get"]
        names = {parameter["name"] for parameter in operation["parameters"]}
        assert {"limit", "cursor", "count", "fields", "expand", "ordering", "id", "id__in", "updated_since"} <= names
        assert operation["tags"] == [prefix]


def test_every_act_describes_what_it_wants_to_know(description):
    ship = description["paths"]["/api/v1/orders/{id}/ship/"]["post"]
    [(kind, content)] = ship["requestBody"]["content"].items()
    assert (kind, content["schema"]["$ref"]) == ("application/json", "#/components/schemas/ShipOrderInputRequest")
    form = description["components"]["schemas"]["ShipOrderInputRequest"]
    assert set(form["properties"]) == {"items", "carrier", "tracking_number"}
    assert "requestBody" not in description["paths"]["/api/v1/orders/{id}/confirm/"]["post"]
    assert {"Idempotency-Key", "dry_run"} <= {parameter["name"] for parameter in ship["parameters"]}


def test_a_change_is_described_without_what_is_fixed(description):
    """Whoever makes a client of the description is offered nothing that is always refused."""
    schemas = description["components"]["schemas"]
    for path, operations in description["paths"].items():
        prefix, *rest = path.removeprefix("/api/v1/").split("/")
        for method in {"put", "patch"} & operations.keys() if rest == ["{id}", ""] else ():
            schema = operations[method]["requestBody"]["content"]["application/json"]["schema"]
            named = schemas[schema["$ref"].rsplit("/", 1)[1]]["properties"].keys()
            serializer_class = VIEWSETS[prefix].serializer_class
            form = serializer_class(MODELS[prefix]())
            assert named == {name for name, field in form.fields.items() if not field.read_only}, (method, path)


def test_every_refusal_is_described(description):
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            for status in ("400", "401", "403", "429"):
                content = operation["responses"][status]["content"]
                assert list(content) == ["application/problem+json"], (path, method)


def test_amounts_are_text_and_quantities_are_whole(description):
    order = description["components"]["schemas"]["Order"]["properties"]
    assert (order["total_amount"]["type"], order["total_amount"]["format"]) == ("string", "decimal")
    line = description["components"]["schemas"]["OrderItemRequest"]["properties"]
    assert (line["quantity"]["type"], line["quantity"]["minimum"]) == ("integer", 1)
    invoice = description["components"]["schemas"]["Invoice"]["properties"]
    assert (invoice["balance"]["type"], invoice["balance"]["readOnly"]) == ("string", True)


def test_passwords_go_in_and_never_out(description):
    schemas = description["components"]["schemas"]
    assert "password" in schemas["UserRequest"]["properties"]
    assert "password" not in schemas["User"]["properties"]
    assert "confirm" not in schemas["Order"]["properties"]


@pytest.mark.django_db
def test_it_is_served(client, description):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["paths"].keys() == description["paths"].keys()


@pytest.mark.django_db
def test_its_page_loads_nothing_from_elsewhere(client):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    html = page.content.decode()
    assert "swagger-ui-bundle.js" in html
    assert "//cdn" not in html
    assert "https://" not in html
    assert "<script>" not in html  # inline scripts are blocked by the policy
    assert "script-src 'self'" in page["Content-Security-Policy"]
    script = client.get("/api/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")


@pytest.mark.django_db
def test_every_call_has_a_sample_in_curl_and_in_python(client):
    served = client.get("/api/v1/openapi.json").json()
    for path, operations in served["paths"].items():
        for method, operation in operations.items():
            curl, python = (sample["source"] for sample in operation["x-codeSamples"])
            words = shlex.split(curl.replace("\\\n", ""))
            assert words[:3] == ["curl", "-X", method.upper()]
            shape = re.sub(r"\{\w+\}", "[^/]+", path)
            assert re.fullmatch(shape, address := words[3].replace("$API", "/api/v1"))
            assert resolve(address)
            compile(python, path, "exec")
            assert f"requests.{method}(" in python
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content and method == "post":
                schema = {**content["schema"], "components": served["components"]}
                jsonschema.validate(json.loads(words[words.index("-d") + 1]), schema)


def test_what_is_promised_is_kept_without_samples(description):
    assert "x-codeSamples" not in json.dumps(description)
