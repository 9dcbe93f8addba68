"""What a credit note comes to."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from billing.models import CreditNote, CreditNoteItem, CreditNoteStatus, InvoiceItem
from billing.models.number import draft_number
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.money import ZERO, line_net
from inventory_project.base.services import lock_all
from sales.models import SalesReturn, SalesReturnItem

from .parts import Left, Part, taxes_of_credit

LINE_FIELDS = ["unit_price", "tax_percent", "subtotal", "tax_amount"]


def recalculate_credit_note(note: CreditNote) -> None:
    """Bring a draft's lines, totals and number up to date.

    Ends every change of a draft, inside its transaction. Refuses to credit more than was invoiced or, of a sales
    return, more than was received.
    """
    items = list(note.items.order_by("pk"))
    charged = lock_charged(item.invoice_item_id for item in items)
    if any(line.invoice_id != note.invoice_id for line in charged.values()):
        raise InvalidInput(_("A line belongs to another invoice."), code="other_invoice", field="items")
    left = left_to_credit(charged, without=note)
    require_creditable(items, charged, left)
    if note.sales_return_id:
        require_received(items, charged, to_credit_of(note.sales_return, without=note))
    _compute(items, charged, left)
    CreditNoteItem.objects.bulk_update(items, LINE_FIELDS)
    _write_totals(note, items)


def lock_charged(ids) -> dict[int, InvoiceItem]:
    """Lock lines of invoices, so that nobody else credits them meanwhile."""
    return {line.pk: line for line in lock_all(InvoiceItem.objects.filter(pk__in=set(ids)))}


def left_to_credit(charged: Mapping[int, InvoiceItem], *, without: CreditNote | None = None) -> dict[int, Left]:
    """What the other credit notes, drafts included, leave of each of these lines."""
    left = {pk: Left(line.quantity, line.subtotal, line.tax_amount) for pk, line in charged.items()}
    for item in _live(without).filter(invoice_item__in=charged):
        left[item.invoice_item_id].subtract(item.quantity, item.subtotal, item.tax_amount)
    return left


def to_credit_of(sales_return: SalesReturn, *, without: CreditNote | None = None) -> Counter[int]:
    """Units that were received and are on no credit note yet, by order line. The return's lines are locked."""
    units: Counter[int] = Counter()
    for line in lock_all(SalesReturnItem.objects.filter(sales_return=sales_return)):
        units[line.order_item_id] += line.quantity_received
    credited = _live(without).filter(credit_note__sales_return=sales_return)
    for order_item, quantity in credited.values_list("invoice_item__order_item", "quantity"):
        units[order_item] -= quantity
    return units


def _live(without: CreditNote | None):
    items = CreditNoteItem.objects.exclude(credit_note__status=CreditNoteStatus.CANCELLED)
    return items.exclude(credit_note=without) if without else items


def require_creditable(
    items: Sequence[CreditNoteItem], charged: Mapping[int, InvoiceItem], left: Mapping[int, Left]
) -> None:
    """Refuse to credit more units than are left."""
    over = [item for item in items if item.quantity > left[item.invoice_item_id].quantity]
    if over:
        _refuse(
            _("More would be credited than was invoiced: %(lines)s."),
            "over_credited",
            [(charged[item.invoice_item_id], item.quantity, left[item.invoice_item_id].quantity) for item in over],
        )


def require_received(
    items: Sequence[CreditNoteItem], charged: Mapping[int, InvoiceItem], received: Mapping[int, int]
) -> None:
    """Refuse to credit of a return what did not come back."""
    asked: Counter[int | None] = Counter()
    for item in items:
        asked[charged[item.invoice_item_id].order_item_id] += item.quantity
    over = {key: units for key, units in asked.items() if units > received.get(key, 0)}
    if over:
        lines = {charged[item.invoice_item_id].order_item_id: charged[item.invoice_item_id] for item in items}
        _refuse(
            _("More would be credited than was received: %(lines)s."),
            "not_received",
            [(lines[key], units, received.get(key, 0)) for key, units in over.items()],
        )


def _refuse(message: str, code: str, lines: Sequence[tuple[InvoiceItem, int, int]]) -> None:
    names = "; ".join(f"{line.description} {asked} > {most}" for line, asked, most in lines)
    raise RuleViolation(
        message % {"lines": names},
        code=code,
        field="items",
        details={"lines": [{"invoice_item": line.pk, "asked": asked, "left": most} for line, asked, most in lines]},
    )


def _compute(items: Sequence[CreditNoteItem], charged: Mapping[int, InvoiceItem], left: Mapping[int, Left]) -> None:
    """At the price of the invoice; what credits the last unit of a line takes what is left of it."""
    parts = []
    for item in items:
        line, rest = charged[item.invoice_item_id], left[item.invoice_item_id]
        item.unit_price, item.tax_percent = line.unit_price, line.tax_percent
        item.subtotal = rest.net_of(item.quantity, line_net(item.quantity, line.unit_price, line.discount_percent))
        rate = (line.tax_percent, line.tax_category)
        parts.append(Part(item.subtotal, rate, rest.tax, rest.is_last(item.quantity)))
    for item, tax in zip(items, taxes_of_credit(parts), strict=True):
        item.tax_amount = tax


def _write_totals(note: CreditNote, items: Sequence[CreditNoteItem]) -> None:
    note.credit_note_number = draft_number(note.pk)
    note.subtotal_amount = sum((item.subtotal for item in items), ZERO)
    note.tax_amount = sum((item.tax_amount for item in items), ZERO)
    note.total_amount = note.subtotal_amount + note.tax_amount
    totals = ["subtotal_amount", "tax_amount", "total_amount"]
    note.save(update_fields=["credit_note_number", *totals, "updated_at", "updated_by"])
