"""Orders, shipments, invoices, payments, credit notes, refunds and returns, all at random and at once, through the API:
nothing breaks, and the money that clients were told of is the money in the books."""

from collections import Counter
from decimal import Decimal

import pytest
from django.db.models import Sum

from billing.models import CreditNote, Invoice, Payment
from catalog.models import PriceList
from tests.factories.catalog import PriceListItemFactory, TaxRateFactory
from tests.factories.sales import CustomerFactory
from tests.proof.crowd import problems
from tests.proof.figures import note
from tests.proof.shop import Shop, open_shop
from tests.proof.sizes import SEED, SIZE
from tests.proof.trader import Files, Trader

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CLIENTS = 12
UNITS = 30


@pytest.fixture
def shop(db, settings) -> Shop:
    """Products at three rates of tax and awkward prices."""
    settings.AUTO_ALLOCATE = False
    shop = open_shop(products=6, warehouses=2, units=UNITS)
    reduced, free = TaxRateFactory(rate=Decimal("7")), TaxRateFactory(rate=Decimal("0"), category="Z")
    terms = [("0.3333", None), ("33.3333", reduced), ("0.0050", None), ("19.9900", reduced), ("3.3350", free)]
    for product, (price, rate) in zip(shop.products, terms, strict=False):
        product.price, product.tax_rate = Decimal(price), rate
        product.save()
    return shop


@pytest.fixture
def customers(shop: Shop) -> list[int]:
    """At home, abroad in both ways, with a credit limit, and with a price list."""
    prices = PriceList.objects.create(name="Friends")
    for product in shop.products[:3]:
        PriceListItemFactory(price_list=prices, product=product, minimum_quantity=3, price=Decimal("0.3300"))
    more = [
        CustomerFactory(tax_treatment="reverse_charge", tax_id="ATU12345675"),
        CustomerFactory(tax_treatment="export"),
        CustomerFactory(credit_limit=Decimal("500")),
        CustomerFactory(price_list=prices),
    ]
    return [customer.pk for customer in (shop.customer, *more)]


def test_money_is_never_lost_in_the_crowd(shop, customers, caller, server, crowd):
    files = Files()
    traders = [Trader(shop, customers, files, caller, f"{SEED}/trade/{client}") for client in range(CLIENTS)]
    assert problems(crowd(CLIENTS).all_do(lambda client: traders[client].trade(SIZE.trade))) == []
    log = server.log.read_text()
    assert "took a transaction back" not in log
    assert "refused what no rule had caught" not in log
    recorded = Payment.objects.filter(status="recorded").aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    refunded = CreditNote.objects.aggregate(sum=Sum("refunded_amount"))["sum"] or Decimal(0)
    assert (recorded, refunded) == (files.received(), files.given_back())
    done, refused = Counter(), Counter()
    for trader in traders:
        done += trader.done
        refused += trader.refused
    issued = Invoice.objects.filter(series_number__isnull=False).count()
    credited = CreditNote.objects.filter(status="issued").count()
    note(
        f"Orders to money at random, {CLIENTS} clients (API)",
        f"{done.total() + refused.total():,} requests in {SIZE.trade} s, {refused.total():,} of them rightly refused",
        f"{issued:,} invoices issued, {recorded:,} received, {credited:,} credit notes, {refunded:,} refunded: each "
        "cent as the clients were told",
    )
