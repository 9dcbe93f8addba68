"""The same bank statement, recorded by several people at once: each line has one payment, whoever was first."""

from decimal import Decimal

import pytest

from billing.models import Payment
from billing.queries.transfers import Transfer
from billing.services import (
    InvoiceLine,
    TransfersRefused,
    create_invoice,
    issue_invoice,
    record_transfers,
)
from inventory_project.base.clock import today
from tests.proof.figures import note

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PEOPLE, LINES = 8, 12


def issued(shop):
    line = InvoiceLine(description="Advice", unit_price=Decimal("100"), tax_category="Z")
    return issue_invoice(create_invoice(customer=shop.customer, lines=[line], by=shop.clerk), by=shop.clerk)


def recorded(shares, by) -> int:
    try:
        return len(record_transfers(shares, by=by))
    except TransfersRefused as refusal:
        assert len(refusal.reasons) == len(shares)
        return 0


def test_the_same_statement_is_recorded_once(shop, crowd):
    """Each invoice would have room for all of them: only that the line is known keeps the others out."""
    invoices = [issued(shop) for _ in range(3)]
    shares = [
        (Transfer(today(), Decimal(1 + line % 2), f"line {line}", "Payer"), invoices[line % 3]) for line in range(LINES)
    ]

    def work(client: int) -> int:
        mine = shares if client % 2 else shares[::-1]
        return recorded(mine, shop.clerk)

    assert sorted(crowd(PEOPLE).all_do(work)) == [0] * (PEOPLE - 1) + [LINES]
    assert Payment.objects.count() == LINES
    note(f"The same bank statement, recorded by {PEOPLE} at once (services)", f"{LINES} lines", "each line paid once")


def test_a_line_is_recorded_once_though_everybody_chose_another_invoice(shop, crowd):
    invoices = [issued(shop) for _ in range(PEOPLE)]
    transfers = [Transfer(today(), Decimal(5), f"line {line}", "Payer") for line in range(4)]

    def work(client: int) -> int:
        mine = transfers if client % 2 else transfers[::-1]
        return recorded([(transfer, invoices[client]) for transfer in mine], shop.clerk)

    assert sorted(crowd(PEOPLE).all_do(work)) == [0] * (PEOPLE - 1) + [4]
    assert set(Payment.objects.values_list("bank_entry", flat=True)) == {each.entry for each in transfers}
