"""Reports on what is owed and what is there."""

from collections.abc import Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from billing.queries.receivables import AGES, receivables
from billing.queries.statement import statement
from inventory_project.base.discretion import SEE_COST
from stock.queries.worth import stock_worth

from .forms import NothingForm, OwedForm, StatementForm
from .report import Chart, Column, Kind, Report, Row, amount, count

LABELS = (_("not due"), _("1–30 days"), _("31–60 days"), _("61–90 days"), _("over 90 days"))


def _owed(asked: Mapping[str, object]) -> list[Row]:
    return [
        {"id": owed.customer, "code": owed.code, "name": owed.name}
        | dict(zip(AGES, owed.by_age, strict=True))
        | {"total": owed.total}
        for owed in receivables(asked["day"], asked["customer"])
    ]


def _account(asked: Mapping[str, object]) -> list[Row]:
    """The opening balance, the entries, the closing balance."""
    span = asked["span"]
    account = statement(asked["customer"], span)

    def line(day, what: str, balance, amount=None, number: str = "", reference: str = "") -> Row:
        names = ("day", "what", "number", "reference", "amount", "balance")
        return dict(zip(names, (day, what, number, reference, amount, balance), strict=True))

    rows = [line(span.since, _now("Opening balance"), account.opening)]
    rows += [
        line(entry.day, capfirst(str(entry.kind.label)), entry.balance, entry.amount, entry.number, entry.reference)
        for entry in account.entries
    ]
    return [*rows, line(span.until, _now("Closing balance"), account.closing)]


def _worth(asked: Mapping[str, object]) -> list[Row]:
    return [
        {
            "id": row.category,
            "warehouse_id": row.warehouse,
            "warehouse": row.warehouse_name,
            "name": row.category_name,
            "quantity": row.quantity,
            "value": row.value,
        }
        for row in stock_worth()
    ]


STANDING = [
    Report(
        "receivables",
        _("Receivables by age"),
        _(
            "What was open at the end of the day, by how many days ago it was due. Payments count on their day, "
            "credit notes on the day of issue."
        ),
        [
            Column("code", _("code")),
            Column("name", _("customer"), leads_to="sales.customer"),
            *[amount(name, label) for name, label in zip(AGES, LABELS, strict=True)],
            amount("total", _("total")),
        ],
        ("billing.view_invoice", "sales.view_customer"),
        OwedForm,
        _owed,
        _("Nobody owed anything on this day."),
        Chart("name", "total"),
    ),
    Report(
        "customer-statement",
        _("Customer statement"),
        _("With tax. What is invoiced or given back adds to the balance, what is paid or credited takes off it."),
        [
            Column("day", _("day"), Kind.DAY),
            Column("what", _("what")),
            Column("number", _("number")),
            Column("reference", _("reference")),
            Column("amount", _("amount"), Kind.MONEY),
            Column("balance", _("balance"), Kind.MONEY),
        ],
        ("billing.view_invoice", "billing.view_payment", "billing.view_creditnote", "sales.view_customer"),
        StatementForm,
        _account,
        _("Choose a customer."),
    ),
    Report(
        "stock-value",
        _("Stock value"),
        _("What is on hand now, at its average cost."),
        [
            Column("warehouse", _("warehouse")),
            Column("name", _("category"), leads_to="catalog.category"),
            count("quantity", _("units")),
            amount("value", _("value"), Kind.VALUE),
        ],
        ("stock.view_inventory", SEE_COST),
        NothingForm,
        _worth,
        _("There is nothing in stock."),
        Chart("name", "value"),
    ),
]
