"""Sheets and labels: everything that is needed on paper, nothing that is not meant for whoever holds it."""

import re
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Product
from inventory_project.base.admin import labels, printing
from sales.models import Shipment
from stock.models import Bin, GoodsReceipt, PurchaseOrder, StockCount, StockTransfer
from stock.services import create_stock_count, start_stock_count
from tests.back_office import Desk, said, url
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductBarcodeFactory, ProductFactory, SupplierProductFactory
from tests.factories.sales import shipped_order
from tests.factories.stock import (
    BinFactory,
    GoodsReceiptItemFactory,
    PurchaseOrderItemFactory,
    StockTransferItemFactory,
    WarehouseFactory,
    put_in_stock,
)

pytestmark = pytest.mark.django_db

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)


@pytest.fixture
def desk():
    return Desk()


def printed(desk: Desk, row) -> str:
    response = desk.open(type(row), "print", row.pk)
    assert response.status_code == 200
    text = response.content.decode()
    assert not INLINE.search(text)
    assert url(type(row), "print", row.pk) in desk.open(type(row), "change", row.pk).content.decode()
    return text


def test_the_packing_slip_says_what_is_in_the_parcel_and_no_prices(desk):
    order = shipped_order(quantity=2)
    text = printed(desk, Shipment.objects.get())
    line = order.items.get()
    assert line.product.sku in text
    assert order.order_number in text
    assert f"{line.unit_price:.2f}" not in text
    assert "total" not in text.lower()


def test_the_purchase_order_names_the_number_of_the_supplier(desk):
    line = PurchaseOrderItemFactory(quantity=1200)
    SupplierProductFactory(product=line.product, supplier=line.purchase_order.supplier, supplier_sku="THEIRS-7")
    text = printed(desk, line.purchase_order)
    assert "THEIRS-7" in text
    assert "1,200" in text


def test_the_transfer_is_a_pick_list(desk):
    line = StockTransferItemFactory()
    text = printed(desk, line.transfer)
    assert line.product.sku in text
    assert "☐" in text


def test_the_count_sheet_is_blind(desk):
    warehouse, product, by = WarehouseFactory(), ProductFactory(), UserFactory()
    put_in_stock(product, warehouse, 4321)
    count = start_stock_count(create_stock_count(warehouse=warehouse, by=by), by=by)
    text = printed(desk, count)
    assert product.sku in text
    assert "4321" not in text
    assert "4,321" not in text


@pytest.mark.parametrize("model", [Shipment, PurchaseOrder, StockTransfer, StockCount], ids=lambda m: m.__name__)
def test_nothing_is_printed_for_strangers(desk, model):
    assert desk.open(model, "print", 999_999).status_code == 404
    assert Client().get(url(model, "print", 1)).status_code == 302
    assert Desk("catalog.view_product").open(model, "print", 1).status_code == 403


# --- labels -----------------------------------------------------------------------------------------------------------


def test_labels_are_asked_for_and_have_an_address(desk):
    barcode, plain = ProductBarcodeFactory(), ProductFactory()
    asked = desk.press_all([barcode.product, plain], "labels")
    assert "Copies of each" in asked.content.decode()
    response = desk.press_all([barcode.product, plain], "labels", copies="3")
    page = desk.client.get(response["Location"])
    assert [label.code for label in page.context["labels"]] == [barcode.code] * 3 + [plain.sku] * 3
    text = page.content.decode()
    assert text.count("<svg") == 6
    assert not INLINE.search(text)


@pytest.mark.parametrize(
    ("symbology", "code", "modules"),
    [("ean13", "4006381333931", 95), ("ean8", "73513537", 67), ("upca", "036000291452", 95)],
)
def test_the_bars_are_those_of_the_code(desk, symbology, code, modules):
    barcode = ProductBarcodeFactory(code=code, symbology=symbology)
    (label,) = desk.open(Product, "labels", ids=barcode.product_id).context["labels"]
    assert label.width == modules
    assert label.bars[0][0] == 0
    assert sum(width for _start, width in label.bars) == label.pattern.count("1")


def test_what_has_no_bars_is_printed_as_text(desk):
    product = ProductFactory(sku="Größe-1")
    page = desk.open(Product, "labels", ids=product.pk)
    assert "Größe-1" in page.content.decode()
    assert "<svg" not in page.content.decode()


@pytest.mark.parametrize("query", ["", "ids=x&copies=y", "ids=1,,2&copies=-1", f"ids={'9' * 40}", "copies=999999"])
def test_odd_addresses_are_answered(desk, query):
    ProductFactory()
    assert desk.client.get(f"{reverse('admin:catalog_product_labels')}?{query}").status_code == 200


def test_bins_have_labels_too(desk):
    place = BinFactory(code="A-07")
    page = desk.open(Bin, "labels", ids=place.pk)
    assert "A-07" in page.content.decode()
    assert page.context["labels"][0].bars
    assert Desk("sales.view_order").open(Bin, "labels", ids=place.pk).status_code == 403


# --- several at once --------------------------------------------------------------------------------------------------


def test_several_purchase_orders_are_printed_as_one(desk, django_assert_max_num_queries):
    lines = [PurchaseOrderItemFactory() for _number in range(3)]
    SupplierProductFactory(product=lines[1].product, supplier=lines[1].purchase_order.supplier, supplier_sku="THEIRS-7")
    answer = desk.press_all([line.purchase_order for line in lines[:2]], "print_chosen")
    assert answer.status_code == 302
    desk.client.get(answer["Location"])
    with django_assert_max_num_queries(8):
        text = desk.client.get(answer["Location"]).content.decode()
    assert text.count("<article>") == 2
    assert all(str(line.purchase_order) in text for line in lines[:2])
    assert str(lines[2].purchase_order) not in text
    assert "THEIRS-7" in text


def test_no_more_is_printed_at_once_than_a_page_holds(desk):
    lines = [StockTransferItemFactory() for _number in range(3)]
    with patch.object(printing, "MOST_SHEETS", 2):
        answer = desk.press_all([line.transfer for line in lines], "print_chosen")
    assert "Nothing was printed" in said(answer)
    assert desk.client.get(url(StockTransfer, "print_several", ids="x,,0")).status_code == 404
    strangers = Desk("stock.view_purchaseorder")
    assert strangers.open(StockTransfer, "print_several", ids=lines[0].transfer_id).status_code == 403


def test_what_has_come_gets_a_label_for_each_unit(desk):
    line = GoodsReceiptItemFactory(quantity=3)
    asked = desk.press(line.receipt, "labels")
    assert "for every unit that was accepted" in asked.content.decode().lower()
    page = desk.client.get(desk.press(line.receipt, "labels", each="unit", copies="2")["Location"])
    assert [label.title for label in page.context["labels"]] == [line.product.sku] * 6
    page = desk.client.get(desk.press(line.receipt, "labels", each="line", copies="1")["Location"])
    assert len(page.context["labels"]) == 1
    with patch.object(labels, "MOST_LABELS", 2):
        page = desk.open(GoodsReceipt, "labels", ids=line.receipt_id, each="unit")
    assert "Only the first 2 labels are shown." in page.content.decode()


def test_labels_of_a_receipt_show_prices_to_those_who_may_see_products():
    line = GoodsReceiptItemFactory()
    desk = Desk("stock.view_goodsreceipt")
    assert "labels" not in desk.buttons(line.receipt)
    assert desk.open(GoodsReceipt, "labels", ids=line.receipt_id).status_code == 403
