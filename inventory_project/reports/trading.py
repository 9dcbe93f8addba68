"""Reports on sales, tax and margin."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from billing.queries.margin import Earned, margin
from billing.queries.sales import By, Sold, sales
from billing.queries.tax import tax
from inventory_project.base.discretion import SEE_COST

from .forms import SpanForm
from .report import Chart, Column, Kind, Report, Row, Rows, amount, count

SEE_SALES = ("billing.view_invoice", "billing.view_creditnote")
NO_SALES = _("Nothing was invoiced in these days.")
INVOICED = _(
    "Net of tax: lines of the invoices issued in these days, less those of the credit notes issued in these days. "
    "Drafts and cancelled invoices do not count."
)
EARNED = _(
    "Revenue: invoiced less credited in these days, net of tax, shipping included. Cost: the value with which goods "
    "left the stock in these days, less that of goods that came back to it, from the ledger. What is shipped in one "
    "span and invoiced in another shows its cost and its revenue there."
)
RECORDS = {
    By.PRODUCT: ("catalog.product", "catalog.view_product"),
    By.CATEGORY: ("catalog.category", "catalog.view_category"),
    By.CUSTOMER: ("sales.customer", "sales.view_customer"),
    By.ORDER: ("sales.order", "sales.view_order"),
}


def _titled(by: By) -> list[Column]:
    """The columns that say what a row is about."""
    leads_to = RECORDS[by][0]
    if by == By.CATEGORY:
        return [Column("name", _("category"), leads_to=leads_to)]
    labels = {
        By.PRODUCT: (_("SKU"), _("product")),
        By.CUSTOMER: (_("code"), _("customer")),
        By.ORDER: (_("order"), _("customer")),
    }
    code, name = labels[by]
    return [Column("code", code), Column("name", name, leads_to=leads_to)]


def _sold_by_day(asked: Mapping[str, object]) -> list[Row]:
    return [{"day": row.key, "quantity": row.quantity, "net": row.net} for row in sales(By.DAY, asked["span"])]


def _sold(by: By) -> Callable[[Mapping[str, object]], Sequence[Row]]:
    def row(of: Sold) -> Row:
        return {"id": of.key, "code": of.code, "name": str(of.name), "quantity": of.quantity, "net": of.net}

    return lambda asked: Rows(sales(by, asked["span"]), row)


def _taxed(asked: Mapping[str, object]) -> list[Row]:
    return [
        {"month": row.month, "percent": row.percent, "category": row.category, "net": row.net, "tax": row.tax}
        for row in tax(asked["span"])
    ]


def _earned(by: By) -> Callable[[Mapping[str, object]], Sequence[Row]]:
    def row(of: Earned) -> Row:
        return {
            "id": of.key,
            "code": of.code,
            "name": str(of.name),
            "revenue": of.revenue,
            "cost": of.cost,
            "margin": of.margin,
            "percent": of.percent,
        }

    return lambda asked: Rows(margin(by, asked["span"]), row)


def _sales_report(by: By, title: object) -> Report:
    columns = [*_titled(by), count("quantity", _("units")), amount("net", _("net"))]
    permissions = (*SEE_SALES, RECORDS[by][1])
    return Report(
        f"sales-by-{by}", title, INVOICED, columns, permissions, SpanForm, _sold(by), NO_SALES, Chart("name", "net")
    )


def _margin_report(by: By, title: object) -> Report:
    columns = [
        *_titled(by),
        amount("revenue", _("revenue")),
        amount("cost", _("cost of goods"), Kind.VALUE),
        amount("margin", _("margin"), Kind.VALUE),
        Column("percent", _("margin in %"), Kind.PERCENT),
    ]
    permissions = (*SEE_SALES, SEE_COST, RECORDS[by][1])
    empty, chart = _("Nothing was invoiced or shipped in these days."), Chart("name", "margin")
    if by == By.ORDER:
        chart = Chart("code", "margin")
    return Report(f"margin-by-{by}", title, EARNED, columns, permissions, SpanForm, _earned(by), empty, chart)


TRADING = [
    Report(
        "sales-by-day",
        _("Sales by day"),
        INVOICED,
        [Column("day", _("day"), Kind.DAY), count("quantity", _("units")), amount("net", _("net"))],
        SEE_SALES,
        SpanForm,
        _sold_by_day,
        NO_SALES,
        Chart("day", "net", over_time=True),
    ),
    _sales_report(By.PRODUCT, _("Sales by product")),
    _sales_report(By.CATEGORY, _("Sales by category")),
    _sales_report(By.CUSTOMER, _("Sales by customer")),
    _margin_report(By.ORDER, _("Margin by order")),
    _margin_report(By.PRODUCT, _("Margin by product")),
    _margin_report(By.CUSTOMER, _("Margin by customer")),
    Report(
        "tax",
        _("Tax by rate and month"),
        _("Tax of the invoices issued in these days, less that of the credit notes issued in these days."),
        [
            Column("month", _("month"), Kind.MONTH),
            Column("percent", _("rate in %"), Kind.PERCENT),
            Column("category", _("tax category")),
            amount("net", _("net")),
            amount("tax", _("tax")),
        ],
        SEE_SALES,
        SpanForm,
        _taxed,
        NO_SALES,
    ),
]
