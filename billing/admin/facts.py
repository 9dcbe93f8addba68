"""What billing adds to the lists of customers and orders: what is owed."""

from decimal import Decimal

from django.db.models import Sum
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from billing.models import Invoice
from inventory_project.base.admin import Tab, columns, offer_column, offer_tab
from inventory_project.base.admin.answers import linked
from sales.models import Customer, Order

SEE = "billing.view_invoice"


def _owed(invoices):
    def load(rows):
        sums = invoices().filter(customer__in=rows).order_by().values_list("customer")
        return dict(sums.annotate(Sum("balance")))

    return load


def _amount(value):
    return columns.figure(value or Decimal(0), 2)


def _late(value):
    return columns.badge(number_format(value, 2, force_grouping=True), "red") if value else columns.EMPTY


def _payment(rows):
    invoices = Invoice.objects.exclude(status__in=["draft", "cancelled"]).filter(order__in=rows).order_by()
    sums = invoices.values_list("order").annotate(Sum("total_amount"), Sum("balance"))
    return {order: (total, balance) for order, total, balance in sums}


def _payment_badge(sums):
    if sums is None:
        return columns.EMPTY
    total, balance = sums
    if not balance:
        return columns.badge(_("paid"), "green")
    return columns.badge(_("partly paid"), "amber") if balance < total else columns.badge(_("unpaid"))


for column in (
    columns.fact("open_balance", _("open balance"), _owed(Invoice.objects.open), _amount),
    columns.fact("overdue", _("overdue"), _owed(Invoice.objects.overdue), _late),
):
    offer_column(Customer, linked(column, "admin:sales_customer_why", "#invoices"), SEE)
offer_tab(
    Customer,
    Tab("overdue", _("With overdue"), lambda rows: rows.filter(pk__in=_with(Invoice.objects.overdue(), "customer"))),
    SEE,
)
offer_column(Order, columns.fact("payment", _("payment"), _payment, _payment_badge), SEE)
offer_tab(
    Order,
    Tab("unpaid", _("Unpaid"), lambda rows: rows.filter(pk__in=_with(Invoice.objects.open(), "order"))),
    SEE,
)


def _with(invoices, relation: str):
    return invoices.filter(**{f"{relation}__isnull": False}).order_by().values(relation)
