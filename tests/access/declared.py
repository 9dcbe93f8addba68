"""The declared table, spelt out: for each door the permissions that it needs."""

from collections.abc import Iterator

from tests.access import table
from tests.api_client import MODELS as API_MODELS

EXPORT = "billing.export_report"


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def declared() -> dict[str, tuple[str, ...]]:
    """Door -> what it needs. A door is named as in `surface.doors()`."""
    return {**dict(_pages()), **dict(_actions()), **dict(_exports()), **dict(_others()), **dict(_api())}


def _pages() -> Iterator[tuple[str, tuple[str, ...]]]:
    for label in table.MODELS.split():
        app, model = label.split(".")
        for page, get, post in (
            ("changelist", "view", "view"),
            ("add", "add", "add"),
            ("change", "view", "view change"),
            ("delete", "delete", "delete"),
            ("history", "view", "view"),
        ):
            yield f"GET {label} {page}", (f"{app}.{get}_{model}",)
            yield f"POST {label} {page}", tuple(f"{app}.{step}_{model}" for step in post.split())
    for line in lines(table.PAGES):
        method, label, page, *needs = line.split()
        yield f"{method} {label} {page}", tuple(needs)


def _actions() -> Iterator[tuple[str, tuple[str, ...]]]:
    for label in table.MODELS.split():
        yield f"{label} action delete_selected", (label.replace(".", ".delete_"),)
    for line in lines(table.ACTIONS):
        label, *names = line.split()
        app, model = label.split(".")
        for name in names:
            name, _sign, need = name.partition("=")
            yield f"{label} action {name}", tuple((need or f"{app}.{name}_{model}").split("+"))


def _exports() -> Iterator[tuple[str, tuple[str, ...]]]:
    for label in table.EXPORTED.split():
        app, model = label.split(".")
        for method in ("GET", "POST"):
            yield f"{method} /admin/{app}/{model}/export/", (f"{app}.view_{model}", f"{app}.export_{model}")


def _others() -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in lines(table.OTHER_PAGES):
        path, *needs = line.split() if not line.startswith(" ") else ["", *line.split()]
        yield from ((f"{method} /{path}", tuple(needs)) for method in ("GET", "POST"))
    for line in lines(table.REPORTS):
        name, *needs = line.split()
        for method in ("GET", "POST"):
            yield f"{method} /admin/reports/{name}/", tuple(needs)
            yield f"{method} /admin/reports/{name}/csv/", (*needs, EXPORT)
        yield f"GET /api/v1/reports/{name}", tuple(needs)
        yield f"GET /api/v1/reports/{name}/csv", (*needs, EXPORT)


def _api() -> Iterator[tuple[str, tuple[str, ...]]]:
    every = {"GET": "view", "POST": "add"}, {"GET": "view", "PUT": "change", "PATCH": "change", "DELETE": "delete"}
    noted = {"GET": "view"}, {"GET": "view", "PATCH": "change"}
    read = {"GET": "view"}, {"GET": "view"}
    for prefixes, (on_list, on_record) in (
        (table.API_WRITTEN, every),
        (table.API_NOTED, noted),
        (table.API_READ, read),
    ):
        for prefix in prefixes.split():
            options = API_MODELS[prefix]._meta
            for steps, path in ((on_list, prefix), (on_record, f"{prefix}/{{pk}}")):
                for method, step in steps.items():
                    yield f"{method} /api/v1/{path}", (f"{options.app_label}.{step}_{options.model_name}",)
    for prefix in table.API_HISTORY.split():
        options = API_MODELS[prefix]._meta
        yield f"GET /api/v1/{prefix}/{{pk}}/history", (f"{options.app_label}.view_{options.model_name}",)
    for line in lines(table.API_OTHER):
        method, *rest = line.split()
        has_path = not (len(rest) == 1 and (rest[0].isupper() or "." in rest[0]))
        path, needs = (rest[0], rest[1:]) if has_path else ("", rest)
        yield f"{method} /api/v1/{path}", tuple(needs)
