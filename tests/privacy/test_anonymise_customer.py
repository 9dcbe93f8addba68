"""Taking a customer out of the records: nothing in the whole database says who it was, but what the law keeps."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.services import anonymise_user
from billing.models import CreditNote, Invoice, InvoiceItem, Payment
from billing.services import (
    cancel_invoice,
    create_credit_note,
    create_invoice,
    invoice_order,
    issue_credit_note,
    issue_invoice,
    pay_invoice,
    refund_credit_note,
)
from inventory_project.base.errors import RuleViolation
from inventory_project.history.tables import recorded
from inventory_project.integrity import check_all
from inventory_project.models import ChangeHistory, IdempotencyRecord, OperationRun
from sales.models import Customer, CustomerAddress, Order, SalesReturn, Shipment, TaxTreatment
from sales.registry import personal_parts
from sales.services import (
    ReturnLine,
    anonymise_customer,
    approve_sales_return,
    cancel_order,
    close_sales_return,
    confirm_order,
    deliver_order,
    place_order,
    receive_sales_return,
    request_sales_return,
    ship_order,
)
from sales.services.placing import OrderLine
from tests.api_client import address, clerk_client, root_client
from tests.back_office import Desk, errors_of
from tests.factories.accounts import SuperuserFactory, UserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerAddressFactory, CustomerFactory, confirmed_order, default_tax_rate
from tests.factories.stock import WarehouseFactory, put_in_stock

from .traces import traces

pytestmark = pytest.mark.django_db

WORDS = (
    "Wilhelmine", "Österreicher", "wilma-post", "0049-555-0001", "ATU99999991", "Kirschgartenweg", "Hinterhaus-Nord",
    "Quickborn", "25451", "her-own-number", "remark-of-hers", "TRACK-77881", "bank-says-so", "too-big-for-her",
    "WILMA-7", "changed-her-mind", "wilmas-login", "draft-for-her", "first-street",
)  # fmt: skip
TEXTS = {"CharField", "TextField", "JSONField"}
KEPT = {"invoice.billing_address", "invoice.particulars", "invoice.notes", "invoice.cancel_reason"}
KEPT |= {"credit_note.reason", "credit_note.notes", "credit_note.refund_reference", "credit_note.refunds"}


def make_customer() -> Customer:
    customer = Customer.objects.create(
        code="WILMA-7",
        name="Wilhelmine Österreicher",
        email="wilma-post@example.com",
        phone="0049-555-0001",
        tax_id="ATU99999991",
        tax_treatment=TaxTreatment.REVERSE_CHARGE,
        notes="remark-of-hers",
        user=UserFactory(username="wilmas-login"),
    )
    place = {"city": "Quickborn", "postal_code": "25451", "line2": "Hinterhaus-Nord", "country": "AT"}
    moved = CustomerAddressFactory(customer=customer, line1="first-street 1", **place)
    for kind in ("billing", "shipping"):
        CustomerAddressFactory(customer=customer, kind=kind, line1="Kirschgartenweg 3", is_default=True, **place)
    moved.delete()
    return customer


def business(customer: Customer, by) -> None:
    """An order with all that can come of one, one that was called off, one deleted, an invoice that never was one."""
    default_tax_rate()
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 10)
    wording = {"customer_reference": "her-own-number", "notes": "remark-of-hers"}

    def placed() -> Order:
        return place_order(customer=customer, lines=[OrderLine(product, 2)], warehouse=warehouse, **wording, by=by)

    cancel_order(placed(), "changed-her-mind", by=by)
    deleted = placed()
    deleted.items.all().delete()
    deleted.delete()
    order = confirm_order(placed(), by=by)
    ship_order(order, tracking_number="TRACK-77881", by=by)
    order = deliver_order(order, by=by)
    invoice = issue_invoice(invoice_order(order, by=by), by=by)
    pay_invoice(invoice, payment_method="bank_transfer", reference="bank-says-so Wilhelmine", by=by)
    line = ReturnLine(order.items.get(), 1)
    back = request_sales_return(order, [line], "too-big-for-her", notes="remark-of-hers", by=by)
    back = close_sales_return(receive_sales_return(approve_sales_return(back, by=by), by=by), by=by)
    note = issue_credit_note(create_credit_note(invoice, sales_return=back, reason="too-big-for-her", by=by), by=by)
    if note.amount_to_refund:
        refund_credit_note(note, "bank_transfer", "bank-says-so", by=by)
    draft = create_invoice(customer=customer, notes="draft-for-her", by=by)
    cancel_invoice(draft, "changed-her-mind", by=by)


@pytest.fixture
def customer() -> Customer:
    customer = make_customer()
    business(customer, SuperuserFactory())
    return customer


def second_address(customer: Customer) -> dict[str, object]:
    """A request that is kept, so that it can be repeated."""
    data = {"customer": customer.pk, "kind": "shipping", "line1": "Kirschgartenweg 3", "city": "Quickborn"}
    return {"data": {**data, "country": "AT"}, "format": "json", "HTTP_IDEMPOTENCY_KEY": "one"}


def everything() -> dict[str, list]:
    """All that anonymising writes."""
    models = (Customer, CustomerAddress, Order, Shipment, SalesReturn, Invoice, Payment, CreditNote)
    rows = {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}
    history = ChangeHistory.objects.order_by("pk").values()
    return {**rows, "history": list(history), "runs": list(OperationRun.objects.values())}


def test_nothing_says_any_more_who_it_was(customer):
    by = SuperuserFactory()
    assert root_client().post("/api/v1/customer-addresses/", **second_address(customer)).status_code == 201
    before = traces(WORDS)
    for column in ("customer.name", "order.billing_address", "change_history.changes", "idempotency_record.body"):
        assert before[column]
    printed = list(Invoice.objects.exclude(series_number=None).values("billing_address", "particulars", "notes"))

    anonymise_customer(customer, by=by)

    left = traces(WORDS)
    # The login is an account of its own.
    account = {name: words for name, words in left.items() if words <= {"wilmas-login"}}
    assert set(account) <= {
        "user.username",
        "user.username_key",
        "user.email",
        "user.email_key",
        "change_history.changes",
    }
    assert set(left) - set(account) <= KEPT
    anonymise_user(UserFactory._meta.model.objects.get(username="wilmas-login"), by=by)
    assert set(traces(WORDS)) <= KEPT
    assert (
        list(Invoice.objects.exclude(series_number=None).values("billing_address", "particulars", "notes")) == printed
    )
    assert not [result for result in check_all() if result.is_violation]


def test_every_text_of_an_issued_document_is_forgotten_in_its_history():
    for part in personal_parts(CustomerFactory()):
        if part.model in (Invoice, CreditNote) and part.forget:
            texts = {f.name for f in recorded()[part.model._meta.label_lower].fields if f.get_internal_type() in TEXTS}
            assert texts - {"status", "refund_method", part.model.NUMBER, "document_sha256"} <= set(part.forget)


def test_what_is_left_of_the_customer(customer):
    anonymise_customer(customer, by=None)
    customer.refresh_from_db()
    assert (customer.code, customer.name) == (f"ANON-{customer.pk}", f"Anonymised customer {customer.pk}")
    assert (customer.email, customer.phone, customer.tax_id, customer.notes, customer.user) == ("", "", "", "", None)
    assert not customer.is_active
    assert set(customer.addresses.values_list("line1", "city", "country")) == {("", "", "AT")}
    order = customer.orders.filter(status="delivered").get()
    assert order.billing_address == order.shipping_address == {"country": "AT"}
    assert order.total_amount > 0


def test_the_history_still_says_who_changed_what_and_when(customer):
    by = SuperuserFactory()
    told = ("pk", "happened_at", "actor", "door", "model", "row_id", "what")
    before = list(ChangeHistory.objects.order_by("pk").values_list(*told))
    anonymise_customer(customer, by=by)
    assert list(ChangeHistory.objects.order_by("pk").values_list(*told))[: len(before)] == before
    confirmed = ChangeHistory.objects.filter(model="sales.order", changes__status=["pending", "confirmed"])
    assert confirmed.exists()
    renamed = ChangeHistory.objects.filter(model="sales.customer", row_id=customer.pk, actor=by).get()
    assert renamed.changes["name"] == [None, None]
    assert renamed.changes["is_active"] == [True, False]


def test_the_run_is_recorded_without_a_name(customer):
    by = SuperuserFactory()
    anonymise_customer(customer, by=by)
    run = OperationRun.objects.of(OperationRun.ANONYMISATION).get()
    assert (run.subject, run.succeeded, run.details["by"]) == (f"customer {customer.pk}", True, by.pk)


def test_again_changes_nothing(customer):
    anonymise_customer(customer, by=None)
    before = everything()
    anonymise_customer(Customer.objects.get(pk=customer.pk), by=None)
    assert everything() == before


def test_others_stay_as_they_are(customer):
    other = CustomerFactory(name="Somebody Else", notes="remark")
    CustomerAddressFactory(customer=other, line1="Elsewhere 1")
    anonymise_customer(customer, by=None)
    other.refresh_from_db()
    assert (other.name, other.notes, other.addresses.get().line1) == ("Somebody Else", "remark", "Elsewhere 1")
    assert "change_history.changes" in traces(["Somebody Else"])


def test_a_repeated_request_is_told_that_it_was_carried_out(customer):
    client, sent = root_client(), second_address(customer)
    made = client.post("/api/v1/customer-addresses/", **sent)
    anonymise_customer(customer, by=None)
    assert IdempotencyRecord.objects.get().body == ""
    again = client.post("/api/v1/customer-addresses/", **sent)
    assert (again.status_code, again["Location"]) == (204, made["Location"])
    assert customer.addresses.filter(line1="").count() == customer.addresses.count() == 3


def owes_goods(customer):
    confirmed_order(customer=customer)


def has_not_been_invoiced(customer):
    order = confirmed_order(customer=customer)
    ship_order(order, by=order.user)


def has_not_paid(customer):
    owner = UserFactory()
    invoice = create_invoice(customer=customer, by=owner)
    InvoiceItem.objects.create(invoice=invoice, description="Advice", quantity=1, unit_price=10, tax_category="AE")
    issue_invoice(invoice, by=owner)


def has_a_draft(customer):
    create_invoice(customer=customer, by=UserFactory())


def gets_money_back(customer):
    owner = UserFactory()
    invoice = customer.invoices.exclude(series_number=None).get()
    issue_credit_note(create_credit_note(invoice, reason="All of it", by=owner), by=owner)


def sends_goods_back(customer):
    order = customer.orders.filter(status="delivered").get()
    request_sales_return(order, [ReturnLine(order.items.get(), 1)], "Too many", by=UserFactory())


@pytest.mark.parametrize(
    "still", [owes_goods, has_not_been_invoiced, has_not_paid, has_a_draft, gets_money_back, sends_goods_back]
)
def test_it_is_refused_while_something_is_open(customer, still):
    still(customer)
    by = SuperuserFactory()
    before = everything()
    with pytest.raises(RuleViolation) as caught:
        anonymise_customer(customer, by=by)
    assert caught.value.code == "unfinished"
    assert everything() == before


def test_a_code_that_is_taken_is_made_longer(customer):
    CustomerFactory(code=f"anon-{customer.pk}")
    anonymise_customer(customer, by=None)
    assert Customer.objects.get(pk=customer.pk).code == f"ANON-{customer.pk}-2"


def test_at_the_api(customer):
    assert clerk_client("sales.change_customer").post(address(customer, "anonymise")).status_code == 403
    client = clerk_client("sales.anonymise_customer", "sales.view_customer")
    answer = client.post(address(customer, "anonymise"))
    assert (answer.status_code, answer.json()["name"]) == (200, f"Anonymised customer {customer.pk}")
    other = confirmed_order().customer
    refused = client.post(address(other, "anonymise"))
    assert (refused.status_code, refused.json()["code"]) == (409, "unfinished")


def test_in_the_back_office(customer):
    desk = Desk()
    assert "anonymise" in desk.buttons(customer)
    page = desk.open(Customer, "change", customer.pk, act="anonymise")
    assert "issued invoices" in page.content.decode()
    assert Customer.objects.get(pk=customer.pk).email
    other = confirmed_order().customer
    assert "left to do" in page_errors(desk.press(other, "anonymise", sure="1"))
    desk.press(customer, "anonymise", sure="1")
    assert Customer.objects.get(pk=customer.pk).email == ""
    assert "anonymise" not in desk.buttons(customer)
    assert "anonymise" not in Desk("sales.change_customer", "sales.view_customer").buttons(other)


def page_errors(page) -> str:
    return errors_of(page) + page.content.decode()


def test_the_command(customer):
    def run(*args: str, **options) -> str:
        out = StringIO()
        call_command("anonymise", *args, stdout=out, **options)
        return out.getvalue()

    before = everything()
    assert "would be blanked" in run("customer", "wilma-7", dry_run=True)
    assert everything() == before
    run("customer", "wilma-7")
    assert Customer.objects.get(pk=customer.pk).code == f"ANON-{customer.pk}"
    assert "0 rows" in run("customer", f"ANON-{customer.pk}")
    with pytest.raises(CommandError, match="no customer"):
        run("customer", "nobody")
    with pytest.raises(CommandError, match="left to do"), transaction.atomic():
        run("customer", confirmed_order().customer.code)
