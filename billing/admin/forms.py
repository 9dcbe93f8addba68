"""The questions of the acts on invoices, payments and credit notes."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import CreditNote, PaymentMethod
from billing.services import CreditLine, instant_of
from inventory_project.base.admin import (
    ActForm,
    ConfirmForm,
    DayInput,
    DecimalNumberField,
    GridForm,
    OptionalReasonForm,
    ReasonForm,
    WholeNumberField,
    columns,
    search_field,
)
from inventory_project.base.fields import AMOUNT_MAX, INTEGER_MAX

CENT = Decimal("0.01")


def money(label, **kwargs) -> DecimalNumberField:
    """An amount above 0."""
    return DecimalNumberField(
        label=label, min_value=CENT, max_value=AMOUNT_MAX, max_digits=14, decimal_places=2, **kwargs
    )


class PaymentFields(ActForm):
    """How money came in."""

    submit = _("Record payment")

    amount = money(_("Amount"))
    payment_method = forms.ChoiceField(
        label=_("Method"), choices=PaymentMethod.choices, initial=PaymentMethod.BANK_TRANSFER
    )
    reference = forms.CharField(
        label=_("Reference"), max_length=140, required=False, help_text=_("As on the bank statement or the receipt.")
    )
    paid_on = forms.DateField(label=_("Paid on"), required=False, widget=DayInput, help_text=_("Empty: today."))

    def parameters(self):
        values = dict(self.cleaned_data)
        values["paid_date"] = instant_of(values.pop("paid_on"))
        return values


class PayForm(PaymentFields):
    """A payment for one invoice; at first all that is still to be paid."""

    title = _("Record a payment for %(object)s")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = self.row.balance
        self.intro = _("Still to be paid: %(balance)s") % {"balance": self.row.balance}


class PayCustomerForm(PaymentFields):
    """A payment for several invoices of a customer."""

    title = _("Record a payment of %(object)s")
    intro = _("Spread over the customer's open invoices, the one that is due first coming first.")


class InvoiceOrderForm(ActForm):
    """How much of an order to invoice."""

    title = _("Create an invoice for %(object)s")
    submit = _("Create draft")

    shipped_only = forms.BooleanField(label=_("Only what has been shipped"), required=False, initial=True)


class CancelInvoiceForm(OptionalReasonForm):
    """Why an invoice is called off."""

    title = _("Cancel %(object)s")
    submit = _("Cancel the invoice")
    intro = _("Its number stays used. What it charged of an order can be invoiced again.")


class RemindForm(ConfirmForm):
    """Whether customers are to be reminded."""

    title = _("Remind of %(object)s")
    submit = _("Send")
    intro = _(
        "Each customer gets one mail about all that is overdue, with the invoices, also those that were not selected. "
        "What went to them today stays out of it."
    )


class VoidForm(ReasonForm):
    """Why a payment turns out to be none."""

    title = _("Void %(object)s")
    submit = _("Void the payment")
    intro = _("The invoice is open again by this amount. The payment stays on record.")


class CreditForm(GridForm):
    """What of an invoice is credited, and why."""

    title = _("Credit %(object)s")
    submit = _("Create draft")
    intro = _("Leave all quantities empty to credit everything that is left or, for a return, what came back.")
    fact_labels = (_("Line"), _("Invoiced"), _("Unit price"), _("Net amount"))

    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, help_text=_("Printed on the note. Empty: the return's.")
    )
    sales_return = search_field(CreditNote._meta.get_field("sales_return"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sales_return"].initial = self.request.GET.get("sales_return")

    def get_lines(self):
        return self.row.items.order_by("pk")

    def get_facts(self, line):
        return line.description, line.quantity, columns.price_text(line.unit_price), columns.figure(line.subtotal, 2)

    def get_entries(self, line):
        field = WholeNumberField(
            label=_("credit"), min_value=0, max_value=min(line.quantity, INTEGER_MAX), required=False
        )
        return {"quantity": field}

    def parameters(self):
        asked = [(line, self.answers(line)["quantity"]) for line in self.lines]
        lines = [CreditLine(line, quantity) for line, quantity in asked if quantity]
        return {"lines": lines or None, **self.header_answers()}


class RefundForm(ActForm):
    """How money is given back."""

    title = _("Refund %(object)s")
    submit = _("Record refund")

    amount = money(_("Amount"))
    refund_method = forms.ChoiceField(
        label=_("Method"), choices=PaymentMethod.choices, initial=PaymentMethod.BANK_TRANSFER
    )
    reference = forms.CharField(label=_("Reference"), max_length=140, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = self.row.amount_to_refund
        self.intro = _("Still to be refunded: %(amount)s") % {"amount": self.row.amount_to_refund}
