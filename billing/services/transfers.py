"""Money from a bank statement: all the payments at once, or none of them."""

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.models import Invoice, Payment, PaymentMethod
from billing.queries.transfers import Transfer, recorded
from billing.services.payments import instant_of, pay_invoice
from inventory_project.base import database_errors
from inventory_project.base.errors import RuleViolation
from inventory_project.base.services import lock_all, service


class TransfersRefused(RuleViolation):
    """Some can't be recorded, so none was. `reasons` says why, by their place among those that were handed in."""

    code = "transfers_refused"

    def __init__(self, reasons: Mapping[int, str]) -> None:
        self.reasons = dict(reasons)
        text = _("Nothing was recorded: %(count)d can't be. First: %(first)s")
        super().__init__(text % {"count": len(reasons), "first": reasons[min(reasons)]})


@service
def record_transfers(shares: Sequence[tuple[Transfer, Invoice]], *, by) -> list[Payment]:
    """Record each transfer as a payment of its invoice. Refuses all of them if one can't be recorded.

    A transfer that has been recorded before, by anybody and from whichever file, is refused.
    """
    lock_all(Invoice.objects.filter(pk__in={invoice.pk for _transfer, invoice in shares}))
    there = recorded([transfer for transfer, _invoice in shares])
    payments, reasons = [], {}
    # In one order for everybody: two who record the same at once never wait for each other.
    for place, (transfer, invoice) in sorted(enumerate(shares), key=lambda share: share[1][0].entry):
        try:
            with transaction.atomic():
                if payment := there.get(transfer.entry):
                    raise RuleViolation(_("%(payment)s has it already.") % {"payment": payment}, code="duplicate")
                there[transfer.entry] = _pay(transfer, invoice, by=by)
            payments.append(there[transfer.entry])
        except RuleViolation as refusal:
            reasons[place] = str(refusal)
        except IntegrityError as problem:  # somebody records the same at this moment
            reasons[place] = str(database_errors.refusal(problem))
    if reasons:
        raise TransfersRefused(reasons)
    return payments


def _pay(transfer: Transfer, invoice: Invoice, *, by) -> Payment:
    return pay_invoice(
        invoice,
        amount=transfer.amount,
        payment_method=PaymentMethod.BANK_TRANSFER,
        reference=transfer.reference,
        paid_date=instant_of(transfer.day),
        bank_entry=transfer.entry,
        by=by,
    )
