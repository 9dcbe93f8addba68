"""What was written once stays: the ledger, and what customers have on paper."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

import billing.triggers
import stock.triggers
from inventory_project.base.triggers import SQLSTATE, installed, missing, refusal
from inventory_project.history.recorders import recorders
from stock.models import StockMovement
from tests.schema.sample import Sample, issue, make_sample

TRIGGERS = [*stock.triggers.TRIGGERS, *billing.triggers.TRIGGERS]
LEDGER = "Rows of the ledger are never {}; reverse them instead."
INVOICE = "An issued invoice can't be {}; cancel it or credit it."
INVOICE_LINES = "The lines of an issued invoice can't be changed."
NOTE = "An issued credit note can't be {}."
NOTE_LINES = "The lines of an issued credit note can't be changed."

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample() -> Sample:
    """With the invoice and its credit note issued."""
    sample = make_sample()
    issue(sample.invoice)
    issue(sample.credit_note)
    return sample


def execute(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


REFUSED = [
    ("UPDATE stock_movement SET reason = 'other'", LEDGER.format("changed")),
    ("UPDATE stock_movement SET quantity = quantity", LEDGER.format("changed")),
    ("DELETE FROM stock_movement", LEDGER.format("deleted")),
    ("UPDATE invoice SET total_amount = 12, subtotal_amount = 12, tax_amount = 0", INVOICE.format("changed")),
    ("UPDATE invoice SET due_date = NULL", INVOICE.format("changed")),
    ("UPDATE invoice SET notes = 'other', due_date = NULL", INVOICE.format("changed")),
    ("UPDATE invoice SET invoice_number = 'INV-2026-000002', series_number = 2", INVOICE.format("changed")),
    ("UPDATE invoice SET status = 'draft', series_number = NULL, series_year = NULL", INVOICE.format("changed")),
    ('UPDATE invoice SET created_at = updated_at, billing_address = \'{"name": "X"}\'', INVOICE.format("changed")),
    ("UPDATE invoice_item SET description = 'other'", INVOICE_LINES),
    ("UPDATE invoice_item SET quantity = 2, updated_at = created_at", INVOICE_LINES),
    ("DELETE FROM invoice_item", INVOICE_LINES),
    ("UPDATE credit_note SET reason = 'other'", NOTE.format("changed")),
    ("UPDATE credit_note_item SET quantity = 2", NOTE_LINES),
    ("DELETE FROM credit_note_item", NOTE_LINES),
    ("DELETE FROM credit_note", NOTE.format("deleted")),
    (
        "INSERT INTO credit_note_item (credit_note_id, invoice_item_id, quantity, unit_price, tax_percent, subtotal, "
        "tax_amount) SELECT credit_note_id, invoice_item_id, 1, 1, 0, 1, 0 FROM credit_note_item",
        NOTE_LINES,
    ),
    (
        "INSERT INTO invoice_item (invoice_id, kind, description, unit, quantity, unit_price, discount_percent, "
        "tax_percent, tax_category, subtotal, tax_amount) "
        "SELECT id, 'goods', 'more', 'C62', 1, 1, 0, 0, 'S', 1, 0 FROM invoice",
        INVOICE_LINES,
    ),
]


@pytest.mark.parametrize(("sql", "sentence"), REFUSED)
def test_plain_sql_is_refused_with_a_sentence(sample, sql, sentence):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        execute(sql)
    assert refusal(caught.value) == sentence
    if connection.vendor == "postgresql":
        assert caught.value.__cause__.sqlstate == SQLSTATE


def test_an_issued_invoice_is_not_deleted_even_when_nothing_refers_to_it():
    sample = make_sample()
    execute("DELETE FROM credit_note")
    execute("DELETE FROM payment")
    issue(sample.invoice)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        execute("DELETE FROM invoice")
    assert refusal(caught.value) in (INVOICE.format("deleted"), INVOICE_LINES)


def test_a_line_is_not_moved_to_another_invoice(sample):
    draft = type(sample.invoice).objects.create(
        invoice_number="DRAFT-2", customer=sample.invoice.customer, user=sample.user
    )
    line = draft.items.create(description="free", quantity=1, unit_price=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(f"UPDATE invoice_item SET invoice_id = {sample.invoice.pk} WHERE id = {line.pk}")
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(f"UPDATE invoice_item SET invoice_id = {draft.pk} WHERE id = {sample.invoice_item.pk}")


ALLOWED = [
    "UPDATE invoice SET amount_paid = 1, updated_at = created_at",
    "UPDATE invoice SET amount_paid = 11.90, status = 'paid', paid_date = issued_date",
    "UPDATE invoice SET amount_credited = 11.90, status = 'paid', paid_date = issued_date",
    "UPDATE invoice SET amount_paid = 5, amount_refunded = 5, status = 'overdue'",
    "UPDATE invoice SET status = 'cancelled', cancelled_at = issued_date, cancel_reason = 'wrong customer'",
    "UPDATE invoice SET document = 'invoices/2026/1.pdf', document_sha256 = 'abc', sent_at = issued_date",
    "UPDATE invoice SET notes = 'ours', total_amount = total_amount",
    "UPDATE credit_note SET refunded_amount = 1, refund_method = 'cash', refunded_at = issued_at",
    "UPDATE credit_note SET refund_reference = 'transfer of 1 June'",
    "UPDATE credit_note SET set_off_amount = 1",
    "UPDATE credit_note SET notes = 'ours'",
]


@pytest.mark.parametrize("sql", ALLOWED)
def test_what_happens_to_a_paper_later_is_let_through(sample, sql):
    assert execute(sql) == 1


def test_a_cancelled_invoice_that_was_issued_stays_frozen(sample):
    execute("UPDATE invoice SET status = 'cancelled'")
    with pytest.raises(IntegrityError):
        execute("UPDATE invoice SET total_amount = 12, subtotal_amount = 12, tax_amount = 0")


def test_drafts_are_free():
    make_sample()
    execute("UPDATE invoice SET notes = 'other', due_date = created_at")
    execute("UPDATE invoice_item SET description = 'other'")
    execute("UPDATE credit_note SET reason = 'other'")
    execute("DELETE FROM credit_note")
    execute("DELETE FROM payment")
    execute("UPDATE invoice SET status = 'cancelled'")
    assert execute("DELETE FROM invoice") == 1
    assert execute("UPDATE invoice_item SET quantity = 2") == 0


def test_the_ledger_grows(sample):
    sample.movement.pk, sample.movement._state.adding = None, True
    sample.movement.save()
    assert StockMovement.objects.count() == 2


def test_another_error_is_no_refusal(sample):
    for sql in ("UPDATE inventory SET quantity = -1", "DELETE FROM category"):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            execute(sql)
        assert refusal(caught.value) == ""


def test_migrate_puts_back_what_was_lost():
    on = {"sqlite": "", "postgresql": " ON stock_movement"}[connection.vendor]
    execute(f"DROP TRIGGER stock_movement_never_changed{on}")
    on = {"sqlite": "", "postgresql": " ON invoice"}[connection.vendor]
    execute(f"DROP TRIGGER invoice_frozen_once_issued{on}")
    assert len(missing(connection, TRIGGERS)) == 2
    call_command("migrate", verbosity=0)
    assert missing(connection, TRIGGERS) == []


def test_a_trigger_that_says_something_else_counts_as_missing():
    trigger = stock.triggers.TRIGGERS[0]
    for statement in type(trigger)(trigger.name, trigger.table, trigger.event, "another").create(connection):
        execute(statement)
    assert missing(connection, TRIGGERS) == [trigger]


@pytest.mark.postgres
def test_a_disabled_trigger_counts_as_missing():
    execute("ALTER TABLE stock_movement DISABLE TRIGGER stock_movement_never_deleted")
    assert [trigger.name for trigger in missing(connection, TRIGGERS)] == ["stock_movement_never_deleted"]


def test_a_new_column_is_guarded_without_being_named(sample):
    connection.check_constraints()  # PostgreSQL alters no table while references are still to be looked at
    execute("ALTER TABLE invoice ADD COLUMN footer varchar(20) NOT NULL DEFAULT ''")
    assert "invoice_frozen_once_issued" in [trigger.name for trigger in missing(connection, TRIGGERS)]
    call_command("migrate", verbosity=0)
    with pytest.raises(IntegrityError):
        execute("UPDATE invoice SET footer = 'new'")


def test_every_trigger_of_the_database_is_documented():
    call_command("triggers", check=True)
    page = (settings.BASE_DIR / "docs" / "triggers.md").read_text()
    recording = {recorder.name: recorder.table for recorder in recorders()}
    for name in installed(connection):
        assert f"`{recording[name]}`" in page if name in recording else f"`{name}`" in page, name
