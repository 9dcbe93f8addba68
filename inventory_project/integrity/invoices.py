"""What customers owe, have paid and got back; and the numbers of papers."""

import json
from decimal import Decimal

from .registry import Finding, Reader, Row, in_cents, invariant

PAID = in_cents("v.amount_paid")
CREDITED = in_cents("v.amount_credited")
REFUNDED = in_cents("v.amount_refunded")
TOTAL = in_cents("v.total_amount")


@invariant("billing")
def paid_matches_payments(db: Reader) -> Finding:
    """What is paid of an invoice is the sum of its payments that were not voided."""
    return db.find(
        "invoice",
        f"""
        SELECT v.id, v.invoice_number, v.amount_paid AS paid, COALESCE(p.amount, 0) / 100.0 AS payments
        FROM invoice v
        LEFT JOIN (SELECT invoice_id, SUM({in_cents("amount")}) AS amount FROM payment WHERE status = 'recorded'
                   GROUP BY invoice_id) p ON p.invoice_id = v.id
        WHERE {PAID} <> COALESCE(p.amount, 0) ORDER BY v.id
        """,
    )


@invariant("billing")
def credited_matches_credit_notes(db: Reader) -> Finding:
    """What is credited of an invoice is what its credit notes have set off or refunded, and what is refunded is
    what they have refunded."""
    return db.find(
        "invoice",
        f"""
        SELECT v.id, v.invoice_number, v.amount_credited AS credited,
               COALESCE(n.set_off + n.refunded, 0) / 100.0 AS used_by_notes, v.amount_refunded AS refunded,
               COALESCE(n.refunded, 0) / 100.0 AS refunded_by_notes
        FROM invoice v
        LEFT JOIN (
            SELECT invoice_id, SUM({in_cents("set_off_amount")}) AS set_off,
                   SUM({in_cents("refunded_amount")}) AS refunded
            FROM credit_note WHERE status = 'issued' GROUP BY invoice_id
        ) n ON n.invoice_id = v.id
        WHERE {CREDITED} <> COALESCE(n.set_off + n.refunded, 0) OR {REFUNDED} <> COALESCE(n.refunded, 0)
        ORDER BY v.id
        """,
    )


@invariant("billing")
def invoices_balance(db: Reader) -> Finding:
    """The balance is total less paid less credited plus refunded, never below 0; no more is refunded than paid. An
    issued invoice is paid exactly when its balance is 0."""
    return db.find(
        "invoice",
        f"""
        SELECT v.id, v.invoice_number, v.status, v.total_amount AS total, v.amount_paid AS paid,
               v.amount_credited AS credited, v.amount_refunded AS refunded, v.balance
        FROM invoice v
        WHERE {in_cents("v.balance")} <> {TOTAL} - {PAID} - {CREDITED} + {REFUNDED}
           OR {in_cents("v.balance")} < 0 OR {REFUNDED} > {PAID}
           OR (v.status IN ('issued', 'overdue') AND {in_cents("v.balance")} = 0)
           OR (v.status = 'paid' AND {in_cents("v.balance")} <> 0)
           OR (v.status IN ('draft', 'cancelled') AND ({PAID} <> 0 OR {CREDITED} <> 0))
        ORDER BY v.id
        """,
    )


@invariant("billing")
def only_late_invoices_are_overdue(db: Reader) -> Finding:
    """An invoice is overdue only after its due date."""
    return db.find(
        "invoice WHERE status = 'overdue'",
        f"""
        SELECT id, invoice_number, due_date FROM invoice
        WHERE status = 'overdue' AND (due_date IS NULL OR due_date > {db.now}) ORDER BY id
        """,
    )


@invariant("billing")
def only_issued_papers_are_paid_and_credited(db: Reader) -> Finding:
    """Payments, and credit notes that were issued, belong to issued invoices."""
    return db.find(
        "invoice",
        """
        SELECT v.id, v.invoice_number, v.status, COUNT(p.id) AS payments, COUNT(n.id) AS credit_notes FROM invoice v
        LEFT JOIN payment p ON p.invoice_id = v.id AND p.status = 'recorded'
        LEFT JOIN credit_note n ON n.invoice_id = v.id AND n.status = 'issued'
        WHERE v.status IN ('draft', 'cancelled') AND (p.id IS NOT NULL OR n.id IS NOT NULL)
        GROUP BY v.id, v.invoice_number, v.status ORDER BY v.id
        """,
    )


@invariant("billing")
def credit_notes_are_used_within_their_total(db: Reader) -> Finding:
    """A credit note is set off and refunded up to its total, a draft not at all; an issued one is of more than 0."""
    used = f"{in_cents('set_off_amount')} + {in_cents('refunded_amount')}"
    return db.find(
        "credit_note",
        f"""
        SELECT id, credit_note_number, status, total_amount AS total, set_off_amount AS set_off,
               refunded_amount AS refunded
        FROM credit_note
        WHERE {used} > {in_cents("total_amount")} OR (status <> 'issued' AND {used} <> 0)
           OR (status = 'issued' AND {in_cents("total_amount")} <= 0)
        ORDER BY id
        """,
    )


@invariant("billing")
def refunds_add_up(db: Reader) -> Finding:
    """What is refunded of a credit note is the sum of its refunds."""
    return db.find(
        "credit_note",
        """
        SELECT id, credit_note_number, refunded_amount AS refunded, refunds FROM credit_note
        WHERE refunded_amount <> 0 OR CAST(refunds AS TEXT) <> '[]' ORDER BY id
        """,
        wrong=_refunds_differ,
    )


def _refunds_differ(row: Row) -> bool:
    refunds = row["refunds"]
    parts = json.loads(refunds) if isinstance(refunds, str) else refunds
    total = sum((Decimal(part["amount"]) for part in parts), Decimal(0))
    return total != Decimal(str(row["refunded"]))


@invariant("billing")
def lines_are_credited_within_what_was_charged(db: Reader) -> Finding:
    """No more of an invoice line is credited than was charged, in units, net and tax; who credits all of it credits
    exactly what was charged."""
    net, tax = in_cents("i.subtotal"), in_cents("i.tax_amount")
    return db.find(
        "credit_note_item",
        f"""
        SELECT i.id, i.quantity AS charged, c.units AS credited, i.subtotal AS net, c.net / 100.0 AS net_credited,
               i.tax_amount AS tax, c.tax / 100.0 AS tax_credited
        FROM invoice_item i
        JOIN (
            SELECT line.invoice_item_id, SUM(line.quantity) AS units, SUM({in_cents("line.subtotal")}) AS net,
                   SUM({in_cents("line.tax_amount")}) AS tax
            FROM credit_note_item line JOIN credit_note n ON n.id = line.credit_note_id
            WHERE n.status <> 'cancelled' GROUP BY line.invoice_item_id
        ) c ON c.invoice_item_id = i.id
        WHERE c.units > i.quantity OR c.net > {net} OR c.tax > {tax}
           OR (c.units = i.quantity AND (c.net <> {net} OR c.tax <> {tax}))
        ORDER BY i.id
        """,
    )


@invariant("billing")
def papers_credit_their_own_invoice(db: Reader) -> Finding:
    """The lines of a credit note credit lines of its invoice; the lines of an invoice charge lines of its order."""
    return db.find(
        "credit_note",
        """
        SELECT n.id, n.credit_note_number AS paper FROM credit_note n
        JOIN credit_note_item line ON line.credit_note_id = n.id
        JOIN invoice_item i ON i.id = line.invoice_item_id WHERE i.invoice_id <> n.invoice_id
        UNION
        SELECT v.id, v.invoice_number FROM invoice v
        JOIN invoice_item i ON i.invoice_id = v.id
        JOIN order_item o ON o.id = i.order_item_id WHERE o.order_id <> COALESCE(v.order_id, 0)
        ORDER BY 1
        """,
    )


def _series(db: Reader, table: str, prefix: str, issued: str) -> Finding:
    """Numbers of a year run 1, 2, 3 ...; they are written out; dates never fall as numbers rise."""
    written = f"""'{prefix}-' || series_year || '-' || CASE WHEN series_number < 1000000
        THEN SUBSTR(CAST(1000000 + series_number AS VARCHAR(20)), 2) ELSE CAST(series_number AS VARCHAR(20)) END"""
    return db.find(
        f"{table} WHERE series_number IS NOT NULL",
        f"""
        SELECT id, number, series_year AS year, series_number AS place, expected, issued, issued_before FROM (
            SELECT id, {table}_number AS number, series_year, series_number, {issued} AS issued,
                   {written} AS written,
                   ROW_NUMBER() OVER (PARTITION BY series_year ORDER BY series_number) AS expected,
                   LAG({issued}) OVER (ORDER BY series_year, series_number) AS issued_before
            FROM {table} WHERE series_number IS NOT NULL
        ) series
        WHERE series_number <> expected OR number <> written OR issued IS NULL OR issued < issued_before
        ORDER BY id
        """,
    )


@invariant("numbers")
def invoice_numbers_have_no_gap(db: Reader) -> Finding:
    """Invoices of a year are numbered 1, 2, 3 ... without a gap, and no later number has an earlier date of issue."""
    return _series(db, "invoice", "INV", "issued_date")


@invariant("numbers")
def credit_note_numbers_have_no_gap(db: Reader) -> Finding:
    """Credit notes of a year are numbered 1, 2, 3 ... without a gap, and no later number has an earlier date of
    issue."""
    return _series(db, "credit_note", "CN", "issued_at")


@invariant("numbers")
def papers_are_numbered_once_issued(db: Reader) -> Finding:
    """What was issued bears a number of the series, and a draft bears none."""
    return db.find(
        "invoice",
        """
        SELECT id, invoice_number AS paper, status FROM invoice
        WHERE (status IN ('issued', 'paid', 'overdue') AND (series_number IS NULL OR issued_date IS NULL))
           OR (status = 'draft' AND (series_number IS NOT NULL OR invoice_number LIKE 'INV-%'))
        UNION ALL
        SELECT id, credit_note_number, status FROM credit_note
        WHERE (status = 'issued') <> (series_number IS NOT NULL)
        ORDER BY 1
        """,
    )
