"""Numbers, dates and years of what is issued; invoices of nothing; customers who pay no tax here."""

from billing.models import Invoice
from catalog.models import TaxRate

from .office import account, figures

LINE = {"description": "Advice", "unit_price": "10.00"}


def test_a_clock_that_was_set_back_dates_no_invoice_before_the_last_number(office, at):
    at("2026-06-10T09:00:00+00:00")
    first = office.charge(LINE)
    at("2026-06-08T09:00:00+00:00")
    second = office.charge(LINE)
    assert (first["invoice_number"], second["invoice_number"]) == ("INV-2026-000001", "INV-2026-000002")
    assert second["issued_date"] == first["issued_date"]


def test_the_year_ends_in_the_time_zone_of_the_business(office, at):
    """At 23:00 UTC on 31 December a new year has begun in Berlin."""
    at("2026-12-31T22:59:59+00:00")
    old = [office.charge(LINE) for _ in range(2)]
    at("2026-12-31T23:00:00+00:00")
    new = office.charge(LINE)
    assert [each["invoice_number"] for each in (*old, new)] == [
        "INV-2026-000001",
        "INV-2026-000002",
        "INV-2027-000001",
    ]
    assert (new["series_year"], new["series_number"]) == (2027, 1)
    at("2027-01-02T09:00:00+00:00")
    note = office.credit(old[0])
    assert note["credit_note_number"] == "CN-2027-000001"


def test_a_draft_of_the_old_year_gets_a_number_of_the_new_one(office, at):
    at("2026-12-30T09:00:00+00:00")
    draft = office.add("invoices", {"customer": office.customer.pk, "items": [LINE]})
    at("2027-01-04T09:00:00+00:00")
    issued = office.do(f"invoices/{draft['id']}/issue")
    assert (issued["invoice_number"], issued["due_date"]) == ("INV-2027-000001", "2027-02-03T22:59:59Z")


def test_a_draft_that_is_thrown_away_or_refused_leaves_no_gap(office):
    drafts = [office.add("invoices", {"customer": office.customer.pk, "items": [LINE]}) for _ in range(3)]
    office.client.delete(f"/api/v1/invoices/{drafts[0]['id']}/")
    empty = office.add("invoices", {"customer": office.customer.pk, "items": []})
    office.refuses("no_lines", f"invoices/{empty['id']}/issue")
    numbers = [office.do(f"invoices/{draft['id']}/issue")["invoice_number"][-6:] for draft in drafts[1:]]
    assert numbers == ["000001", "000002"]
    office.do(f"invoices/{drafts[1]['id']}/cancel")
    assert office.charge(LINE)["series_number"] == 3


def test_an_invoice_is_not_due_before_it_is_issued(office, at):
    at("2026-06-10T09:00:00+00:00")
    body = {"customer": office.customer.pk, "items": [LINE], "due_date": "2026-06-09T09:00:00Z"}
    draft = office.add("invoices", body)
    office.refuses("due_before_issue", f"invoices/{draft['id']}/issue")
    office.change(f"invoices/{draft['id']}", {"due_date": "2026-06-10T00:00:00Z"})
    assert office.do(f"invoices/{draft['id']}/issue")["due_date"] == "2026-06-10T21:59:59Z"


def test_an_invoice_of_nothing_is_settled_and_can_be_called_off(office):
    """A sample for nothing: nobody owes anything. Issued by mistake, what it held can be charged after all."""
    order = office.order({"product": office.product("10").pk, "quantity": 2, "discount_percent": "100"})
    office.ship(order)
    invoice = office.bill(order)
    assert account(invoice) == ("paid", "0.00", "0.00", "0.00", "0.00")
    assert invoice["paid_date"] == invoice["issued_date"]
    office.refuses("invalid_state", f"invoices/{invoice['id']}/pay", {"payment_method": "cash", "amount": "0.01"})
    cancelled = office.do(f"invoices/{invoice['id']}/cancel", {"reason": "Not a sample"})
    assert (cancelled["status"], cancelled["paid_date"]) == ("cancelled", None)
    assert cancelled["invoice_number"] == invoice["invoice_number"]
    assert office.now(order, "orders")["items"][0]["quantity_invoiced"] == 0
    again = office.bill(order)
    assert again["series_number"] == invoice["series_number"] + 1


def test_a_free_standing_invoice_of_nothing(office):
    invoice = office.owed("0.00")
    assert account(invoice) == ("paid", "0.00", "0.00", "0.00", "0.00")
    assert office.do(f"invoices/{invoice['id']}/cancel")["status"] == "cancelled"


def test_what_was_really_paid_is_not_called_off(office):
    invoice = office.owed("10.00")
    office.pay(invoice)
    told = office.refuses("invalid_state", f"invoices/{invoice['id']}/cancel", {}, "is paid")
    assert told["allowed_actions"] == []


def test_customers_who_pay_no_tax_here(office):
    """Reverse charge and export, on orders and on invoices without one."""
    product = office.product("10", tax="7")
    for treatment, tax_id, category in (("reverse_charge", "ATU12345675", "AE"), ("export", "", "G")):
        office.customer.tax_treatment, office.customer.tax_id = treatment, tax_id
        office.customer.save()
        order = office.order((product, 3), shipping_amount="5.00")
        assert figures(order) == ("30.00", "0.00", "35.00")
        office.ship(order)
        invoice = office.bill(order)
        assert figures(invoice) == ("35.00", "0.00", "35.00")
        assert {line["tax_category"] for line in invoice["items"]} == {category}
        assert invoice["particulars"]["exemptions"][category]
        assert figures(office.charge(LINE)) == ("10.00", "0.00", "10.00")


def test_an_agreed_order_keeps_its_tax_when_the_customer_moves_away(office):
    order = office.order((office.product("10"), 1))
    office.change(f"customers/{office.customer.pk}", {"tax_treatment": "export"})
    office.ship(order)
    assert figures(office.bill(order)) == ("10.00", "1.90", "11.90")


def test_a_draft_without_an_order_follows_the_customer_until_it_is_issued(office):
    """Tax that was looked up is looked up again at issue; what somebody chose stays."""
    chosen = {"description": "Service here", "unit_price": "10.00", "tax_category": "S", "tax_percent": "19"}
    draft = office.add("invoices", {"customer": office.customer.pk, "items": [LINE, chosen]})
    assert figures(draft) == ("20.00", "3.80", "23.80")
    office.change(f"customers/{office.customer.pk}", {"tax_treatment": "export"})
    issued = office.do(f"invoices/{draft['id']}/issue")
    assert [(line["tax_category"], line["tax_percent"]) for line in issued["items"]] == [
        ("G", "0.000"),
        ("S", "19.000"),
    ]
    assert figures(issued) == ("20.00", "1.90", "21.90")


def test_a_new_default_rate_holds_for_drafts_that_are_issued_then(office):
    draft = office.add("invoices", {"customer": office.customer.pk, "items": [LINE]})
    TaxRate.objects.update(is_default=False)
    TaxRate.objects.create(name="Lowered", rate=16, is_default=True)
    assert figures(office.do(f"invoices/{draft['id']}/issue")) == ("10.00", "1.60", "11.60")


def test_a_line_taken_over_by_hand_is_left_alone(office):
    """Somebody sees 19 % and sets 7 %."""
    draft = office.add("invoices", {"customer": office.customer.pk, "items": [LINE]})
    office.change(f"invoice-items/{draft['items'][0]['id']}", {"tax_percent": "7"})
    assert figures(office.do(f"invoices/{draft['id']}/issue")) == ("10.00", "0.70", "10.70")
    assert Invoice.objects.count() == 1
