"""Invoices, payments and credit notes for tests, made through the services: totals, numbers and balances are right."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from billing.models import CreditNote, CreditNoteItem, Invoice, InvoiceItem, Payment, PaymentMethod
from billing.services import (
    create_credit_note,
    issue_credit_note,
    issue_invoice,
    pay_invoice,
    recalculate_credit_note,
    recalculate_invoice,
)

from .accounts import UserFactory
from .sales import CustomerFactory


class InvoiceFactory(DjangoModelFactory):
    """A draft without lines and without an order."""

    class Meta:
        model = Invoice

    customer = factory.SubFactory(CustomerFactory)
    user = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        invoice = super()._create(model_class, *args, **kwargs)
        recalculate_invoice(invoice)
        return invoice


class InvoiceItemFactory(DjangoModelFactory):
    """Two units at 50.00 and 19 % in a draft, which is recalculated."""

    class Meta:
        model = InvoiceItem

    invoice = factory.SubFactory(InvoiceFactory)
    description = factory.Sequence(lambda n: f"Advice {n}")
    quantity = 2
    unit_price = Decimal("50.0000")
    tax_percent = Decimal("19")
    tax_category = "S"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        item = super()._create(model_class, *args, **kwargs)
        recalculate_invoice(item.invoice)
        item.refresh_from_db()
        return item


def issued_invoice(**line: object) -> Invoice:
    """An issued invoice of 119.00; `line` are fields of its only line."""
    invoice = InvoiceItemFactory(**line).invoice
    return issue_invoice(invoice, by=invoice.user)


class PaymentFactory(DjangoModelFactory):
    """What is open on an issued invoice, paid."""

    class Meta:
        model = Payment

    invoice = factory.LazyFunction(issued_invoice)
    amount = factory.LazyAttribute(lambda payment: payment.invoice.balance)
    payment_method = PaymentMethod.BANK_TRANSFER
    reference = factory.Sequence(lambda n: f"Transfer {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        invoice = kwargs.pop("invoice")
        return pay_invoice(invoice, by=invoice.user, **kwargs)


class CreditNoteFactory(DjangoModelFactory):
    """A draft without lines, for an issued invoice."""

    class Meta:
        model = CreditNote

    invoice = factory.LazyFunction(issued_invoice)
    reason = "Damaged"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        note = super()._create(model_class, *args, **kwargs)
        recalculate_credit_note(note)
        return note


class CreditNoteItemFactory(DjangoModelFactory):
    """One unit of the invoice's first line in a draft, which is recalculated."""

    class Meta:
        model = CreditNoteItem

    credit_note = factory.SubFactory(CreditNoteFactory)
    invoice_item = factory.LazyAttribute(lambda item: item.credit_note.invoice.items.first())
    quantity = 1

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        item = super()._create(model_class, *args, **kwargs)
        recalculate_credit_note(item.credit_note)
        item.refresh_from_db()
        return item


def issued_credit_note(invoice: Invoice | None = None) -> CreditNote:
    """An issued credit note of all that is left to credit."""
    invoice = invoice or issued_invoice()
    return issue_credit_note(create_credit_note(invoice, reason="Damaged", by=invoice.user), by=invoice.user)
