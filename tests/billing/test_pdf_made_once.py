"""The PDF is made once, when the number is safe, and given out as it was made."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from billing.models import CreditNote, Invoice
from billing.services import (
    cancel_invoice,
    create_credit_note,
    documents_later,
    issue_credit_note,
    issue_invoice,
    preview_credit_note,
    preview_invoice,
    read_document,
)
from billing.services.documents import make_document
from inventory_project.base.errors import InvalidTransition, RuleViolation

from .papers import invoice_of, line, pages


@pytest.fixture
def rendered(monkeypatch):
    """Counts how often a PDF is made."""
    from billing.services import documents

    made, render = [], documents.render_pdf
    monkeypatch.setattr(documents, "render_pdf", lambda *args, **more: made.append(1) or render(*args, **more))
    return made


@pytest.fixture
def draft():
    return invoice_of(line(percent="19"), issue=False)


@pytest.fixture
def note(accountant):
    return create_credit_note(invoice_of(line(percent="19")), reason="Damaged", by=accountant)


pytestmark = pytest.mark.usefixtures("documents")


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_it_is_made_after_the_commit_and_not_before(draft, accountant, rendered, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as waiting:
        issue_invoice(draft, by=accountant)
    assert not rendered
    for callback in waiting:
        callback()
    invoice = fresh(draft)
    assert (len(rendered), invoice.has_document) == (1, True)
    assert invoice.document.name == f"invoices/{invoice.series_year}/{invoice.number}.pdf"
    with invoice.document.open() as file:
        assert hashlib.sha256(file.read()).hexdigest() == invoice.document_sha256


def test_a_credit_note_gets_one_too(note, accountant, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        issue_credit_note(note, by=accountant)
    assert fresh(note).has_document


def test_reading_again_makes_none(draft, accountant, rendered):
    invoice = issue_invoice(draft, by=accountant)
    first = read_document(invoice)
    assert read_document(fresh(invoice)) == first
    assert first.name == f"{invoice.number}.pdf"
    assert len(rendered) == 1


def test_making_it_is_no_change_that_others_trip_over(draft, accountant):
    invoice = issue_invoice(draft, by=accountant)
    before = fresh(invoice).updated_at
    read_document(invoice)
    assert fresh(invoice).updated_at == before


def test_a_failure_does_not_fail_the_issue(draft, accountant, monkeypatch, django_capture_on_commit_callbacks):
    def fail(*args, **more):
        raise RuntimeError("no ink")

    with monkeypatch.context() as patch:
        patch.setattr("billing.services.documents.render_pdf", fail)
        with django_capture_on_commit_callbacks(execute=True):
            issue_invoice(draft, by=accountant)
    invoice = fresh(draft)
    assert (invoice.status, invoice.has_document) == ("issued", False)
    assert pages(read_document(invoice).content)


@pytest.mark.usefixtures("transactional_database")
def test_a_failure_after_the_commit_is_only_logged(accountant, monkeypatch, caplog):
    def fail(*args, **more):
        raise RuntimeError("no ink")

    monkeypatch.setattr("billing.services.documents.render_pdf", fail)
    invoice = invoice_of(line(percent="19"))
    assert fresh(invoice).status == "issued"
    assert "no ink" in caplog.text


def test_thousands_are_issued_without(draft, accountant, rendered, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), documents_later():
        issue_invoice(draft, by=accountant)
    assert not rendered


def test_issuing_again_makes_no_other(draft, accountant, rendered, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        issue_invoice(draft, by=accountant)
        issue_invoice(fresh(draft), by=accountant)
    assert len(rendered) == 1


def test_of_two_made_at_once_the_first_is_kept(draft, accountant, documents):
    invoice = issue_invoice(draft, by=accountant)
    slow = fresh(invoice)
    make_document(invoice)
    make_document(slow)
    assert slow.document.name == invoice.document.name
    assert len(list(documents.rglob("*.pdf"))) == 1


@pytest.mark.usefixtures("transactional_database")
def test_eight_readers_at_once_get_the_same(accountant, at_once, documents):
    with documents_later():
        invoice = invoice_of(line(percent="19"))
    got = []
    assert at_once(lambda client: got.append(read_document(fresh(invoice)))) == []
    assert len(got) == 8
    assert len({file.sha256 for file in got}) == 1
    assert len(list(documents.rglob("*.pdf"))) == 1


def test_a_lost_file_that_comes_out_the_same_is_put_back(draft, accountant):
    invoice = issue_invoice(draft, by=accountant)
    first = read_document(invoice)
    invoice.document.storage.delete(invoice.document.name)
    assert read_document(fresh(invoice)) == first
    assert invoice.document.storage.exists(invoice.document.name)


def test_another_file_in_its_place_is_not_given_out(draft, accountant):
    invoice = issue_invoice(draft, by=accountant)
    first = read_document(invoice)
    storage, name = invoice.document.storage, invoice.document.name
    storage.delete(name)
    storage.save(name, ContentFile(b"forged"))
    assert read_document(fresh(invoice)) == first


def test_a_lost_file_that_would_come_out_otherwise_is_missed_aloud(draft, accountant, monkeypatch):
    invoice = issue_invoice(draft, by=accountant)
    read_document(invoice)
    invoice.document.storage.delete(invoice.document.name)
    monkeypatch.setattr("billing.services.documents.render_pdf", lambda *args, **more: b"newer layout")
    with pytest.raises(RuleViolation, match="Restore it from a backup") as refusal:
        read_document(fresh(invoice))
    assert refusal.value.code == "document_lost"


def test_a_cancelled_invoice_keeps_its_document(draft, accountant):
    invoice = cancel_invoice(issue_invoice(draft, by=accountant), by=accountant)
    assert f"Invoice {invoice.number}" in pages(read_document(invoice).content)[0]


def test_a_draft_has_none(draft, note):
    for row in (draft, note):
        with pytest.raises(InvalidTransition, match="has not been issued"):
            read_document(row)
        assert not fresh(row).has_document


def test_a_preview_is_marked_and_writes_nothing(draft, note):
    before = list(Invoice.objects.values()), list(CreditNote.objects.values())
    for file in (preview_invoice(draft), preview_credit_note(note)):
        [text] = pages(file.content)
        assert text.count("DRAFT – not an invoice") >= 2
        assert "Scan to pay" not in text
    assert (list(Invoice.objects.values()), list(CreditNote.objects.values())) == before


def test_what_the_document_says_is_frozen_in_the_database(draft, accountant):
    invoice = issue_invoice(draft, by=accountant)
    with pytest.raises(DatabaseError, match="can't be changed"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(particulars={})
