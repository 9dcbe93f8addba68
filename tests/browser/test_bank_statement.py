"""Payments from a bank statement, at a desk and on a phone."""

import os
from pathlib import Path

import pytest

from billing.models import Payment
from inventory_project.base.clock import today
from tests.factories.billing import issued_invoice
from tests.factories.sales import CustomerFactory

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}


def statement(*lines: tuple[object, ...]) -> str:
    rows = ["Buchungstag;Auftraggeber;Verwendungszweck;Betrag (EUR)", *(";".join(map(str, line)) for line in lines)]
    return "\n".join(rows) + "\n"


def photograph(person, name: str) -> None:
    """Keep a picture where SCREENSHOTS says, if it does."""
    if folder := os.environ.get("SCREENSHOTS"):
        person.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_statement_is_recorded_in_four_clicks(sign_in, tmp_path):
    matched = issued_invoice()
    guessed = issued_invoice(invoice__customer=CustomerFactory(name="Harbour Tools GmbH"))
    file = tmp_path / "statement.csv"
    lines = [
        (today(), "Ada", f"Invoice {matched.number}, thank you", "119,00"),
        (today(), "HARBOUR TOOLS GMBH", "as agreed", "119,00"),
        (today(), "Unknown", "no idea what this is for", "7,50"),
        (today(), "Landlord", "rent", "-800,00"),
    ]
    file.write_text(statement(*lines), encoding="utf-8-sig")
    person = sign_in("Accountant")
    person.click("Payments", within="#menu")
    person.click("Import bank statement", within="#content")
    person.page.locator("input[type=file]").set_input_files(str(file))
    person.press("Preview")
    photograph(person, "statement-desk")
    rows = person.page.locator("table.grid tbody tr")
    assert [rows.nth(index).get_attribute("class") for index in range(3)] == ["suggested", "unmatched", "matched"]
    ticks = person.page.locator("table.grid input[type=checkbox]")
    assert [ticks.nth(index).is_checked() for index in range(3)] == [False, False, True]
    ticks.nth(0).check()
    person.press("Record the ticked lines")
    assert person.title == "Payments"
    assert "2 payments recorded, 238.00 in all." in person.said
    assert person.clicks == 4
    assert {payment.invoice for payment in Payment.objects.all()} == {matched, guessed}


def test_an_invoice_is_chosen_on_a_phone(sign_in):
    invoice = issued_invoice(invoice__customer=CustomerFactory(name="Harbour Tools GmbH"))
    person = sign_in("Accountant")
    person.page.set_viewport_size(PHONE)
    person.go("/admin/import/bank-statement/")
    person.fill("Or paste cells", statement((today(), "H. Tools", "a long text without any number " * 3, "19,00")))
    person.press("Preview")
    width = "document.documentElement.scrollWidth"
    assert person.page.evaluate(width) <= PHONE["width"]
    photograph(person, "statement-phone")
    person.page.locator("table.grid .select2-selection").click()
    person.page.locator(".select2-search__field").fill("Harbour")
    person.page.locator(".select2-results__option", has_text=invoice.number).click()
    assert "Harbour Tools GmbH · 119.00 open" in person.page.locator("table.grid .select2-selection").inner_text()
    assert person.page.locator("table.grid input[type=checkbox]").is_checked()  # by choosing
    photograph(person, "statement-phone-chosen")
    person.press("Record the ticked lines")
    assert "1 payment recorded, 19.00 in all." in person.said
    assert Payment.objects.get().invoice == invoice
