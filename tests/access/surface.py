"""Every door of the product as it is: found in the addresses, the router and the registry of the back office."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.contrib import admin
from django.contrib.admin.options import ActionLocation
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from inventory_project.reports.catalogue import REPORTS

NO_SUCH = "999999999"
ADMIN_PAGE = re.compile(r"admin/(?P<app>[a-z_]+)/(?P<model>[a-z]+)/(?P<rest>.*)")
STANDARD = {
    "": "changelist",
    "add/": "add",
    "{object_id}/change/": "change",
    "{object_id}/delete/": "delete",
    "{object_id}/history/": "history",
}


@dataclass(frozen=True)
class Door:
    """One address with one method, or one action on a page."""

    name: str
    method: str
    path: str
    data: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")


def doors(rows: Mapping[str, int] | None = None) -> list[Door]:
    """All of them. `rows` names a record of each model (sales.order: 7) whose pages are opened."""
    return [*_addresses(rows or {}), *_actions()]


def _walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, path)
        else:
            yield path, pattern


def named(path: str) -> str:
    """An address with names for what varies: orders/{pk}/confirm."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"{\1}", path))
    path = re.sub(r"\((?!\?P)[^()]*\)\??", "{0}", path)
    return path.removesuffix("$").removesuffix("/?").replace("\\", "").replace("api{0}", "api/{0}")


def _filled(path: str, record: object = NO_SUCH) -> str:
    """An address that can be called: of records that don't exist, so that no act is ever done."""
    if path == "admin/autocomplete/":
        return f"/{path}?app_label=sales&model_name=order&field_name=customer"
    apps = {
        "app_label": "catalog",
        "url": "nowhere/",
        "content_type_id": "1",
        "object_id": str(record),
        "0": "nowhere",
        "code": "invalid",
    }
    return "/" + re.sub(r"\{(\w+)\}", lambda found: apps.get(found[1], NO_SUCH), path)


def _addresses(rows: Mapping[str, int]) -> Iterator[Door]:
    for path, pattern in _walk(get_resolver()):
        plain = named(path)
        for variant in _variants(plain):
            actions = getattr(pattern.callback, "actions", None) or {"get": "", "post": ""}
            for method in sorted(map(str.upper, actions.keys() - {"head"})):
                if name := _name(variant):
                    yield Door(f"{method} {name}", method, _filled(variant, rows.get(name.split()[0], NO_SUCH)))


def _variants(path: str) -> list[str]:
    """The page of a report is as many pages as there are reports."""
    return [path.replace("{name}", name) for name in REPORTS] if "reports/{name}" in path else [path]


def _name(path: str) -> str:
    found = ADMIN_PAGE.fullmatch(path)
    if found and f"{found['app']}.{found['model']}" not in _models():
        found = None
    if found and (rest := STANDARD.get(found["rest"])):
        return f"{found['app']}.{found['model']} {rest}"
    if found and found["rest"] == "{object_id}/":
        return ""  # leads to the record's page
    return f"/{path}"


def _models() -> set[str]:
    return {model._meta.label_lower for model in admin.site._registry}


def _actions() -> Iterator[Door]:
    for model, model_admin in admin.site._registry.items():
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = {
            ActionLocation.CHANGE_LIST: (reverse(f"{base}_changelist"), "action"),
            ActionLocation.CHANGE_FORM: (reverse(f"{base}_change", args=[NO_SUCH]), "CHANGE_FORM-action"),
        }
        for location, (path, key) in pages.items():
            for action in model_admin._get_base_actions(location):
                sent = {key: action.name, "_selected_action": NO_SUCH, "index": "0"}
                yield Door(f"{model._meta.label_lower} action {action.name}", "POST", path, sent)
