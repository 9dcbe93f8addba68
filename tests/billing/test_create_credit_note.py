from decimal import Decimal

import pytest

from billing.models import CreditNote, CreditNoteItem
from billing.services import (
    CreditLine,
    cancel_credit_note,
    cancel_invoice,
    create_credit_note,
    invoice_order,
    issue_credit_note,
    recalculate_credit_note,
)
from inventory_project.base.services import save_lines

D = Decimal


@pytest.fixture
def credit(accountant):
    def make(invoice, *units, reason="Damaged"):
        """So many units of each line of the invoice; without units, all of it."""
        lines = zip(invoice.items.order_by("pk"), units, strict=False)
        wanted = [CreditLine(line, quantity) for line, quantity in lines if quantity]
        return create_credit_note(invoice, wanted if units else None, reason, by=accountant)

    return make


def figures(note):
    return note.subtotal_amount, note.tax_amount, note.total_amount


def test_units_are_credited_at_the_price_of_the_invoice(issued, credit):
    invoice = issued((5, "10.00", "19", "10"), (2, "3.00", "7"))
    note = credit(invoice, 2, 1)
    first, second = note.items.order_by("pk")
    assert (note.status, note.credit_note_number) == ("draft", f"DRAFT-{note.pk}")
    assert (first.quantity, first.unit_price, first.subtotal, first.tax_amount) == (2, D("10"), D("18.00"), D("3.42"))
    assert (second.quantity, second.tax_percent, second.subtotal, second.tax_amount) == (
        1,
        D("7"),
        D("3.00"),
        D("0.21"),
    )
    assert figures(note) == (D("21.00"), D("3.63"), D("24.63"))


def test_nothing_moves_on_the_invoice_before_it_is_issued(issued, credit):
    invoice = issued((5, "10.00"))
    credit(invoice, 2)
    invoice.refresh_from_db()
    assert (invoice.amount_credited, invoice.status) == (0, "issued")


def test_without_lines_all_that_is_left_is_credited(issued, credit):
    invoice = issued((3, "33.33"), (7, "0.0345", "7"), shipping="4.90")
    first = credit(invoice, 1, 3)
    second = credit(invoice)
    assert [item.quantity for item in second.items.order_by("pk")] == [2, 4, 1]
    assert first.total_amount + second.total_amount == invoice.total_amount


def test_thirds_add_up_to_exactly_the_total(issued, credit):
    invoice = issued((3, "33.3333"))
    notes = [credit(invoice, 1) for _ in range(3)]
    assert [note.subtotal_amount for note in notes] == [D("33.33"), D("33.33"), D("33.34")]
    assert sum(note.tax_amount for note in notes) == invoice.tax_amount
    assert sum(note.total_amount for note in notes) == invoice.total_amount


def test_line_by_line_adds_up_to_exactly_the_total(issued, credit):
    invoice = issued(*[(1, "10.03")] * 7, (3, "0.05", "7"))
    notes = [credit(invoice, *[int(i == j) * (1 if j < 7 else 3) for i in range(8)]) for j in range(8)]
    assert sum(note.total_amount for note in notes) == invoice.total_amount
    for line in invoice.items.all():
        credited = line.credit_note_items.all()
        assert sum(item.subtotal for item in credited) == line.subtotal
        assert sum(item.tax_amount for item in credited) == line.tax_amount


def test_cents_of_many_units_never_exceed_the_line(issued, credit):
    invoice = issued((10, "0.03"))
    notes = [credit(invoice, 1) for _ in range(10)]
    assert [note.tax_amount for note in notes] == [D("0.01")] * 6 + [D("0.00")] * 4
    assert sum(note.total_amount for note in notes) == invoice.total_amount


def test_over_crediting_is_refused(issued, credit, refused):
    invoice = issued((5, "10.00"))
    credit(invoice, 4)
    with refused("over_credited") as refusal:
        credit(invoice, 2)
    [line] = refusal.value.details["lines"]
    assert (line["asked"], line["left"]) == (2, 1)


def test_a_line_named_twice_counts_together(issued, accountant, refused):
    invoice = issued((5, "10.00"))
    line = invoice.items.get()
    with refused("over_credited"):
        create_credit_note(invoice, [CreditLine(line, 3), CreditLine(line, 3)], "Damaged", by=accountant)
    note = create_credit_note(invoice, [CreditLine(line, 2), CreditLine(line, 3)], "Damaged", by=accountant)
    assert note.items.get().quantity == 5


def test_a_cancelled_draft_gives_its_units_back(issued, credit, accountant, refused):
    invoice = issued((5, "10.00"))
    note = credit(invoice, 5)
    with refused("nothing_to_credit"):
        credit(invoice)
    cancel_credit_note(note, by=accountant)
    assert credit(invoice).total_amount == invoice.total_amount


def test_only_an_issued_invoice_is_credited(ordered, issued, credit, accountant, refused):
    draft = invoice_order(ordered((1, "1")), by=accountant)
    with refused("invalid_state"):
        credit(draft)
    cancelled = cancel_invoice(issued((1, "1")), by=accountant)
    with refused("invalid_state"):
        credit(cancelled)


@pytest.mark.parametrize("units", [0, -1, True, 1.5])
def test_units_that_cannot_be_right(issued, accountant, refused, units):
    invoice = issued((5, "10.00"))
    with refused("invalid") as refusal:
        create_credit_note(invoice, [CreditLine(invoice.items.get(), units)], "Damaged", by=accountant)
    assert refusal.value.field == "items/0/quantity"


def test_a_line_of_another_invoice_is_refused(issued, accountant, refused):
    invoice, other = issued((5, "10.00")), issued((5, "10.00"))
    with refused("other_invoice"):
        create_credit_note(invoice, [CreditLine(other.items.get(), 1)], "Damaged", by=accountant)


def test_a_reason_is_needed(issued, credit, refused):
    invoice = issued((5, "10.00"))
    with refused("invalid") as refusal:
        credit(invoice, reason=" ")
    assert refusal.value.field == "reason"


def test_a_draft_is_edited_line_by_line(issued, credit, accountant, refused):
    invoice = issued((5, "10.00"), (1, "4.00"))
    note = credit(invoice, 2)
    line = note.items.get()
    line.quantity = 5
    other = invoice.items.order_by("pk").last()
    extra = CreditNoteItem(credit_note=note, invoice_item=other, quantity=1)
    save_lines(note, save=[line, extra], recalculate=recalculate_credit_note, by=accountant)
    assert CreditNote.objects.get(pk=note.pk).total_amount == invoice.total_amount
    line.quantity = 6
    with refused("over_credited"):
        save_lines(note, save=[line], recalculate=recalculate_credit_note, by=accountant)


def test_an_issued_one_is_not_edited(issued, credit, accountant, refused):
    note = issue_credit_note(credit(issued((5, "10.00")), 2), by=accountant)
    line = note.items.get()
    with refused("invalid_state"):
        save_lines(note, save=[line], recalculate=recalculate_credit_note, by=accountant)
