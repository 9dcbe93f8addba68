"""The frame of the back office: menu, search, start page, error pages, and what browsers are allowed to run."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from catalog.models import Product
from sales.models import Order
from tests.back_office import Desk, said, url
from tests.factories.accounts import StaffFactory
from tests.factories.billing import issued_invoice
from tests.factories.catalog import CategoryFactory, ProductBarcodeFactory, ProductFactory
from tests.factories.sales import CustomerFactory, place
from tests.factories.stock import BinFactory

pytestmark = pytest.mark.django_db

INDEX = "/admin/"
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)
OUTSIDE = re.compile(r"""(?:src|href)=["'](?:https?:)?//""")


@pytest.fixture(autouse=True)
def no_remembered_numbers():
    cache.clear()


@pytest.fixture
def desk():
    return Desk()


def menu_of(desk: Desk) -> list[str]:
    text = desk.client.get(INDEX).content.decode()
    menu = text[text.index('<nav id="menu"') : text.index("</nav>")]
    return re.findall(r'<li[^>]*><a href="[^"]*"[^>]*>([^<]+)</a>', menu)


# --- menu and start page ----------------------------------------------------------------------------------------------


def test_the_menu_goes_by_job_and_ends_with_the_other_tables(desk):
    text = desk.client.get(INDEX).content.decode()
    groups = re.findall(r'data-group="(\w+)"', text)
    assert groups == ["cart", "receipt", "truck", "box", "tag", "users", "chart", "table"]
    assert len(menu_of(desk)) == 44


def test_the_menu_shows_only_what_may_be_viewed():
    assert menu_of(Desk("sales.view_order", "catalog.view_product")) == ["Orders", "Products"]


def test_nobody_is_offered_to_add_what_they_may_not():
    desk = Desk("sales.view_order", "catalog.*")
    text = desk.client.get(INDEX).content.decode()
    assert url(Product, "add") in text
    assert url(Order, "add") not in text


def test_someone_without_any_permission_gets_a_page(client):
    client.force_login(StaffFactory())
    assert client.get(INDEX).status_code == 200


# --- search -----------------------------------------------------------------------------------------------------------


def search(desk: Desk, term: str):
    return desk.client.get(reverse("admin:search", query={"q": term}))


def test_a_number_opens_its_document(desk):
    order = place()
    assert search(desk, order.order_number)["Location"] == url(Order, "change", order.pk)


def test_a_scanned_barcode_opens_its_product(desk):
    barcode = ProductBarcodeFactory()
    ProductFactory()
    assert search(desk, barcode.code)["Location"] == url(Product, "change", barcode.product_id)


def test_several_hits_are_listed_by_kind(desk):
    product, customer = ProductFactory(name="Blue lamp"), CustomerFactory(name="Lampenhaus")
    page = search(desk, "lamp")
    text = page.content.decode()
    assert url(Product, "change", product.pk) in text
    assert customer.name in text


def test_the_search_finds_nothing_that_may_not_be_viewed():
    ProductFactory(name="Blue lamp")
    assert search(Desk("sales.view_order"), "lamp").context["found"] == []


def test_odd_searches_are_answered(desk):
    for term in ("", "\0", "%", "'", "x" * 5000, " ".join("abcdefghij" * 50), "🦄"):
        assert search(desk, term).status_code == 200


def test_suggestions_name_a_bin_with_its_warehouse(desk):
    place = BinFactory(code="A-7", warehouse__code="HH")
    query = {"term": "A-7", "app_label": "stock", "model_name": "stockmovement", "field_name": "bin"}
    found = desk.client.get(reverse("admin:autocomplete", query=query)).json()["results"]
    assert found == [{"id": str(place.pk), "text": "HH / A-7"}]


# --- safety -----------------------------------------------------------------------------------------------------------


def pages(desk: Desk) -> dict[str, bytes]:
    order, invoice = place(), issued_invoice()
    addresses = [
        INDEX,
        url(Order, "changelist"),
        url(Order, "add"),
        url(Order, "change", order.pk),
        url(Order, "history", order.pk),
        url(Order, "delete", order.pk),
        url(type(invoice), "change", invoice.pk),
        url(Product, "add"),
        reverse("admin:app_list", args=["stock"]),
        reverse("admin:search", query={"q": "x"}),
        reverse("admin:password_change"),
        "/admin/nowhere/",
    ]
    found = {address: desk.client.get(address).content for address in addresses}
    found["act"] = desk.press(order, "cancel").content
    found["login"] = Client().get(reverse("admin:login")).content
    return found


def test_nothing_runs_inline_and_nothing_comes_from_outside(desk):
    for address, content in pages(desk).items():
        text = content.decode()
        assert not INLINE.findall(text), (address, INLINE.findall(text))
        assert not OUTSIDE.findall(text), address


def test_the_policy_is_sent(desk):
    policy = desk.client.get(INDEX)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy


NAMES = ["<script>alert(1)</script>", "{{ 7|add:7 }}{% now 'Y' %}", "\u202egnirts", "🦄 & Söhne"]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_shown_literally(desk, name):
    product = ProductFactory(name=name, category=CategoryFactory(name=f"In {name}"[:100]))
    order = place((product, 1), customer=CustomerFactory(name=name))
    for address in (url(Product, "changelist"), url(Order, "changelist"), url(Order, "change", order.pk)):
        text = desk.client.get(address).content.decode()
        assert "<script>alert" not in text
    assert desk.client.get(url(Product, "change", product.pk)).context["heading"].endswith(name)


# --- error pages ------------------------------------------------------------------------------------------------------


def test_what_is_not_there_is_said_within_the_frame(desk, settings):
    settings.DEBUG = False
    response = desk.client.get("/admin/nowhere/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
    assert response["X-Request-ID"] in response.content.decode()
    assert '<nav id="menu"' in response.content.decode()


def test_what_is_not_open_is_said_within_the_frame():
    response = Desk("catalog.view_product").client.get(url(Order, "changelist"))
    assert response.status_code == 403
    assert "That is not open to you" in response.content.decode()
    assert response["X-Request-ID"] in response.content.decode()


def test_a_form_without_its_token_is_explained():
    client = Client(enforce_csrf_checks=True)
    client.force_login(StaffFactory())
    response = client.post(reverse("admin:logout"))
    assert response.status_code == 403
    assert "That form was too old" in response.content.decode()


def test_a_fault_of_ours_has_a_page_that_needs_nothing(desk, settings, monkeypatch):
    def break_down(*args, **kwargs):
        raise RuntimeError("planted")

    monkeypatch.setattr("inventory_project.dashboard.start_page", break_down)
    desk.client.raise_request_exception = False
    response = desk.client.get(INDEX)
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()
    assert response["X-Request-ID"] in response.content.decode()
    assert "planted" not in response.content.decode()


# --- references -------------------------------------------------------------------------------------------------------


def test_a_product_in_use_is_kept_and_the_page_says_by_what(desk):
    product = ProductFactory()
    place((product, 1))
    page = desk.open(Product, "delete", product.pk).content.decode()
    assert "can’t be deleted, because it is in use" in page
    assert "order lines" in page
    desk.client.post(url(Product, "delete", product.pk), {"post": "yes"})
    assert Product.objects.filter(pk=product.pk).exists()


def test_products_in_use_are_kept_in_bulk_too(desk):
    product, free = ProductFactory(), ProductFactory()
    place((product, 1))
    desk.press_all([product, free], "delete_selected", post="yes")
    assert Product.objects.count() == 2


def test_products_are_retired_and_taken_up_again(desk):
    products = [ProductFactory(), ProductFactory()]
    assert "2 done" in said(desk.press_all(products, "retire"))
    assert not Product.objects.filter(is_active=True).exists()
    desk.press(products[0], "activate")
    assert Product.objects.get(is_active=True) == products[0]
    assert Product.objects.get(is_active=True).updated_by == desk.user


def test_a_twin_is_named_at_its_field(desk):
    ProductFactory(sku="AB-1")
    product = ProductFactory()
    assert "Another product has this SKU." in str(
        desk.edit(product, sku="ab-1").context["adminform"].form.errors["sku"]
    )
