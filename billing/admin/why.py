"""The page “Why” of an invoice: the payments and credit notes behind what is left to pay."""

from collections.abc import Iterable
from decimal import Decimal

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from billing.models import Invoice
from billing.queries.why import Part, PartKind, credits_of, not_counted, payments_of
from inventory_project.base.admin import columns
from inventory_project.base.admin.answers import Answer, Answers, Table, amount, linked, seen
from inventory_project.base.clock import business_day
from inventory_project.base.money import ZERO

SEE, SEE_PAYMENTS, SEE_CREDITS = "billing.view_invoice", "billing.view_payment", "billing.view_creditnote"
WHY = "admin:billing_invoice_why"
BALANCE = linked(columns.amount("balance", _("balance")), WHY)


class BalanceQuestions(Answers):
    """Mixin of the invoices' admin."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [path("<int:pk>/why/", view(self.why), name="billing_invoice_why"), *super().get_urls()]

    @admin.display(description=_("balance"))
    def left_to_pay(self, invoice):
        return BALANCE(invoice)

    def why(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Total less payments less credit notes plus refunds. Whoever may not see payments is told their sum."""
        invoice = self.asked(request, pk, SEE)
        answer = Answer(
            _("How the balance of %(invoice)s comes about") % {"invoice": invoice},
            [self._parts(request, invoice), *self._not_counted(request, invoice)],
        )
        return self.answer(request, answer, invoice)

    @staticmethod
    def _parts(request: HttpRequest, invoice: Invoice) -> Table:
        total = Part(PartKind.TOTAL, invoice.issued_date, invoice, "", invoice.total_amount)
        payments = payments_of(invoice) if request.user.has_perm(SEE_PAYMENTS) else []
        credits = credits_of(invoice) if request.user.has_perm(SEE_CREDITS) else []
        parts = sorted([*payments, *credits], key=lambda part: part.instant)
        rows = [_cells(request, part) for part in (total, *parts)]
        rows += _rest(_("Payments"), -invoice.amount_paid, payments)
        rows += _rest(_("Credit notes and refunds"), invoice.amount_refunded - invoice.amount_credited, credits)
        return Table(
            [_("day"), _("what"), _("document"), _("reference"), _("amount")],
            rows,
            sums=[_("= balance"), "", "", "", amount(invoice.balance)],
        )

    @staticmethod
    def _not_counted(request: HttpRequest, invoice: Invoice) -> Iterable[Table]:
        rows = [
            [seen(request, row), columns.status(row), amount(getattr(row, "amount", None) or row.total_amount)]
            for row in not_counted(invoice)
            if request.user.has_perm(f"billing.view_{row._meta.model_name}")
        ]
        return [Table([_("document"), _("status"), _("amount")], rows, title=_("Does not count"))] if rows else []


def _cells(request: HttpRequest, part: Part) -> list[object]:
    day = date_format(business_day(part.instant)) if part.instant else columns.EMPTY
    return [day, capfirst(part.kind.label), seen(request, part.document), part.note, amount(part.amount)]


def _rest(label: object, known: Decimal, parts: list[Part]) -> list[list[object]]:
    """What the invoice says they come to and no row above shows: they are too many, or not for this person."""
    rest = known - sum((part.amount for part in parts), ZERO)
    return [["", _("Older: %(what)s") % {"what": label} if parts else label, "", "", amount(rest)]] if rest else []
