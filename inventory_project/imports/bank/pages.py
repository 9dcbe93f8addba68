"""The page that records payments from a bank statement: the file, what each line is meant for, then all at once."""

from collections.abc import Mapping

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing.models import Payment
from billing.queries.transfers import Found, propose
from billing.services import TransfersRefused, record_transfers
from inventory_project.base.admin.forms import KnownLabelSelect
from inventory_project.base.admin.once import answer_again, answer_once, was_answered
from inventory_project.base.errors import InvalidInput
from inventory_project.imports.source import SourceForm
from inventory_project.imports.table import Table

from .headings import COLUMNS, LABELS, recognised
from .rows import RELATION, RowsForm
from .statement import DAY_FIRST, MONTH_FIRST, StatementLine, read_lines, statement_of

PAGE = "import_bank_statement"
PERMISSIONS = ("billing.add_payment", "billing.pay_invoice", "billing.view_invoice")
MOST_LINES = 2_000
MOST_CREDITS = 300  # each is an entry of the page
ORDERS = (
    ("", gettext_lazy("As the file shows")),
    (DAY_FIRST, gettext_lazy("Day first")),
    (MONTH_FIRST, gettext_lazy("Month first")),
)
SAMPLE = 3


class ColumnsForm(forms.Form):
    """Which column of the file is which."""

    def __init__(self, data: Mapping[str, str] | None, table: Table) -> None:
        known = recognised(table.columns)
        chosen = data if data is not None and any(f"column-{name}" in data for name in LABELS) else None
        super().__init__(chosen)
        self.table = table
        choices = [("", "–"), *((name, name) for name in table.columns)]
        for name, label in LABELS.items():
            field = forms.ChoiceField(label=label, choices=choices, required=False, initial=known.get(name, ""))
            self.fields[f"column-{name}"] = field
        self.fields["order"] = forms.ChoiceField(label=_("Dates like 3/4/2026"), choices=ORDERS, required=False)

    def columns(self) -> dict[str, str]:
        """Our columns, each with that of the file."""
        values = {name: self[f"column-{name}"].value() for name in LABELS}
        return {name: value for name, value in values.items() if value in self.table.columns}

    @property
    def order(self) -> str:
        value = self["order"].value()
        return value if value in (DAY_FIRST, MONTH_FIRST) else ""


def may_import(user) -> bool:
    """Importing records payments, and shows invoices."""
    return user.has_perms(PERMISSIONS)


def bank_page(request: HttpRequest) -> HttpResponse:
    """Ask for a statement, show what its lines are meant for, record them."""
    if not may_import(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, "admin/import_bank.html", form=SourceForm())
    if was_answered(request):
        return answer_again(request)
    form = SourceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, "admin/import_bank.html", form=form)
    try:
        table = statement_of(form.text, form.name)
        if len(table.rows) > MOST_LINES:
            text = _("The file has more than %(most)d lines. Ask the bank for fewer days.")
            raise InvalidInput(text % {"most": MOST_LINES})
    except InvalidInput as problem:
        return _page(request, "admin/import_bank.html", form=SourceForm(), problem=problem)
    return _read(request, table, form.text)


def _read(request: HttpRequest, table: Table, text: str) -> HttpResponse:
    columns = ColumnsForm(request.POST, table)
    try:
        lines = read_lines(table, columns.columns(), columns.order)
        credits_ = [line for line in lines if line.transfer]
        if len(credits_) > MOST_CREDITS:
            raise InvalidInput(
                _("%(count)d lines say that money came in, at most %(most)d can be shown. Ask the bank for fewer days.")
                % {"count": len(credits_), "most": MOST_CREDITS}
            )
    except InvalidInput as problem:
        told = {"columns": columns, "table": table, "text": text, "problem": problem}
        sample = [list(row.values()) for row in table.rows[:SAMPLE]]
        return _page(request, "admin/import_bank_columns.html", sample=sample, **told)
    statement = _Statement(request, columns, text, lines)
    if "apply" in request.POST:
        return answer_once(request, statement.record)
    return statement.preview()


class _Statement:
    """A statement that was read, on behalf of the person at the page."""

    def __init__(self, request: HttpRequest, columns: ColumnsForm, text: str, lines: list[StatementLine]) -> None:
        self.request, self.columns, self.text, self.lines = request, columns, text, lines

    def _form(self, data=None) -> RowsForm:
        meant = [line for line in self.lines if line.transfer]
        return RowsForm(data, list(zip(meant, propose([line.transfer for line in meant]), strict=True)))

    def preview(self, form: RowsForm | None = None, problem: object = "") -> HttpResponse:
        """What each line is meant for; nothing is written."""
        rows = (form or self._form()).rows([line for line in self.lines if line.problem])
        return _page(
            self.request,
            "admin/import_bank_preview.html",
            columns=self.columns,
            text=self.text,
            rows=rows,
            counts={name: sum(row.found == name for row in rows) for name in (*Found, "wrong")},
            passed_over=len(self.lines) - len(rows),
            problem=problem,
        )

    def record(self) -> HttpResponse:
        """All that was ticked, or nothing."""
        form = self._form(self.request.POST)
        if not form.is_valid():
            return self.preview(form, " ".join(form.non_field_errors()) or _("Some lines need another look."))
        chosen = form.chosen()
        try:
            payments = record_transfers([(t, invoice) for _number, t, invoice in chosen], by=self.request.user)
        except TransfersRefused as refusal:
            for place, reason in refusal.reasons.items():
                form.add_error(f"invoice-{chosen[place][0]}", reason)
            return self.preview(form, _("Some lines can't be recorded."))
        text = ngettext(
            "%(count)d payment recorded, %(sum)s in all.", "%(count)d payments recorded, %(sum)s in all.", len(payments)
        )
        total = sum(payment.amount for payment in payments)
        facts = {"count": len(payments), "sum": number_format(total, 2, force_grouping=True)}
        messages.success(self.request, text % facts)
        return HttpResponseRedirect(reverse("admin:billing_payment_changelist"))


def _page(request: HttpRequest, template: str, **more: object) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Import a bank statement"),
        "opts": Payment._meta,
        "template_columns": COLUMNS,
        "most": MOST_LINES,
        "media": admin.site.get_model_admin(Payment).media + KnownLabelSelect(RELATION, admin.site).media,
        **more,
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, template, context)
