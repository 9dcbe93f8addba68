"""The pages behind a customer's credit and an invoice's balance: every sum is shown with what it is made of."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import services
from billing.models import Invoice
from sales import registry
from sales.models import Customer, OrderItem
from sales.services import exposure_of
from tests.back_office import Desk, url
from tests.factories.accounts import UserFactory
from tests.factories.billing import InvoiceFactory, InvoiceItemFactory, issued_invoice
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerFactory, confirmed_order, default_tax_rate
from tests.sales.test_credit_limit import _ninety

pytestmark = pytest.mark.django_db
CUSTOMER, ORDER, INVOICE = "sales.view_customer", "sales.view_order", "billing.view_invoice"
PAYMENT, CREDIT = "billing.view_payment", "billing.view_creditnote"


def tables(response) -> dict[str, list[list[str]]]:
    """The tables of the page by name, as plain words; sums come last."""
    found = {}
    for table in response.context["answer"].tables:
        found[table.name or str(table.title)] = [
            [str(cell) for cell in row] for row in (*table.rows, table.sums) if row
        ]
    return found


def last(rows: list[list[str]]) -> list[str]:
    return [row[-1].removeprefix('<span class="num">').removesuffix("</span>") for row in rows]


@pytest.fixture
def customer() -> Customer:
    """Owes 119.00, has a draft of 119.00, and has ordered five for 59.50 with delivery for 11.90."""
    default_tax_rate()
    customer = CustomerFactory(credit_limit=Decimal("500"))
    order = confirmed_order(ProductFactory(), 5, customer=customer, shipping_amount=Decimal("10"))
    assert order.total_amount == Decimal("71.40")
    for issue in (True, False):
        invoice = InvoiceFactory(customer=customer)
        InvoiceItemFactory(invoice=invoice)
        if issue:
            services.issue_invoice(invoice, by=None)
    return customer


class TestCredit:
    def test_every_document_that_counts_is_there_and_they_add_up(self, customer):
        response = Desk().open(Customer, "why", customer.pk)
        found = tables(response)
        order, invoice = customer.orders.get(), customer.invoices.order_by("pk").first()
        assert f'href="/admin/sales/order/{order.pk}/change/"' in found["orders"][0][0]
        assert f'href="/admin/billing/invoice/{invoice.pk}/change/"' in found["invoices"][0][0]
        assert (last(found["orders"]), last(found["invoices"]), last(found["drafts"])) == (
            ["71.40", "71.40"],
            ["119.00", "119.00"],
            ["119.00", "119.00"],
        )
        assert last(found["limit"])[-1] == "309.40" and exposure_of(customer) == Decimal("309.40")
        assert "The credit limit is 500.00; 190.60 of it is left." in response.content.decode()

    def test_what_no_document_explains_is_named_as_such(self, customer, monkeypatch):
        item = OrderItem.objects.get()
        OrderItem.objects.filter(pk=item.pk).update(unit_price=Decimal("3.3333"), quantity_invoiced=1)
        monkeypatch.setattr(registry, "_exposures", [*registry._exposures, _ninety])
        rows = tables(Desk().open(Customer, "why", customer.pk))["limit"]
        assert (rows[-2][0], last(rows)[-1]) == ("Other", f"{exposure_of(customer)}")

    def test_beyond_the_limit_and_without_one(self, customer):
        Customer.objects.update(credit_limit=Decimal("300"))
        assert "it is exceeded by 9.40." in Desk().open(Customer, "why", customer.pk).content.decode()
        Customer.objects.update(credit_limit=None)
        assert "No credit limit is set." in Desk().open(Customer, "why", customer.pk).content.decode()

    def test_everybody_sees_what_they_may_see_and_no_sum_of_more(self, customer):
        some = Desk(CUSTOMER, ORDER)
        response = some.open(Customer, "why", customer.pk)
        assert set(tables(response)) == {"orders"}
        html = response.content.decode()
        assert "119.00" not in html and "309.40" not in html and "Open invoices" in html
        assert "309.40" not in some.open(Customer, "change", customer.pk).content.decode()
        blind = Desk(CUSTOMER, INVOICE).open(Customer, "why", customer.pk)
        assert "/admin/sales/order/" not in blind.content.decode()
        assert Desk(ORDER, INVOICE).open(Customer, "why", customer.pk).status_code == 403
        assert Desk().open(Customer, "why", 999).status_code == 404

    def test_the_figures_lead_there(self, customer):
        desk, why = Desk(), url(Customer, "why", customer.pk)
        record = desk.open(Customer, "change", customer.pk).content.decode()
        assert f'href="{why}"' in record and "309.40" in record
        assert f'href="{why}#invoices"' in desk.open(Customer, "changelist").content.decode()

    def test_more_documents_cost_no_more_queries(self, customer):
        desk, address = Desk(), url(Customer, "why", customer.pk)
        desk.client.get(address)

        def cost() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert desk.client.get(address).status_code == 200
            return len(captured)

        before = cost()
        for _more in range(3):
            InvoiceItemFactory(invoice=InvoiceFactory(customer=customer))
        assert cost() == before


class TestBalance:
    @pytest.fixture
    def invoice(self) -> Invoice:
        """119.00: 100 paid, 10 paid and voided, 59.50 credited, of which 40.50 have to go back and 20 have."""
        clerk, invoice = UserFactory(), issued_invoice()
        services.pay_invoice(invoice, amount=Decimal("100"), payment_method="cash", reference="BANK-1", by=clerk)
        voided = services.pay_invoice(invoice, amount=Decimal("10"), payment_method="cash", by=clerk)
        services.void_payment(voided, reason="bounced", by=clerk)
        line = services.CreditLine(invoice.items.get(), 1)
        note = services.create_credit_note(invoice, [line], "damaged", by=clerk)
        services.issue_credit_note(note, by=clerk)
        services.refund_credit_note(note, amount=Decimal("20"), refund_method="cash", by=clerk)
        second = services.create_credit_note(invoice, [line], "also damaged", by=clerk)
        invoice.refresh_from_db()
        assert (second.status, invoice.balance) == ("draft", 0)
        return invoice

    def test_total_payments_and_credits_add_up(self, invoice):
        found = tables(Desk().open(Invoice, "why", invoice.pk))
        amounts = last(found[""])
        assert amounts == ["119.00", "-100.00", "-39.00", "20.00", "0.00"]
        assert sum(map(Decimal, amounts[:-1])) == invoice.balance
        html = str(found[""])
        assert "BANK-1" in html and "/admin/billing/payment/" in html and "/admin/billing/creditnote/" in html
        assert last(found["Does not count"]) == ["10.00", "59.50"]

    def test_who_may_not_see_payments_is_told_their_sum(self, invoice):
        found = tables(Desk(INVOICE).open(Invoice, "why", invoice.pk))
        assert last(found[""]) == ["119.00", "-100.00", "-19.00", "0.00"]
        assert list(found) == [""]
        assert "/payment/" not in str(found) and "/creditnote/" not in str(found)
        assert "/payment/" in str(tables(Desk(INVOICE, PAYMENT).open(Invoice, "why", invoice.pk)))

    def test_a_draft_is_its_total(self):
        draft = InvoiceItemFactory().invoice
        assert last(tables(Desk().open(Invoice, "why", draft.pk))[""]) == ["119.00", "119.00"]

    def test_the_figures_lead_there(self, invoice):
        why = f'href="{url(Invoice, "why", invoice.pk)}"'
        desk = Desk(INVOICE)
        assert why in desk.open(Invoice, "change", invoice.pk).content.decode()
        assert why in desk.open(Invoice, "changelist").content.decode()
        assert Desk(PAYMENT).open(Invoice, "why", invoice.pk).status_code == 403
        assert desk.open(Invoice, "why", 999).status_code == 404
