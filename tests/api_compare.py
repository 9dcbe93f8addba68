"""What differs between two descriptions of the API: what breaks programs that rely on the first, and what is new."""

from collections.abc import Iterator, Mapping

METHODS = ("get", "post", "put", "patch", "delete")


def facts(description: Mapping) -> dict[str, object]:
    """Everything that a program may rely on, by where it is."""
    found: dict[str, object] = {}
    for path, operations in description["paths"].items():
        for method in operations.keys() & set(METHODS):
            operation, at = operations[method], f"{method.upper()} {path}"
            found[at] = "an operation"
            for parameter in operation.get("parameters", []):
                found[f"{at} parameter {parameter['name']}"] = "a parameter"
            for status, answer in operation["responses"].items():
                for kind, content in answer.get("content", {"": {}}).items():
                    found[f"{at} answer {status} {kind}".rstrip()] = _type(content.get("schema", {}))
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                found[f"{at} body {kind}"] = _type(content.get("schema", {}))
    for name, schema in description["components"]["schemas"].items():
        found |= dict(_of_schema(name, schema))
    return found


def _of_schema(name: str, schema: Mapping) -> Iterator[tuple[str, object]]:
    for value in schema.get("enum", ()):
        yield f"{name} value {value}", "a value"
    for field, part in schema.get("properties", {}).items():
        yield f"{name}.{field}", _type(part)
    if name.endswith("Request"):
        for field in schema.get("required", ()):
            yield f"{name}.{field} is required", "required"


def _type(schema: Mapping) -> object:
    """What kind of value it is, without limits and words."""
    parts = {key: schema[key] for key in ("type", "format", "$ref", "enum") if key in schema}
    if "items" in schema:
        parts["items"] = _type(schema["items"])
    for key in ("oneOf", "allOf", "anyOf"):
        if key in schema:
            parts[key] = [_type(part) for part in schema[key]]
    return parts


def compare(before: Mapping, after: Mapping) -> tuple[list[str], list[str]]:
    """What breaks, and what is new."""
    old, new = facts(before), facts(after)
    needed = {name for name in new if name.endswith(" is required")}
    broken = [f"gone: {name}" for name in old.keys() - new.keys() - {n for n in old if n.endswith(" is required")}]
    broken += [f"another type: {n} was {old[n]}, is {new[n]}" for n in old.keys() & new.keys() if old[n] != new[n]]
    known = {name.partition(".")[0] for name in old if "." in name}
    broken += [f"newly required: {n}" for n in needed - old.keys() if n.partition(".")[0] in known]
    return sorted(broken), sorted(f"new: {name}" for name in new.keys() - old.keys() - needed)
