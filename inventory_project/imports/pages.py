"""The pages that import rows of a list: a file or pasted cells, then what would become of each row, then the import."""

import csv
from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.models import Payment
from catalog.models import Category, PriceList, PriceListItem, Product, Supplier, SupplierProduct
from inventory_project.base.admin import Button, offer_button
from inventory_project.base.admin.columns import figure, percent_text, price_figure
from inventory_project.base.admin.once import answer_once
from inventory_project.base.discretion import SEE_COST
from inventory_project.base.errors import RuleViolation
from inventory_project.base.fields import Percent, Price
from sales.models import Customer, CustomerAddress

from .bank import pages as bank
from .base import ImportFailed
from .kinds import IMPORTERS
from .preview import MOST_ROWS, Preview, PreviewRow, preview, run, table_of
from .refused import refused_rows
from .source import SourceForm


@dataclass(frozen=True)
class OnList:
    """A kind that is imported from a list: whose rows it writes."""

    model: type[models.Model]
    writes: tuple[type[models.Model], ...]
    shows: tuple[str, ...] = ()

    def is_open_to(self, user) -> bool:
        """Importing adds and changes, so it needs both, of all that it writes; the preview shows what was there."""
        names = [(one._meta.app_label, one._meta.model_name) for one in self.writes]
        return user.has_perms(self.shows) and all(
            user.has_perms([f"{app}.add_{name}", f"{app}.change_{name}"]) for app, name in names
        )


ON_LISTS = {
    "products": OnList(Product, (Product, SupplierProduct), shows=(SEE_COST,)),
    "categories": OnList(Category, (Category,)),
    "suppliers": OnList(Supplier, (Supplier,)),
    "supplier_products": OnList(SupplierProduct, (SupplierProduct,), shows=(SEE_COST,)),
    "list_prices": OnList(PriceListItem, (PriceListItem,)),
    "customers": OnList(Customer, (Customer, CustomerAddress)),
}


def import_urls() -> list:
    """The addresses of the pages."""
    view, of_bank = admin.site.admin_view(import_page), admin.site.admin_view(bank.bank_page)
    kinds = [
        path(f"import/{kind.replace('_', '-')}/", view, {"kind": kind}, name=f"import_{kind}") for kind in ON_LISTS
    ]
    return [*kinds, path("import/bank-statement/", of_bank, name=bank.PAGE)]


def import_url(user, model: type[models.Model]) -> str:
    """Where rows of the model are imported, '' if the person may not."""
    if model is Payment:
        return reverse(f"admin:{bank.PAGE}") if bank.may_import(user) else ""
    found = next((kind for kind, one in ON_LISTS.items() if one.model is model), None)
    return reverse(f"admin:import_{found}") if found and ON_LISTS[found].is_open_to(user) else ""


def _import_prices(request: HttpRequest, price_list: PriceList) -> Button | None:
    """On the page of a price list: its prices come in at the list of prices."""
    url = import_url(request.user, PriceListItem)
    return Button("import_prices", _("Import prices"), url=url) if url else None


offer_button(PriceList, _import_prices)


def import_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for rows, show what they would do, import them."""
    if not ON_LISTS[kind].is_open_to(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, kind, "admin/import.html", form=SourceForm())
    form = SourceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, kind, "admin/import.html", form=form)
    try:
        table, ignored = table_of(kind, form.text, form.name)
        if "apply" in request.POST:
            return answer_once(request, lambda: _apply(request, kind, table))
        found = preview(kind, table, ignored, by=request.user)
    except RuleViolation as problem:
        form.add_error(None, str(problem))
        return _page(request, kind, "admin/import.html", form=form, problem=problem)
    if "refused" in request.POST:
        return _refused(kind, found)
    return _preview_page(request, kind, form.text, found)


def _apply(request: HttpRequest, kind: str, table) -> HttpResponse:
    try:
        report = run(kind, table, skip_errors="leave_out" in request.POST, by=request.user)
    except ImportFailed:  # something has changed since the preview
        text = _("Nothing was imported: some rows are wrong now. Look at them again.")
        messages.error(request, text)
        return _preview_page(request, kind, request.POST["cells"], preview(kind, table, [], by=request.user))
    messages.success(request, f"{IMPORTERS[kind].title}: {report}.")
    model = ON_LISTS[kind].model._meta
    return HttpResponseRedirect(reverse(f"admin:{model.app_label}_{model.model_name}_changelist"))


def _refused(kind: str, found: Preview) -> HttpResponse:
    """The rows that would be left out, with the reason, as a file."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}-refused.csv"'
    response.write("\ufeff")
    csv.writer(response).writerows(refused_rows(found.table, found.report.errors))
    return response


def _preview_page(request: HttpRequest, kind: str, text: str, found: Preview) -> HttpResponse:
    states = {name: found.count(name) for name in ("new", "changed", "unchanged", "wrong")}
    good = states["new"] + states["changed"]
    label = ngettext("Import %(count)d row", "Import %(count)d rows", good) % {"count": good}
    columns = [column for column in found.table.columns if column in _shown(found)]
    rows = sorted(found.rows, key=lambda row: row.state != "wrong")  # what needs a look comes first
    return _page(
        request,
        kind,
        "admin/import_preview.html",
        text=text,
        found=found,
        states=states,
        good=good,
        label=label,
        columns=columns,
        rows=[_cells(kind, found, row, columns) for row in rows],
    )


def _shown(found: Preview) -> set[str]:
    """The columns with something in them."""
    return {name for _line, row in found.table for name, cell in row.items() if cell}


def _cells(kind: str, found: Preview, row: PreviewRow, columns: list[str]) -> dict[str, object]:
    values = dict(zip(found.table.columns, row.cells, strict=True))
    changes = row.outcome.changes if row.outcome else {}
    cells = []
    for name in columns:
        old, new = (_told(kind, name, value) for value in changes[name]) if name in changes else (None, None)
        cells.append({"text": values[name], "error": row.errors.get(name), "old": old, "new": new})
    beside = [text for name, text in row.errors.items() if name not in columns]
    return {"line": row.line, "state": row.state, "cells": cells, "errors": beside}


def _told(kind: str, name: str, value: object) -> object:
    """A value as the lists show it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    names = {field.name: field for field in ON_LISTS[kind].model._meta.get_fields()}
    column = names.get(name)
    if isinstance(column, Price) or name == "supplier_cost":
        return price_figure(value)
    if isinstance(column, Percent):
        return percent_text(value)
    return figure(value) if isinstance(value, int) else getattr(value, "name", value)


def _page(request: HttpRequest, kind: str, template: str, **more: object) -> HttpResponse:
    model = ON_LISTS[kind].model._meta
    title = _("Import %(things)s") % {"things": model.verbose_name_plural}
    context = {
        **admin.site.each_context(request),
        "title": capfirst(title),
        "opts": model,
        "template_columns": IMPORTERS[kind].columns,
        "most": MOST_ROWS,
        **more,
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, template, context)
