"""The reports at the API: /api/v1/reports/<name>/ as JSON, with /csv/ behind it as a file."""

from collections.abc import Mapping, Sequence

from django.http import HttpResponse
from django.urls import re_path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.api.serializers import InvoiceSerializer
from billing.models import Invoice
from inventory_project.base.api import values
from inventory_project.base.api.exceptions import InvalidParameters, MissingPermission, parameter_error
from inventory_project.base.api.fields import StrictBigInteger, StrictDate, StrictDecimal, StrictInteger, StrictText
from inventory_project.base.api.renderers import FastJSONRenderer
from inventory_project.base.api.router import show_at_root
from inventory_project.base.api.views import ApiViewSet
from inventory_project.base.replicas import read_late

from .catalogue import REPORTS, reports_for
from .pages import csv_response
from .report import EXPORT, Column, Kind, Report, Row

USUAL_ROWS, MOST_ROWS = 100, 1_000
CSV = "text/csv"
PARAMETERS = {"day": values.DAY, "since": values.DAY, "until": values.DAY, "customer": values.ID}
PLACES = {Kind.MONEY: 2, Kind.VALUE: 4, Kind.PERCENT: 3}


class CsvRenderer(FastJSONRenderer):
    """Lets a caller ask for CSV. Refusals are JSON all the same, and are labelled so."""

    media_type = CSV
    format = "csv"


class ReportList(APIView):
    """Every report that the caller may see: its name, what its figures mean, and its address."""

    permission_classes = [IsAuthenticated]
    schema = None

    def get(self, request) -> Response:
        return Response(
            [
                {
                    "name": report.name,
                    "title": str(report.title),
                    "basis": str(report.basis),
                    "url": request.build_absolute_uri(f"/api/v1/reports/{report.name}/"),
                }
                for report in reports_for(request.user)
            ]
        )


class ReportViewSet(ApiViewSet):
    """One report; which one is set with its address."""

    queryset = Invoice.objects.none()
    serializer_class = InvoiceSerializer
    report: Report | None = None

    def check_permissions(self, request) -> None:
        super().check_permissions(request)
        missing = self.report.missing_permission(request.user)
        if not missing and self.action == "csv" and not request.user.has_perm(EXPORT):
            missing = EXPORT
        if missing:
            raise MissingPermission(missing)

    def figures(self, request) -> Response:
        """The rows of the report, at most so many as the limit says; the sums are those of all rows."""
        most = self.asked().get("limit", USUAL_ROWS)
        if not 1 <= most <= MOST_ROWS:
            message = _("limit must be a number from 1 to %(most)d.") % {"most": MOST_ROWS}
            raise InvalidParameters(parameter_error("limit", message, "out_of_range"))
        form = self._form()
        rows = self._found(form)
        asked = {name: form[name] for name in self.report.form.base_fields}
        if customer := asked.get("customer"):
            asked["customer"] = customer.pk
        more = max(len(rows) - most, 0)
        return Response({**asked, "results": rows[:most], "more": more, "sums": self.report.sums(rows)})

    def csv(self, request) -> HttpResponse:
        """All rows of the report as CSV, for spreadsheets: no cell is a formula."""
        self.asked()
        return csv_response(self.report, self._found(self._form()))

    def _found(self, form: Mapping[str, object]) -> Sequence[Row]:
        return read_late(lambda: self.report.find(form), user_id=self.request.user.pk)

    def _form(self) -> Mapping[str, object]:
        """The questions, answered; with the same defaults and limits as in the back office."""
        form = self.report.form(self.request.query_params)
        if form.is_valid():
            return form.cleaned_data
        found = form.errors.get_json_data().items()
        faults = [(name, error["message"], error["code"] or "invalid") for name, errors in found for error in errors]
        raise InvalidParameters(*[parameter_error(*fault) for fault in faults])


def _field(column: Column) -> serializers.Field:
    """What the description of the API says of a column."""
    if column.kind in PLACES:
        return StrictDecimal(max_digits=19, decimal_places=PLACES[column.kind], allow_null=not column.is_summed)
    if column.kind in (Kind.DAY, Kind.MONTH):
        return StrictDate()
    return StrictBigInteger() if column.kind == Kind.COUNT else StrictText()


def _question(name: str) -> serializers.Field:
    """What was asked, in the answer."""
    return StrictInteger(allow_null=True) if name == "customer" else StrictDate()


def _answer(report: Report) -> type[serializers.Serializer]:
    """The shape of the report's answer."""
    title = "".join(part.capitalize() for part in report.name.split("-"))
    columns = {column.name: _field(column) for column in report.columns}
    sums = {column.name: _field(column) for column in report.columns if column.is_summed}
    ids = {"id": StrictInteger(allow_null=True)} if any(column.leads_to for column in report.columns) else {}
    row = type(f"{title}ReportRow", (serializers.Serializer,), {"__doc__": str(report.basis), **ids, **columns})
    total = type(f"{title}ReportSums", (serializers.Serializer,), {"__doc__": "Of all rows.", **sums})
    asked = {name: _question(name) for name in report.form.base_fields}
    body = {"results": row(many=True), "more": StrictInteger(help_text="Rows beyond the limit."), "sums": total()}
    return type(f"{title}Report", (serializers.Serializer,), {"__doc__": str(report.basis), **asked, **body})


def _urls(report: Report) -> list:
    parameters = {name: PARAMETERS[name] for name in report.form.base_fields}
    shared = {"report": report, "detail": False, "required_perm": report.permissions[0]}
    figures = ReportViewSet.as_view(
        {"get": "figures"}, takes={**parameters, "limit": values.INTEGER}, output_class=_answer(report), **shared
    )
    file = ReportViewSet.as_view(
        {"get": "csv"},
        takes=parameters,
        output_class={(200, CSV): OpenApiTypes.STR},
        renderer_classes=[CsvRenderer, FastJSONRenderer],
        **shared,
    )
    return [
        re_path(rf"^reports/{report.name}/?$", figures, name=f"report-{report.name}"),
        re_path(rf"^reports/{report.name}/csv/?$", file, name=f"report-{report.name}-csv"),
    ]


urlpatterns = [
    re_path(r"^reports/?$", ReportList.as_view(), name="reports"),
    *(address for report in REPORTS.values() for address in _urls(report)),
]
show_at_root("reports")
