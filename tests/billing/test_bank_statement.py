"""Payments from a bank statement: what a line is meant for, what is written, and that nothing is written twice."""

import datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Invoice, Payment
from billing.services import pay_invoice, void_payment
from inventory_project.base.clock import business_day, today
from inventory_project.base.errors import InvalidInput
from inventory_project.imports.bank.headings import recognised
from inventory_project.imports.bank.statement import amount_of, day_of, read_lines, statement_of
from tests.back_office import Desk, said, url
from tests.factories.accounts import SuperuserFactory
from tests.factories.billing import InvoiceItemFactory, issued_invoice
from tests.factories.sales import CustomerFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/import/bank-statement/"
MAY = ("billing.add_payment", "billing.pay_invoice", "billing.view_invoice", "billing.view_payment")


@pytest.fixture
def desk():
    return Desk()


def statement(*lines: tuple[object, ...]) -> str:
    """A file as a German bank writes it: day, payer, text, amount."""
    rows = ["Buchungstag;Name Zahlungsbeteiligter;Verwendungszweck;Betrag (EUR)"]
    return "\n".join([*rows, *(";".join(map(str, line)) for line in lines)]) + "\n"


def found(page) -> dict[int, str]:
    """What the preview makes of each line."""
    return {row.line.number: str(row.found) for row in page.context["rows"]}


def ticked(page) -> dict[str, object]:
    """What the preview would send if nobody touched it."""
    rows = [row for row in page.context["rows"] if row.tick]
    data = {row.choice.html_name: row.choice.value() or "" for row in rows}
    return data | {row.tick.html_name: "on" for row in rows if row.tick.value()}


def record(desk: Desk, text: str, **changes: object):
    """Preview, change some entries, record."""
    page = desk.client.post(PAGE, {"cells": text})
    data = {"cells": text, "apply": "1", **ticked(page), **{k.replace("__", "-"): v for k, v in changes.items()}}
    return desk.client.post(PAGE, {name: value for name, value in data.items() if value is not None})


def day() -> str:
    return today().strftime("%d.%m.%Y")


def test_a_line_that_names_its_invoice_and_pays_it_is_matched_and_recorded(desk):
    invoice = issued_invoice()
    text = statement((day(), "Somebody", f"Rechnung {invoice.number} vielen Dank", "119,00"))
    page = desk.client.post(PAGE, {"cells": text})
    assert found(page) == {2: "matched"}
    assert not Payment.objects.exists()
    response = record(desk, text)
    assert "1 payment recorded, 119.00 in all." in said(response)
    payment = Payment.objects.get()
    assert (payment.invoice, payment.amount, payment.payment_method) == (invoice, Decimal("119.00"), "bank_transfer")
    assert payment.reference == f"Rechnung {invoice.number} vielen Dank"
    assert payment.created_by == desk.user
    assert Invoice.objects.get().status == "paid"


def test_the_file_may_be_uploaded_and_have_lines_of_the_bank_above_its_header(desk):
    invoice = issued_invoice()
    text = f"Kontoumsaetze;;;\nKonto 1234;;;\n\n{statement((day(), 'X', invoice.number, '119,00'))}"
    file = SimpleUploadedFile("umsaetze.csv", text.encode("utf-8-sig"))
    page = desk.client.post(PAGE, {"file": file})
    assert found(page) == {5: "matched"}


def test_customer_and_amount_suggest_an_invoice_which_nobody_records_unseen(desk):
    invoice = issued_invoice(invoice__customer=CustomerFactory(name="Müller & Söhne GmbH"))
    text = statement((day(), "MÜLLER & SÖHNE GMBH", "thanks", "119,00"))
    page = desk.client.post(PAGE, {"cells": text})
    assert found(page) == {2: "suggested"}
    assert ticked(page) == {"invoice-2": invoice.pk}
    assert "Tick the lines" in record(desk, text).content.decode()
    assert not Payment.objects.exists()
    record(desk, text, record__2="on")
    assert Payment.objects.get().invoice == invoice


def test_a_customer_who_owes_the_amount_twice_is_not_guessed_at(desk):
    customer = CustomerFactory(code="K-4711", name="Twice Ltd.")
    issued_invoice(invoice__customer=customer), issued_invoice(invoice__customer=customer)
    page = desk.client.post(PAGE, {"cells": statement((day(), "x", "customer k-4711", "119.00"))})
    assert found(page) == {2: "unmatched"}
    assert "2 open invoices of this amount" in page.content.decode()


def test_what_is_less_than_open_is_suggested_and_what_is_more_is_not(desk):
    invoice = issued_invoice()
    text = statement((day(), "x", invoice.number, "100,00"), (day(), "y", invoice.number, "20,00"))
    page = desk.client.post(PAGE, {"cells": text})
    assert found(page) == {2: "suggested", 3: "unmatched"}
    html = page.content.decode()
    assert "A part: 119.00" in html
    assert "Only 19.00 of" in html


def test_what_is_paid_or_unknown_or_several_is_unmatched(desk):
    paid, one, other = issued_invoice(), issued_invoice(), issued_invoice()
    pay_invoice(paid, payment_method="cash", by=None)
    text = statement(
        (day(), "a", paid.number, "119,00"),
        (day(), "b", "INV-1999-000001", "119,00"),
        (day(), "c", f"{one.number} und {other.number}", "238,00"),
    )
    page = desk.client.post(PAGE, {"cells": text})
    assert found(page) == {2: "unmatched", 3: "unmatched", 4: "unmatched"}
    assert "is paid" in page.content.decode()
    assert "several invoices" in page.content.decode()


def test_the_invoice_can_be_chosen_by_hand_and_lines_left_out(desk):
    chosen, left_out = issued_invoice(), issued_invoice()
    text = statement((day(), "a", "no idea", "19,00"), (day(), "b", left_out.number, "119,00"))
    response = record(desk, text, invoice__2=chosen.pk, record__2="on", record__3=None)
    assert response.status_code == 302
    assert list(Payment.objects.values_list("invoice", "amount")) == [(chosen.pk, Decimal("19.00"))]


def test_a_ticked_line_without_invoice_is_asked_about_and_nothing_is_written(desk):
    invoice = issued_invoice()
    text = statement((day(), "a", "no idea", "19,00"), (day(), "b", invoice.number, "119,00"))
    page = record(desk, text, record__2="on")
    assert "Choose the invoice, or leave the line out." in page.content.decode()
    assert not Payment.objects.exists()


def test_an_invoice_that_was_chosen_is_not_left_out_by_mistake(desk):
    invoice = issued_invoice()
    page = record(desk, statement((day(), "a", "no idea", "19,00")), invoice__2=invoice.pk)
    assert "Tick the line as well, or clear the invoice." in page.content.decode()


def test_each_line_says_why_it_is_refused_and_then_nothing_is_written(desk):
    good, small, draft = issued_invoice(), issued_invoice(), InvoiceItemFactory().invoice
    text = statement((day(), "a", "x", "120,00"), (day(), "b", good.number, "119,00"), (day(), "c", "y", "1,00"))
    page = record(desk, text, invoice__2=small.pk, record__2="on", invoice__4=draft.pk, record__4="on")
    html = page.content.decode()
    assert "120.00 is more than the open balance of 119.00" in html
    assert "is draft" in html
    assert "Nothing was recorded." in html
    assert not Payment.objects.exists()
    assert {row.choice.value() for row in page.context["rows"]} == {str(small.pk), str(good.pk), str(draft.pk)}


def test_the_same_file_again_finds_everything_there(desk):
    invoice, other = issued_invoice(), issued_invoice()
    line = (day(), "a", invoice.number, "19,00")
    record(desk, statement(line), record__2="on")
    page = desk.client.post(PAGE, {"cells": statement(line, (day(), "b", other.number, "119,00"))})
    assert found(page) == {2: "there", 3: "matched"}
    assert str(Payment.objects.get()) in page.content.decode()
    record(desk, statement(line, (day(), "b", other.number, "119,00")))
    assert Payment.objects.count() == 2


def test_the_same_line_twice_in_one_file_is_recorded_once(desk):
    invoice = issued_invoice()
    line = (day(), "a", invoice.number, "19,00")
    page = desk.client.post(PAGE, {"cells": statement(line, line)})
    assert sorted(found(page).values()) == ["suggested", "there"]


def test_what_was_recorded_by_hand_is_there(desk):
    invoice = issued_invoice()
    pay_invoice(invoice, amount=Decimal(19), payment_method="bank_transfer", reference=f"Re {invoice.number}", by=None)
    page = desk.client.post(PAGE, {"cells": statement((day(), "a", f"Re  {invoice.number}", "19,00"))})
    assert found(page) == {2: "there"}


def test_transfers_that_the_bank_tells_apart_are_two(desk):
    invoice = issued_invoice()
    head = "Date,Amount,Reference,Transaction ID\n"
    lines = [f"{today()},19.00,{invoice.number},T-{n}\n" for n in (1, 2)]
    page = desk.client.post(PAGE, {"cells": head + "".join(lines)})
    assert found(page) == {2: "suggested", 3: "suggested"}
    record(desk, head + "".join(lines), record__2="on", record__3="on")
    assert Payment.objects.count() == 2
    assert found(desk.client.post(PAGE, {"cells": head + "".join(lines)})) == {2: "there", 3: "there"}


def test_a_voided_payment_makes_room_for_the_right_one(desk):
    wrong, right = issued_invoice(), issued_invoice()
    text = statement((day(), "a", "x", "19,00"))
    record(desk, text, invoice__2=wrong.pk, record__2="on")
    void_payment(Payment.objects.get(), "wrong invoice", by=None)
    record(desk, text, invoice__2=right.pk, record__2="on")
    assert Payment.objects.get(status="recorded").invoice == right


def test_a_form_that_is_sent_twice_records_once(desk):
    invoice = issued_invoice()
    text = statement((day(), "a", invoice.number, "19,00"))
    data = {"cells": text, "apply": "1", "once": "one-key", "invoice-2": invoice.pk, "record-2": "on"}
    assert "1 payment recorded" in said(desk.client.post(PAGE, data))
    assert "nothing was done a second time" in said(desk.client.post(PAGE, data))
    assert Payment.objects.count() == 1


def test_money_that_goes_out_other_currencies_and_nonsense_are_left_aside(desk):
    text = (
        "Date;Amount;Currency;Reference\n"
        f"{today()};-12,50;EUR;rent\n{today()};12,50;USD;dollars\n{today()};1.234;EUR;how much\nlast week;5;EUR;when\n"
    )
    page = desk.client.post(PAGE, {"cells": text})
    assert found(page) == {3: "wrong", 4: "wrong", 5: "wrong"}
    html = page.content.decode()
    for words in ("It is in USD, not in EUR.", "is no amount", "is no date", "1 line says that money went out"):
        assert words in html


def test_a_day_to_come_is_refused(desk):
    invoice = issued_invoice()
    tomorrow = (today() + datetime.timedelta(days=1)).isoformat()
    page = record(desk, statement((tomorrow, "a", invoice.number, "119,00")))
    assert "can&#x27;t be in the future" in page.content.decode()
    assert not Payment.objects.exists()


def test_the_day_of_the_payment_is_that_of_the_statement(desk):
    invoice = issued_invoice()
    earlier = today() - datetime.timedelta(days=3)
    record(desk, statement((earlier, "a", invoice.number, "119,00")))
    assert business_day(Payment.objects.get().paid_date) == earlier


def test_columns_that_are_not_known_are_chosen(desk):
    invoice = issued_invoice()
    text = f"Wann,Wieviel,Wozu\n{today()},119.00,{invoice.number}\n"
    page = desk.client.post(PAGE, {"cells": text})
    assert "Choose the columns: Date, Amount." in page.content.decode()
    chosen = {"column-date": "Wann", "column-amount": "Wieviel", "column-reference": "Wozu", "order": ""}
    page = desk.client.post(PAGE, {"cells": text, "read": "1", **chosen})
    assert found(page) == {2: "matched"}
    response = desk.client.post(PAGE, {"cells": text, "apply": "1", **chosen, **ticked(page)})
    assert "1 payment recorded" in said(response)


def test_dates_that_can_be_two_days_are_asked_about(desk):
    invoice = issued_invoice()
    text = f"Date,Amount,Reference\n3/4/2026,119.00,{invoice.number}\n"
    page = desk.client.post(PAGE, {"cells": text})
    assert "can be two days" in page.content.decode()
    page = desk.client.post(PAGE, {"cells": text, "column-date": "Date", "column-amount": "Amount", "order": "month"})
    assert page.context["rows"][0].line.transfer.day == datetime.date(2026, 3, 4)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,5", "1234.50"),
        ("1234", "1234"),
        ("+0,10", "0.10"),
        ("12,50-", "-12.50"),
        ("-1.234.567,89", "-1234567.89"),
        ("€ 5.00", "5"),
        ("19.99 EUR", "19.99"),
    ],
)
def test_amounts_are_read_as_banks_write_them(cell, amount):
    assert amount_of(cell) == Decimal(amount)


@pytest.mark.parametrize("cell", ["1.234", "1,234", "12.345,6789", "1e3", "--5", "=5", "٣", "5.5.5", "999999999999999"])
def test_amounts_that_could_be_another_are_refused(cell):
    with pytest.raises(InvalidInput):
        amount_of(cell)


def test_days_are_read_as_banks_write_them():
    nov = datetime.date(2026, 11, 2)
    for cell in ("2026-11-02", "2026-11-02 10:33:00", "20261102", "02.11.2026", "2.11.26", "02/11/2026"):
        assert day_of(cell, "day") == nov
    for cell in ("31.02.2026", "2026-13-01", "yesterday", "02.11.999"):
        with pytest.raises(InvalidInput):
            day_of(cell, "day")


def test_headings_are_known_in_several_languages():
    german = [
        "Buchungstag",
        "Wertstellung",
        "Auftraggeber / Begünstigter",
        "Verwendungszweck",
        "Betrag (EUR)",
        "Währung",
    ]
    assert recognised(german) == {
        "date": "Buchungstag",
        "amount": "Betrag (EUR)",
        "reference": "Verwendungszweck",
        "payer": "Auftraggeber / Begünstigter",
        "currency": "Währung",
    }
    english = recognised(["Transaction Date", "Description", "Money In", "Counterparty Name", "Transaction ID"])
    assert set(english) == {"date", "amount", "reference", "payer", "bank_reference"}


def test_a_direction_says_what_went_out():
    table = statement_of("Date,Amount,D/C\n2026-11-02,5.00,D\n2026-11-02,6.00,C\n", "x")
    lines = read_lines(table, recognised(table.columns))
    assert [line.transfer and line.transfer.amount for line in lines] == [None, Decimal("6.00")]


def test_who_may_not_record_payments_has_no_such_page():
    assert "Import bank statement" in Desk(*MAY).open(Payment, "changelist").content.decode()
    for missing in MAY[:3]:
        desk = Desk(*(name for name in MAY if name != missing))
        assert desk.client.get(PAGE).status_code == 403
        assert desk.client.post(PAGE, {"cells": "x"}).status_code == 403
        assert "Import bank statement" not in desk.open(Payment, "changelist").content.decode()


def test_files_that_are_no_statement_are_refused_in_words(desk):
    latin = SimpleUploadedFile("x.csv", b"Datum;Betrag;Grund\n" + b"\xfc\n")
    assert "is not UTF-8" in desk.client.post(PAGE, {"file": latin}).content.decode()
    large = SimpleUploadedFile("x.csv", b"x" * (4 * 1024 * 1024 + 1))
    assert "larger than 4 MB" in desk.client.post(PAGE, {"file": large}).content.decode()
    many = statement(*[(day(), "a", n, "1,00") for n in range(301)])
    assert "at most 300 can be shown" in desk.client.post(PAGE, {"cells": many}).content.decode()
    assert desk.client.post(PAGE, {"cells": "\0"}).status_code == 200
    assert desk.client.post(PAGE, {}).status_code == 200


def test_a_formula_stays_text_and_leaves_as_text(desk):
    invoice = issued_invoice()
    record(desk, statement((day(), "a", f"=HYPERLINK(1) {invoice.number}", "119,00")))
    assert Payment.objects.get().reference.startswith("=HYPERLINK")
    export = b"".join(desk.open(Payment, "export").streaming_content).decode()
    assert f"'=HYPERLINK(1) {invoice.number}" in export


def test_a_preview_costs_the_same_for_many_lines(desk):
    invoices = [issued_invoice() for _ in range(12)]

    def cost(some) -> int:
        text = statement(*[(day(), "a", each.number, "19,00") for each in some], (day(), "Customer 1", "x", "119,00"))
        desk.client.post(PAGE, {"cells": text})
        with CaptureQueriesContext(connection) as queries:
            desk.client.post(PAGE, {"cells": text})
        return len(queries)

    assert cost(invoices) == cost(invoices[:2]) <= 12


def test_the_command_records_what_is_certain_and_hands_back_the_rest(tmp_path, capsys):
    SuperuserFactory()
    invoice, other = issued_invoice(), issued_invoice()
    file, rest = tmp_path / "statement.csv", tmp_path / "rest.csv"
    file.write_text(statement((day(), "a", invoice.number, "119,00"), (day(), "b", other.number, "20,00")))
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_data", "bank_statement", str(file))
    assert not Payment.objects.exists()
    call_command("import_data", "bank_statement", str(file), skip_errors=rest)
    assert Payment.objects.get().invoice == invoice
    assert other.number in rest.read_text()
    call_command("import_data", "bank_statement", str(file), skip_errors=rest)
    assert "1 unchanged" in capsys.readouterr().out
    assert Payment.objects.count() == 1


def test_the_preview_leads_to_the_list_of_payments(desk):
    issued_invoice()
    assert url(Payment, "changelist") in desk.client.get(PAGE).content.decode()
