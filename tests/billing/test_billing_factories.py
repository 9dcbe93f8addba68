from decimal import Decimal

import pytest

from tests.factories.billing import (
    CreditNoteFactory,
    CreditNoteItemFactory,
    InvoiceFactory,
    InvoiceItemFactory,
    PaymentFactory,
    issued_credit_note,
    issued_invoice,
)

D = Decimal

pytestmark = pytest.mark.django_db


def test_a_batch_of_each_can_be_made():
    for factory in (
        InvoiceFactory,
        InvoiceItemFactory,
        PaymentFactory,
        CreditNoteFactory,
        CreditNoteItemFactory,
    ):
        assert len({row.pk for row in factory.create_batch(3)}) == 3


def test_totals_and_balances_are_right():
    assert issued_invoice().balance == D("119.00")
    assert PaymentFactory().invoice.status == "paid"
    assert PaymentFactory(amount=D("19")).invoice.balance == D("100.00")
    assert CreditNoteItemFactory().credit_note.total_amount == D("59.50")
    assert issued_credit_note().invoice.balance == 0
