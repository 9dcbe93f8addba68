"""Money that a bank statement says has come in: which payment has it already, which invoice it is meant for."""

import datetime
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext as _

from billing.models import Invoice, Payment, PaymentStatus
from inventory_project.base.clock import business_day, start_of_day
from inventory_project.base.fields import fold

LONGEST_REFERENCE = Payment._meta.get_field("reference").max_length
MOST_CANDIDATES = 5_000  # open invoices with one of the amounts: among more, a customer is not looked for
SHORTEST_NAME = 10  # banks cut names off; so much of one says who it is
NO_REFERENCE = {"", "notprovided", "nonref"}  # what banks write where there is none

# INV-2026-000001, as people write it, and as it is left when a bank breaks lines within it.
WRITTEN = re.compile(rf"{Invoice.SERIES}\W{{0,3}}(\d{{4}})\W{{1,3}}0*(\d{{1,9}})(?!\d)", re.IGNORECASE)
TOGETHER = re.compile(rf"{Invoice.SERIES}(\d{{4}})(\d{{6}})", re.IGNORECASE)


@dataclass(frozen=True)
class Transfer:
    """A line of a bank statement that says that money has come in."""

    day: datetime.date
    amount: Decimal
    text: str = ""  # what whoever paid has written
    payer: str = ""
    bank_reference: str = ""  # what the bank calls it

    @property
    def reference(self) -> str:
        """What the payment says it was for."""
        return " ".join((self.text or self.payer or self.bank_reference).split())[:LONGEST_REFERENCE]

    @property
    def is_named(self) -> bool:
        """Whether the bank has a name for it, so that it can be told from others of that day, amount and text."""
        return fold(self.bank_reference) not in NO_REFERENCE

    @property
    def entry(self) -> str:
        """How it is known again, in whichever file it stands."""
        said = [self.bank_reference] if self.is_named else [self.text, self.payer]
        parts = [self.day.isoformat(), f"{self.amount:.2f}", *(fold(" ".join(part.split())) for part in said)]
        digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]
        return f"{'bank' if self.is_named else 'text'}:{digest}"


class Found(StrEnum):
    MATCHED = "matched"  # the invoice is named, and the amount is what is open
    SUGGESTED = "suggested"
    UNMATCHED = "unmatched"
    THERE = "there"  # recorded before


@dataclass(frozen=True)
class Proposal:
    """What a transfer is probably meant for, and why it is no more certain than that."""

    found: Found
    invoice: Invoice | None = None
    why: str = ""


def recorded(transfers: Sequence[Transfer]) -> dict[str, Payment]:
    """The payments that have these transfers already, by `entry`; also those that were recorded by hand."""
    payments = Payment.objects.filter(status=PaymentStatus.RECORDED).select_related("invoice")
    found = {each.bank_entry: each for each in payments.filter(bank_entry__in={t.entry for t in transfers})}
    others = [t for t in transfers if t.reference and t.entry not in found]
    if not others:
        return found
    days = [t.day for t in others]
    alike = payments.filter(
        paid_date__gte=start_of_day(min(days)),
        paid_date__lt=start_of_day(max(days) + datetime.timedelta(days=1)),
        amount__in={t.amount for t in others},
        reference__in={t.reference for t in others},
    )
    by_words = {(business_day(each.paid_date), each.amount, each.reference): each for each in alike}
    for transfer in others:
        payment = by_words.get((transfer.day, transfer.amount, transfer.reference))
        if payment and not (transfer.is_named and payment.bank_entry.startswith("bank:")):
            found[transfer.entry] = payment
    return found


def propose(transfers: Sequence[Transfer]) -> list[Proposal]:
    """For each transfer, in their order: what it is meant for. Reads a few times, however many there are."""
    there = recorded(transfers)
    numbers = {t: _numbers(t.text) for t in transfers}
    named = _invoices(number for some in numbers.values() for number in some)
    candidates = _candidates([t for t in transfers if not numbers[t]])
    left = {each.pk: each.balance for each in [*named.values(), *(i for some in candidates.values() for i in some)]}
    seen: Counter[str] = Counter()
    proposals = []
    for transfer in transfers:
        seen[transfer.entry] += 1
        if payment := there.get(transfer.entry):
            proposal = Proposal(Found.THERE, payment.invoice, _("%(payment)s has it.") % {"payment": payment})
        elif seen[transfer.entry] > 1:
            proposal = Proposal(Found.THERE, None, _("The same stands in the file before."))
        elif meant := [named[number] for number in numbers[transfer] if number in named]:
            proposal = _by_number(transfer, meant, left)
        else:
            proposal = _by_customer(transfer, candidates.get(transfer.amount, []), left)
        if proposal.invoice and proposal.found in (Found.MATCHED, Found.SUGGESTED):
            left[proposal.invoice.pk] -= transfer.amount
        proposals.append(proposal)
    return proposals


def _numbers(text: str) -> list[str]:
    """The invoice numbers in a text, each once."""
    found = WRITTEN.findall(text) or TOGETHER.findall(re.sub(r"\W", "", text))
    return list(dict.fromkeys(f"{Invoice.SERIES}-{year}-{int(place):06d}" for year, place in found))


def _invoices(numbers: Iterable[str]) -> dict[str, Invoice]:
    rows = Invoice.objects.filter(invoice_number__in=set(numbers)).select_related("customer")
    return {row.invoice_number: row for row in rows}


def _candidates(transfers: Sequence[Transfer]) -> dict[Decimal, list[Invoice]]:
    """Open invoices of which just the amount of one of the transfers is open."""
    amounts = {t.amount for t in transfers}
    rows = Invoice.objects.open().filter(Q(balance__in=amounts)).select_related("customer").order_by("pk")
    found: dict[Decimal, list[Invoice]] = {}
    for row in list(rows[: MOST_CANDIDATES + 1]) if amounts else ():
        found.setdefault(row.balance, []).append(row)
    return found if sum(map(len, found.values())) <= MOST_CANDIDATES else {}


def _by_number(transfer: Transfer, meant: Sequence[Invoice], left: dict[int, Decimal]) -> Proposal:
    unpaid = [each for each in meant if each.is_unpaid and left[each.pk] > 0]
    if not unpaid:
        status = {"invoice": meant[0], "status": meant[0].get_status_display()}
        why = _("%(invoice)s is %(status)s.") if not meant[0].is_unpaid else _("Other lines pay all of %(invoice)s.")
        return Proposal(Found.UNMATCHED, None, why % status)
    if len(unpaid) > 1:
        names = ", ".join(map(str, unpaid[:5]))
        return Proposal(Found.UNMATCHED, None, _("It names several invoices: %(names)s.") % {"names": names})
    [invoice] = unpaid
    rest = left[invoice.pk]
    if transfer.amount == rest:
        return Proposal(Found.MATCHED, invoice)
    facts = {"invoice": invoice, "rest": rest}
    if transfer.amount > rest:
        return Proposal(Found.UNMATCHED, None, _("Only %(rest)s of %(invoice)s is open.") % facts)
    return Proposal(Found.SUGGESTED, invoice, _("A part: %(rest)s of %(invoice)s is open.") % facts)


def _by_customer(transfer: Transfer, candidates: Sequence[Invoice], left: dict[int, Decimal]) -> Proposal:
    open_ones = [each for each in candidates if left[each.pk] == transfer.amount]
    theirs = [each for each in open_ones if _is_from(transfer, each.customer)]
    if len(theirs) == 1:
        return Proposal(Found.SUGGESTED, theirs[0], _("Customer and amount agree."))
    if theirs:
        text = _("%(customer)s has %(count)d open invoices of this amount.")
        return Proposal(Found.UNMATCHED, None, text % {"customer": theirs[0].customer, "count": len(theirs)})
    return Proposal(Found.UNMATCHED, None, _("It names no invoice, and no customer owes just this."))


def _is_from(transfer: Transfer, customer) -> bool:
    """Whether the payer is called as the customer is, or the text has the customer's code."""
    words = re.split(r"[^\w-]+", fold(transfer.text))
    payer, name = _letters(transfer.payer), _letters(customer.name)
    if fold(customer.code) in words or (payer and payer == name):
        return True
    return len(payer) >= SHORTEST_NAME <= len(name) and (name.startswith(payer) or payer.startswith(name))


def _letters(name: str) -> str:
    return re.sub(r"\W", "", fold(name))
