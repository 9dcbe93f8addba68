"""What leads from a record to the reports about it."""

from django.http import HttpRequest
from django.urls import reverse

from inventory_project.base.admin import Button, offer_button
from sales.models import Customer

from .catalogue import REPORTS

OF_CUSTOMER = ("customer-statement", "receivables")


def report_button(name: str):
    """The button of a report about the customer, for whoever may see it."""

    def button(request: HttpRequest, customer: Customer) -> Button | None:
        report = REPORTS[name]
        if report.missing_permission(request.user):
            return None
        url = reverse("admin:report", args=[name], query={"customer": customer.pk})
        return Button(name.replace("-", "_"), report.title, url=url)

    return button


for _name in OF_CUSTOMER:
    offer_button(Customer, report_button(_name))
