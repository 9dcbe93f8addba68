"""Samples in the description of the API: each operation as a call in curl and in Python, made from what it says there.

They are for people who read the served description; the file that says what is promised goes without.
"""

import json
from collections.abc import Mapping
from pprint import pformat

type Schema = Mapping[str, object]

METHODS = ("get", "post", "put", "patch", "delete")
BASE = "/api/v1"
KNOWN = {"country": "DE", "unit": "C62", "lot_number": "L-1", "permissions": ["catalog.view_product"]}
BY_FORMAT = {
    "date-time": "2027-01-31T12:00:00Z",
    "date": "2027-01-31",
    "decimal": "10.00",
    "email": "ada@example.com",
}
DEEPEST = 6


def add_samples(result: dict, generator, request, public: bool) -> dict:
    """A hook of drf-spectacular, after the description is made."""
    if request is None:
        return result
    schemas = result["components"]["schemas"]
    for path, operations in result["paths"].items():
        for method in operations.keys() & set(METHODS):
            operation = operations[method]
            content = operation.get("requestBody", {}).get("content", {})
            is_form = "multipart/form-data" in content
            schema = next(iter(content.values()), {}).get("schema", {})
            body = example(schema, schemas) if content else None
            call = _Call(method.upper(), _filled(path, operation), body, is_form, _answers_with_file(operation))
            operation["x-codeSamples"] = [
                {"lang": "Shell", "label": "curl", "source": call.in_curl()},
                {"lang": "Python", "label": "Python (requests)", "source": call.in_python()},
            ]
    return result


class _Call:
    """One request, in two languages."""

    def __init__(self, method: str, path: str, body: object, is_form: bool, is_file: bool) -> None:
        self.method, self.path, self.body, self.is_form, self.is_file = method, path, body, is_form, is_file

    def in_curl(self) -> str:
        parts = [f'curl -X {self.method} "$API{self.path}"', '-H "Authorization: Bearer $KEY"']
        if self.method == "POST":
            parts.append('-H "Idempotency-Key: $(uuidgen)"')
        if self.is_form:
            parts += [f"-F {name}=@picture.png" for name in self.body]
        elif self.body is not None:
            parts.append('-H "Content-Type: application/json"')
            parts.append("-d '" + json.dumps(self.body, ensure_ascii=False) + "'")
        if self.is_file:
            parts.append("-O -J")
        return " \\\n  ".join(parts)

    def in_python(self) -> str:
        headers = ['"Authorization": f"Bearer {os.environ[\'KEY\']}"']
        headers += ['"Idempotency-Key": str(uuid.uuid4())'] if self.method == "POST" else []
        lines = [
            "import os",
            *(["import uuid"] if self.method == "POST" else []),
            "import requests",
            "",
            f"answer = requests.{self.method.lower()}(",
            f'    os.environ["API"] + "{self.path}",',
            f"    headers={{{', '.join(headers)}}},",
        ]
        if self.is_form:
            lines.append("    files={" + ", ".join(f'"{name}": open("picture.png", "rb")' for name in self.body) + "},")
        elif self.body is not None:
            lines.append(f"    json={pformat(self.body, width=100, sort_dicts=False)},".replace("\n", "\n    "))
        shown = "len(answer.content)" if self.is_file else "answer.json()"
        last = "answer.status_code" if self.method == "DELETE" else shown
        return "\n".join([*lines, "    timeout=30,", ")", "answer.raise_for_status()", f"print({last})"])


def _filled(path: str, operation: Schema) -> str:
    """The address with something in its gaps."""
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            value = "7" if parameter["name"] == "id" else f"{parameter['name'].upper()}-1"
            path = path.replace("{" + parameter["name"] + "}", value)
    return path.removeprefix(BASE)


def _answers_with_file(operation: Schema) -> bool:
    return not any("json" in kind for kind in operation["responses"].get("200", {}).get("content", {"json": None}))


def example(schema: Schema, schemas: Mapping[str, Schema], name: str = "", *, depth: int = 0) -> object:
    """The least that the schema asks for; where it asks for nothing, something that it takes."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    for key in ("allOf", "oneOf", "anyOf"):
        if key in schema:
            return example(schema[key][0], schemas, name, depth=depth)
    if "enum" in schema:
        return next(value for value in schema["enum"] if value not in ("", None))
    if name in KNOWN:
        return KNOWN[name]
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else next(kind for kind in kinds if kind != "null")
    if kind == "object":
        return _object(schema, schemas, depth)
    if kind == "array":
        return [example(schema.get("items", {}), schemas, name, depth=depth + 1)] if depth < DEEPEST else []
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), 1)
    text = BY_FORMAT.get(schema.get("format", ""), name.replace("_", " ").capitalize() or "text")
    return text[: schema.get("maxLength", len(text))]


def _object(schema: Schema, schemas: Mapping[str, Schema], depth: int) -> dict[str, object]:
    fields = schema.get("properties", {})
    if not fields and isinstance(schema.get("additionalProperties"), Mapping):
        return {"1": example(schema["additionalProperties"], schemas, depth=depth + 1)}
    wanted = [name for name in schema.get("required", ()) if name in fields]
    if not wanted:
        wanted = ["notes"] if "notes" in fields else list(fields)[: 2 if depth else 1]
    return {name: example(fields[name], schemas, name, depth=depth + 1) for name in wanted}
