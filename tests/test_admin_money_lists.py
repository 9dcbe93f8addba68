"""Lists of sales and billing: their tabs and filters hold what they say, and many documents are printed as one."""

import datetime
from io import BytesIO
from unittest import mock

import pytest
from django.contrib.admin.views.main import ERROR_FLAG
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from billing.models import Invoice, InvoiceItem
from billing.services import pay_invoice
from inventory_project.base.clock import end_of_day, today
from sales.models import (
    Customer,
    CustomerAddress,
    Order,
    Reservation,
    SalesReturn,
    SalesReturnItem,
    Shipment,
)
from sales.services import ReturnLine, approve_sales_return, request_sales_return
from tests.back_office import Desk, said, url
from tests.factories.billing import InvoiceItemFactory, issued_invoice
from tests.factories.catalog import PriceListFactory, TaxRateFactory
from tests.factories.sales import (
    CustomerAddressFactory,
    CustomerFactory,
    ReservationFactory,
    confirmed_order,
    place,
    shipped_order,
)
from tests.lives.scenes import SCENES, overdue_invoice
from tests.test_admin_lists import cell

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


def listed(desk: Desk, model, **query) -> list:
    """The rows of the list."""
    return list(desk.open(model, "changelist", **query).context["cl"].result_list)


def test_customers_are_found_by_country_each_once(desk):
    austrian, german = CustomerFactory(), CustomerFactory()
    CustomerAddressFactory(customer=austrian, country="AT")
    CustomerAddressFactory(customer=austrian, country="AT", line1="Ring 2")
    CustomerAddressFactory(customer=german, country="DE")
    assert listed(desk, Customer, addresses__country__istartswith="at") == [austrian]
    assert {row.customer for row in listed(desk, CustomerAddress, country__istartswith="AT")} == {austrian}


def test_customers_are_found_by_price_list_which_is_searched_for(desk):
    mine = CustomerFactory(price_list=PriceListFactory())
    CustomerFactory(price_list=PriceListFactory())
    assert listed(desk, Customer, price_list__id__exact=mine.price_list_id) == [mine]
    assert "admin-autocomplete" in desk.open(Customer, "changelist").content.decode()


def test_a_new_order_begins_at_its_customer(desk):
    customer = CustomerFactory()
    assert desk.buttons(customer)[0] == "order"
    page = desk.open(Order, "add", customer=customer.pk)
    assert page.context["adminform"].form["customer"].value() == str(customer.pk)
    assert "order" not in Desk("sales.view_customer").buttons(customer)
    assert "order" not in desk.buttons(CustomerFactory(is_active=False))


def test_reservations_that_expire_today_come_first(desk):
    now, never, today_, gone = timezone.now(), *(ReservationFactory() for _ in range(3))
    Reservation.objects.filter(pk=never.pk).update(expires_at=None)
    Reservation.objects.filter(pk=today_.pk).update(expires_at=end_of_day(today()))
    Reservation.objects.filter(pk=gone.pk).update(expires_at=now - datetime.timedelta(days=2))
    assert listed(desk, Reservation) == [gone, today_, never]
    assert listed(desk, Reservation, view="today") == [today_]
    assert listed(desk, Reservation, view="expired") == [gone]


def test_orders_are_in_one_tab_by_their_status(desk):
    orders = {status: make() for (model, status), make in SCENES.items() if model is Order}
    assert listed(desk, Order, view="shipped") == [orders["shipped"]]
    assert set(listed(desk, Order, view="closed")) == {orders["delivered"], orders["cancelled"]}
    assert orders["pending"] in listed(desk, Order, view="pending")


def test_shipments_are_found_by_carrier(desk):
    fast = SCENES[Shipment, "draft"]()
    Shipment.objects.filter(pk=fast.pk).update(carrier="DHL Express")
    SCENES[Shipment, "draft"]()
    assert listed(desk, Shipment, carrier__istartswith="dhl") == [fast]


def test_returns_say_what_the_goods_were_charged_with(desk):
    order = shipped_order(quantity=4)
    line = order.items.get()
    returned = request_sales_return(order, [ReturnLine(line, 3)], "Too large", by=None)
    assert cell(desk, SalesReturn, returned, "value") == f"{line.unit_price * 3:.2f}"
    assert listed(desk, SalesReturn, reason__istartswith="too l") == [returned]
    assert not listed(desk, SalesReturn, reason__istartswith="broken")


def test_lines_of_approved_returns_wait_to_be_inspected(desk):
    order = shipped_order()
    returned = request_sales_return(order, [ReturnLine(order.items.get(), 1)], "Too large", by=None)
    assert not listed(desk, SalesReturnItem, view="to_inspect")
    approve_sales_return(returned, by=None)
    assert [row.sales_return for row in listed(desk, SalesReturnItem, view="to_inspect")] == [returned]


def test_overdue_invoices_say_for_how_long(desk):
    invoice, other = overdue_invoice(), issued_invoice()
    with mock.patch("django.utils.timezone.now", return_value=timezone.now() + datetime.timedelta(days=12)):
        desk = Desk()
        assert cell(desk, Invoice, invoice, "due").endswith(", 12 days late")
        assert "late" not in cell(desk, Invoice, other, "due")


def test_invoice_lines_are_found_by_tax_rate(desk):
    TaxRateFactory(rate=7), TaxRateFactory(rate=19)
    reduced, _standard = InvoiceItemFactory(tax_percent=7), InvoiceItemFactory(tax_percent=19)
    rate = desk.open(InvoiceItem, "changelist").context["cl"].filter_specs[1].lookup_choices[1][0]
    assert listed(desk, InvoiceItem, tax=rate) == [reduced]
    refused = desk.open(InvoiceItem, "changelist", tax="7 or 1=1")
    assert ERROR_FLAG in refused["Location"]


def test_payments_stand_on_the_page_of_their_invoice_and_are_not_edited_there(desk):
    invoice = issued_invoice()
    payment = pay_invoice(invoice, payment_method="cash", reference="till 7", by=None)
    page = desk.open(Invoice, "change", invoice.pk).content.decode()
    assert "till 7" in page
    assert url(type(payment), "change", payment.pk) in page
    assert 'name="payments-0-amount"' not in page
    assert desk.edit(invoice, notes="Paid at the till").status_code == 302
    payment.refresh_from_db()
    assert payment.reference == "till 7"
    draft = InvoiceItemFactory().invoice
    assert "Payments" not in [each.opts.verbose_name_plural for each in draft_inlines(desk, draft)]


def draft_inlines(desk: Desk, invoice: Invoice):
    return desk.open(Invoice, "change", invoice.pk).context["inline_admin_formsets"]


def test_several_invoices_are_printed_as_one_file(desk):
    invoices = [issued_invoice(), issued_invoice()]
    response = desk.press_all(invoices, "print_documents")
    file = desk.client.get(response["Location"])
    assert file["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(file.content)).pages
    text = [page.extract_text() for page in pages]
    assert [invoice.number in page for invoice, page in zip(invoices, text, strict=True)] == [True, True]


def test_drafts_are_not_printed_with_issued_ones(desk):
    draft = InvoiceItemFactory().invoice
    response = desk.press_all([issued_invoice(), draft], "print_documents")
    assert f"{draft} was never issued" in said(response)
    assert desk.open(Invoice, "print", ids=draft.pk).status_code == 404
    assert desk.open(Invoice, "print", ids="x,,-1").status_code == 404


def test_no_more_is_printed_at_once_than_somebody_would_wait_for(desk, monkeypatch):
    monkeypatch.setattr("billing.admin.documents.MOST_TOGETHER", 1)
    monkeypatch.setattr("sales.admin.pick_lists.MOST_LISTS", 1)
    assert "At most 1 can be printed" in said(desk.press_all([issued_invoice(), issued_invoice()], "print_documents"))
    orders = [confirmed_order(), confirmed_order()]
    assert "At most 1 can be printed" in said(desk.press_all(orders, "print_pick_lists"))


def test_packing_slips_of_several_shipments_cost_what_one_costs(desk):
    some = [SCENES[Shipment, "shipped"]() for _ in range(3)]
    page = desk.client.get(desk.press_all(some, "print_chosen")["Location"])
    assert all(row.number in page.content.decode() for row in some)

    def cost(rows) -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.open(Shipment, "print_several", ids=",".join(str(row.pk) for row in rows))
        return len(queries)

    assert cost(some) == cost(some[:1])


def test_pick_lists_of_several_orders_are_one_page(desk):
    ready, waits = confirmed_order(), place()
    response = desk.press_all([ready, waits], "print_pick_lists")
    page = desk.client.get(response["Location"]).content.decode()
    assert ready.items.get().product.sku in page
    assert f"{waits} is pending: there is nothing to fetch." in page
    assert "There is nothing here." in desk.open(Order, "pick_lists", ids="").content.decode()
    assert Desk("sales.view_customer").open(Order, "pick_lists").status_code == 403
