"""A worker that is killed in the middle of an act: nothing half done, and the same request again has one effect."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

import pytest
from django.db.models import Model, Sum

from accounts.services import create_token
from billing.models import CreditNote, Invoice, Payment
from billing.services import (
    InvoiceLine,
    create_credit_note,
    create_invoice,
    issue_credit_note,
    issue_invoice,
    pay_invoice,
)
from inventory_project.models import IdempotencyRecord
from sales.models import Order
from stock.models import StockMovement
from tests.proof.figures import note
from tests.proof.mortal_wsgi import END
from tests.proof.scene import Scene
from tests.proof.server import Caller, Server, serving
from tests.proof.shop import balance
from tests.proof.sizes import SIZE

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

KEYS = count(1)


@pytest.fixture(scope="module")
def mortal(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose workers can be killed by what a request says; new ones are forked from the loaded product."""
    place = tmp_path_factory.mktemp("mortal")
    more = {"GUNICORN_CMD_ARGS": "--preload", "DOCUMENTS_ROOT": str(place / "documents")}
    with serving(place / "gunicorn.log", "tests.proof.mortal_wsgi:application", **more) as running:
        yield running


def draft(scene: Scene) -> Invoice:
    lines = [InvoiceLine(description="Advice", unit_price=Decimal("100"), tax_category="Z")]
    return create_invoice(customer=scene.shop.customer, lines=lines, by=scene.by)


def issued(scene: Scene) -> Invoice:
    return issue_invoice(draft(scene), by=scene.by)


def to_refund(scene: Scene) -> CreditNote:
    invoice = pay_invoice(issued(scene), payment_method="cash", by=scene.by).invoice
    return issue_credit_note(create_credit_note(invoice, reason="Late", by=scene.by), by=scene.by)


def of_invoice(invoice: Invoice, scene: Scene) -> tuple:
    paid = Payment.objects.filter(invoice=invoice).aggregate(sum=Sum("amount"))["sum"]
    return invoice.status, bool(invoice.series_number), invoice.amount_paid, paid


def of_note(credit: CreditNote, scene: Scene) -> tuple:
    return credit.status, credit.refunded_amount, Invoice.objects.get(pk=credit.invoice_id).amount_refunded


def of_order(order: Order, scene: Scene) -> tuple:
    here = balance(scene.product, scene.here)
    moved = StockMovement.objects.filter(product=scene.product, kind="shipment").count()
    return order.status, here.quantity, here.reserved, moved, order.shipments.count()


@dataclass(frozen=True)
class Act:
    """What is asked for, on what, what is seen of it, and how that is when it is done."""

    name: str
    prepare: Callable[[Scene], Model]
    path: str
    body: dict
    facts: Callable[[Model, Scene], tuple]
    done: tuple


HUNDRED = Decimal("100.00")
ACTS = [
    Act(
        "pay",
        issued,
        "invoices/{}/pay/",
        {"amount": "40.00", "payment_method": "cash"},
        of_invoice,
        ("issued", True, Decimal("40.00"), Decimal("40.00")),
    ),
    Act("issue", draft, "invoices/{}/issue/", {}, of_invoice, ("issued", True, Decimal(0), None)),
    Act("ship", Scene.confirmed, "orders/{}/ship/", {}, of_order, ("shipped", 6, 0, 1, 1)),
    Act("cancel", Scene.confirmed, "orders/{}/cancel/", {}, of_order, ("cancelled", 10, 0, 0, 0)),
    Act(
        "refund",
        to_refund,
        "credit-notes/{}/refund/",
        {"refund_method": "cash", "amount": "30.00"},
        of_note,
        ("issued", Decimal("30.00"), Decimal("30.00")),
    ),
]


def moments(writes: int) -> list[str]:
    """Before which writes the worker dies: all of them or, in the short size, the first, the middle and the last."""
    every = list(range(1, writes + 1))
    chosen = every if writes <= SIZE.deaths else [1, (writes + 1) // 2, writes][: SIZE.deaths]
    return [*(str(moment) for moment in dict.fromkeys(chosen)), END]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_a_killed_worker_leaves_nothing_half_done(act: Act, shop, mortal: Server):
    caller = mortal.caller(create_token(shop.clerk, "proof")[1])
    _try(act, shop, caller, "never")  # the first call with a key also notes that it was used
    answer, *_rest = _try(act, shop, caller, "never")
    assert answer is not None, mortal.log.read_text()
    assert answer.status == 200, answer
    chosen = moments(int(answer.headers["X-Writes"]))
    for moment in chosen:
        answer, before, after, again = _try(act, shop, caller, moment)
        assert answer is None, (moment, answer)
        assert after in (before, act.done), moment
        assert after == act.done or moment != END
        if moment == "1":
            assert after == before
        assert again == act.done, moment
    numbers = Invoice.objects.filter(series_number__isnull=False).order_by("series_number")
    assert list(numbers.values_list("series_number", flat=True)) == list(range(1, numbers.count() + 1))
    note(
        f"Worker killed (-9) in the middle of {act.name} (API)",
        f"{len(chosen)} moments: before writes, and before the answer",
        "no half effect; the same key again: one effect",
    )


def _try(act: Act, shop, caller: Caller, moment: str) -> tuple:
    """Send the request so that the worker dies, then twice more with the same key; gives the first answer, and what
    was seen before, in between and at the end."""
    scene = Scene(shop)
    row = act.prepare(scene)
    path, key = act.path.format(row.pk), f"killed-{next(KEYS)}"

    def seen() -> tuple:
        return act.facts(type(row).objects.get(pk=row.pk), scene)

    before = seen()
    try:
        answer = caller.post(path, act.body, Idempotency_Key=key, X_Die_At=moment)
    except OSError:
        answer = None
    after = seen()
    assert IdempotencyRecord.objects.filter(key=key).exists() == (after != before)
    first = caller.post(path, act.body, Idempotency_Key=key)
    second = caller.post(path, act.body, Idempotency_Key=key)
    assert (first.status, second.status, second.text) == (200, 200, first.text), first
    assert second.headers["Idempotent-Replayed"] == "true"
    return answer, before, after, seen()
