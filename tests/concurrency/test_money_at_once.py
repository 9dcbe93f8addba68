"""Money under many clients: numbers without a gap, and requests that are sent again paid once."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum

from billing.models import Invoice, Payment
from billing.services import InvoiceLine, create_invoice, issue_invoice
from tests.proof.figures import note
from tests.proof.sizes import SIZE

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

EACH = 5
CLIENTS = 20


class Failed(Exception):
    """Something went wrong after the number was taken."""


def draft(shop) -> Invoice:
    line = InvoiceLine(description="Advice", unit_price=Decimal("100"), tax_category="Z")
    return create_invoice(customer=shop.customer, lines=[line], by=shop.clerk)


def issue_or_fail(invoice: Invoice, by, *, fail: bool) -> None:
    try:
        with transaction.atomic():
            issue_invoice(invoice, by=by)
            if fail:
                raise Failed
    except Failed:
        pass


def test_no_number_is_lost_when_a_fifth_of_the_issues_fail(shop, crowd):
    clients = crowd(SIZE.issuers)
    invoices = [draft(shop) for _ in range(SIZE.issuers * EACH)]

    def work(client: int) -> int:
        failed = 0
        for turn, invoice in enumerate(invoices[client :: SIZE.issuers]):
            fail = (client + turn) % 5 == 0
            failed += fail
            issue_or_fail(invoice, shop.clerk, fail=fail)
        return failed

    failed = sum(clients.all_do(work))
    assert failed == len(invoices) // 5
    numbers = Invoice.objects.filter(series_number__isnull=False).order_by("series_number")
    assert list(numbers.values_list("series_number", flat=True)) == list(range(1, len(invoices) - failed + 1))
    dates = list(numbers.values_list("issued_date", flat=True))
    assert dates == sorted(dates)
    note(
        f"Invoices issued by {SIZE.issuers} clients at once, a fifth failing after the number was taken (services)",
        f"{len(invoices)} issues, {failed} failures",
        "numbers without a gap, in the order of their dates",
    )


def test_the_same_key_pays_once(shop, caller, crowd):
    invoice = issue_invoice(draft(shop), by=shop.clerk)
    body = {"amount": "30.00", "payment_method": "bank_transfer"}
    path = f"invoices/{invoice.pk}/pay/"
    answers = crowd(CLIENTS).all_do(lambda client: caller.post(path, body, Idempotency_Key="transfer-1"))
    assert {answer.status for answer in answers} == {200}, answers
    assert len({answer.text for answer in answers}) == 1
    assert Payment.objects.get().amount == 30
    note(f"A payment sent {CLIENTS} times at once with one Idempotency-Key (API)", "1 round", "one payment")


def test_keys_of_their_own_never_pay_too_much(shop, caller, crowd):
    invoice = issue_invoice(draft(shop), by=shop.clerk)
    body = {"amount": "30.00", "payment_method": "bank_transfer"}
    path = f"invoices/{invoice.pk}/pay/"
    answers = crowd(CLIENTS).all_do(lambda client: caller.post(path, body, Idempotency_Key=f"transfer-{client}"))
    assert sorted(answer.status for answer in answers) == [200] * 3 + [409] * (CLIENTS - 3)
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"above_balance"}
    assert Payment.objects.aggregate(sum=Sum("amount"))["sum"] == 90
    assert Invoice.objects.get().balance == 10
