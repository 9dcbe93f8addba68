"""The reports in the back office: the list of them, each as a page that prints well, and as CSV."""

import datetime
from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html

from inventory_project.base.admin import columns
from inventory_project.base.clock import today
from inventory_project.base.money import cents
from inventory_project.base.replicas import read_late

from . import buttons  # noqa: F401  (puts them on the pages of customers)
from .catalogue import REPORTS, reports_for
from .charts import plot
from .report import EXPORT, Column, Kind, Report, Row
from .sheet import as_csv

MOST_ROWS = 500


def report_urls() -> list:
    """The addresses below reports/."""
    view = admin.site.admin_view
    return [
        path("reports/", view(report_list), name="reports"),
        path("reports/<slug:name>/", view(report_page), name="report"),
        path("reports/<slug:name>/csv/", view(report_csv), name="report_csv"),
    ]


def report_list(request: HttpRequest) -> HttpResponse:
    """Every report that the person may see, with what its figures mean."""
    found = reports_for(request.user)
    if not found:
        raise PermissionDenied
    return _page(request, "admin/reports.html", title=admin.site.reports_title, reports=found)


def report_page(request: HttpRequest, name: str) -> HttpResponse:
    """A report: its questions, a plot, the table."""
    report = _asked(request, name)
    form = report.form(request.GET)
    rows, is_answered = (_found(request, report, form), True) if form.is_valid() else ([], False)
    # A report that nobody has asked yet complains of nothing.
    show_errors = bool(request.GET)
    query = urlencode([(name, form.data[name]) for name in form.fields if form.data[name]])
    may_export = is_answered and rows and request.user.has_perm(EXPORT)
    return _page(
        request,
        "admin/report.html",
        title=report.title,
        report=report,
        form=form if form.fields else None,
        form_media=form.media,
        show_errors=show_errors,
        subject=form.cleaned_data.get("customer") if is_answered else None,
        plot=plot(report.chart, rows) if report.chart else None,
        head=[(column.label, _is_number(column)) for column in report.columns],
        rows=[_cells(request, report, row) for row in rows[:MOST_ROWS]],
        sums=_sums(report, rows),
        more=max(len(rows) - MOST_ROWS, 0),
        is_answered=is_answered,
        csv_url=f"{reverse('admin:report_csv', args=[report.name])}?{query}" if may_export else "",
    )


def report_csv(request: HttpRequest, name: str) -> HttpResponse:
    """All rows of a report as a file."""
    report = _asked(request, name)
    if not request.user.has_perm(EXPORT):
        raise PermissionDenied
    form = report.form(request.GET)
    if not form.is_valid():
        lines = [f"{name}: {text}" for name, texts in form.errors.items() for text in texts]
        return HttpResponse("\n".join(lines), status=400, content_type="text/plain; charset=utf-8")
    return csv_response(report, _found(request, report, form))


def csv_response(report: Report, rows: Sequence[Row]) -> HttpResponse:
    """The file, named after the report and the day."""
    name = f"{report.name}-{today().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(as_csv(report, rows), content_type="text/csv; charset=utf-8", headers=headers)


def _found(request: HttpRequest, report: Report, form: Form) -> Sequence[Row]:
    return read_late(lambda: report.find(form.cleaned_data), user_id=request.user.pk)


def _asked(request: HttpRequest, name: str) -> Report:
    report = REPORTS.get(name)
    if report is None:
        raise Http404
    if report.missing_permission(request.user):
        raise PermissionDenied
    return report


def _page(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    request.current_app = admin.site.name
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})


def _is_number(column: Column) -> bool:
    return column.kind not in (Kind.TEXT, Kind.DAY, Kind.MONTH)


def _cells(request: HttpRequest, report: Report, row: Row) -> list[tuple[object, object]]:
    """What each cell shows, with the heading for narrow screens."""
    return [(column.label, _cell(request, column, row)) for column in report.columns]


def _sums(report: Report, rows: Sequence[Row]) -> list[tuple[object, object]]:
    sums = report.sums(rows)
    if not sums:
        return []
    return [
        (column.label, _shown(column, sums[column.name]) if column.name in sums else "") for column in report.columns
    ]


def _cell(request: HttpRequest, column: Column, row: Row) -> object:
    shown = _shown(column, row[column.name])
    if not column.leads_to or row.get("id") is None:
        return shown
    app, model = column.leads_to.split(".")
    if not request.user.has_perm(f"{app}.view_{model}"):
        return shown
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{app}_{model}_change", args=[row["id"]]), shown)


def _shown(column: Column, value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return date_format(value, "YEAR_MONTH_FORMAT" if column.kind == Kind.MONTH else "DATE_FORMAT")
    if column.kind in (Kind.MONEY, Kind.VALUE):
        return columns.figure(cents(value), 2)
    if column.kind == Kind.PERCENT:
        return columns.figure(value, 1, " %")
    return columns.figure(value) if column.kind == Kind.COUNT else value
