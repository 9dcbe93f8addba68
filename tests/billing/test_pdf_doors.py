"""Documents are handed out by the API and the back office to who may see the record, and to nobody else."""

import pytest
from django.urls import reverse

from billing.services import create_credit_note, issue_credit_note
from tests.api_client import address, clerk_client, client_for
from tests.back_office import Desk
from tests.factories.accounts import UserFactory

from .papers import COMPANY, invoice_of, line, pages

FILES = pytest.mark.parametrize(("step", "kind"), [("document", "application/pdf"), ("e-invoice", "application/xml")])


@pytest.fixture(autouse=True)
def company(settings):
    settings.COMPANY = COMPANY


@pytest.fixture
def draft():
    return invoice_of(line(percent="19"), issue=False)


@pytest.fixture
def invoice():
    return invoice_of(line(percent="19"))


@pytest.fixture
def note(invoice, accountant):
    return issue_credit_note(create_credit_note(invoice, reason="Damaged", by=accountant), by=accountant)


@FILES
def test_the_api_gives_them_with_their_etag(step, kind, invoice, note):
    client = clerk_client("billing.view_invoice", "billing.view_creditnote")
    for row in (invoice, note):
        answer = client.get(address(row, step), HTTP_ACCEPT=kind)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert row.number in answer["Content-Disposition"]
        assert "private" in answer["Cache-Control"]
        again = client.get(address(row, step), HTTP_IF_NONE_MATCH=answer["ETag"])
        assert (again.status_code, again.content) == (304, b"")


def test_the_etag_of_the_pdf_is_its_hash(invoice):
    client = clerk_client("billing.view_invoice")
    answer = client.get(address(invoice, "document"))
    record = client.get(address(invoice))
    assert answer["ETag"] == f'"{record.json()["document_sha256"]}"'
    assert record.json()["has_document"] is True


def test_the_record_shows_that_it_has_been_made(invoice):
    client = clerk_client("billing.view_invoice")
    before = client.get(address(invoice))
    client.get(address(invoice, "document"))
    after = client.get(address(invoice), HTTP_IF_NONE_MATCH=before["ETag"])
    assert (before.json()["has_document"], after.status_code) == (False, 200)


@FILES
def test_the_api_asks_for_the_permission(step, kind, invoice):
    assert client_for(UserFactory()).get(address(invoice, step)).status_code == 403
    assert clerk_client("billing.view_creditnote").get(address(invoice, step)).status_code == 403


@FILES
def test_the_api_refuses_drafts_and_what_is_not_there(step, kind, draft):
    client = clerk_client("billing.view_invoice")
    answer = client.get(address(draft, step), HTTP_ACCEPT=kind)
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert answer.json()["code"] == "invalid_state"
    assert client.get(f"/api/v1/invoices/999999/{step}/").status_code == 404
    assert client.get(address(draft, step), {"fields": "id"}).status_code == 400


def test_the_api_says_what_an_e_invoice_lacks(settings):
    settings.COMPANY = COMPANY | {"tax_id": ""}
    invoice = invoice_of(line(percent="19"))
    answer = clerk_client("billing.view_invoice").get(address(invoice, "e-invoice"))
    assert (answer.status_code, answer.json()["code"]) == (409, "e_invoice_incomplete")


def test_the_page_of_a_record_has_the_buttons(invoice, note, draft):
    desk = Desk()
    for row in (invoice, note):
        text = desk.open(type(row), "change", row.pk).content.decode()
        assert f"/{row.pk}/document/" in text
        assert f"/{row.pk}/e-invoice/" in text
    text = desk.open(type(draft), "change", draft.pk).content.decode()
    assert f"/{draft.pk}/document/" in text
    assert "Preview" in text
    assert "e-invoice" not in text


def test_the_back_office_opens_the_pdf_and_saves_the_e_invoice(invoice, note):
    desk = Desk()
    for row in (invoice, note):
        pdf = desk.open(type(row), "document", row.pk)
        assert pdf["Content-Disposition"] == f'inline; filename="{row.number}.pdf"'
        assert row.number in pages(pdf.content)[0]
        xml = desk.open(type(row), "e_invoice", row.pk)
        assert xml["Content-Disposition"] == f'attachment; filename="{row.number}.xml"'


def test_the_back_office_previews_drafts(draft):
    answer = Desk().open(type(draft), "document", draft.pk)
    assert "DRAFT – not an invoice" in pages(answer.content)[0]


@pytest.mark.parametrize("page", ["document", "e_invoice"])
def test_the_back_office_asks_for_the_permission(page, invoice):
    assert Desk("billing.view_payment").open(type(invoice), page, invoice.pk).status_code == 403
    assert Desk("billing.view_invoice").open(type(invoice), page, invoice.pk).status_code == 200
    assert Desk().open(type(invoice), page, 999_999).status_code == 404


def test_a_refusal_is_shown_on_the_page_of_the_record(draft):
    desk = Desk()
    answer = desk.open(type(draft), "e_invoice", draft.pk)
    assert answer["Location"] == reverse("admin:billing_invoice_change", args=[draft.pk])
    assert "has not been issued" in desk.client.get(answer["Location"]).content.decode()
