"""Products: what they are told apart by, what is fixed, their codes and pictures."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from catalog import services
from catalog.models import Product, ProductBarcode
from inventory_project.base.errors import RuleViolation
from stock.services import TransferLine, close_stock_transfer, create_stock_transfer, dispatch_stock_transfer
from tests.api_client import address, root_client
from tests.factories.catalog import ProductBarcodeFactory, ProductFactory, SupplierProductFactory
from tests.factories.stock import InventoryFactory, WarehouseFactory, put_in_stock

pytestmark = pytest.mark.django_db


def picture(name: str = "saw.png", size: tuple[int, int] = (2, 2)) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", size).save(data, "PNG")
    return SimpleUploadedFile(name, data.getvalue(), "image/png")


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.mark.parametrize("twin", ["sku-9", "ＳＫＵ-9", "SKU-9", " SKU-9"])
def test_no_two_products_have_one_sku(twin):
    product = ProductFactory(sku="SKU-9")
    double = Product(sku=twin, name="Twin", category=product.category, price=1)
    with pytest.raises(ValidationError, match="Another product has this SKU"):
        double.full_clean()


def test_how_a_product_is_tracked_is_fixed_while_there_is_stock():
    product = ProductFactory()
    warehouse = WarehouseFactory()
    product.tracking = "lot"
    services.save_product(product, by=None)
    product.tracking = "none"
    services.save_product(product, by=None)
    put_in_stock(product, warehouse, 1)
    product.tracking = "serial"
    with pytest.raises(RuleViolation) as caught:
        services.save_product(product, by=None)
    assert (caught.value.code, caught.value.field) == ("has_stock", "tracking")
    answer = root_client().patch(address(product), {"tracking": "lot"})
    assert (answer.status_code, answer.json()["pointer"]) == (409, "/tracking")
    assert Product.objects.get(pk=product.pk).tracking == "none"
    assert root_client().patch(address(product), {"tracking": "none", "name": "x"}).status_code == 200


@pytest.mark.postgres
def test_nothing_moves_while_it_is_decided_how_a_product_is_tracked():
    product = InventoryFactory().product
    product.tracking = "lot"
    with CaptureQueriesContext(connection) as captured:
        services.save_product(product, by=None)
    statements = [query["sql"] for query in captured]
    locked = [index for index, sql in enumerate(statements) if "inventory" in sql and "FOR NO KEY UPDATE" in sql]
    written = [index for index, sql in enumerate(statements) if sql.startswith("UPDATE")]
    assert locked and locked[0] < written[0]


def test_how_a_product_is_tracked_is_fixed_while_it_is_on_its_way():
    product, here, there = ProductFactory(), WarehouseFactory(), WarehouseFactory()
    put_in_stock(product, here, 1)
    lines = [TransferLine(product, 1)]
    transfer = create_stock_transfer(from_warehouse=here, to_warehouse=there, lines=lines, by=None)
    dispatch_stock_transfer(transfer, by=None)
    product.tracking = "lot"
    with pytest.raises(RuleViolation, match=transfer.number) as caught:
        services.save_product(product, by=None)
    assert (caught.value.code, caught.value.field) == ("in_transit", "tracking")
    close_stock_transfer(transfer, "lost", by=None)
    services.save_product(product, by=None)


@pytest.mark.parametrize(
    ("symbology", "code", "valid"),
    [
        ("ean13", "4006381333931", True),
        ("ean13", "4006381333932", False),
        ("ean13", "400638133393", False),
        ("ean13", "400638133393x", False),
        ("ean8", "96385074", True),
        ("ean8", "96385075", False),
        ("upca", "036000291452", True),
        ("upca", "036000291453", False),
        ("gtin14", "10012345678902", True),
        ("code128", "anything-7", True),
        ("qr", "https://example.com/7", True),
    ],
)
def test_check_digits_of_barcodes(symbology, code, valid):
    body = {"product": ProductFactory().pk, "symbology": symbology, "code": code}
    answer = root_client().post("/api/v1/product-barcodes/", body)
    assert answer.status_code == (201 if valid else 400)
    if not valid:
        assert answer.json()["errors"][0] | {"message": ""} == {
            "pointer": "/code",
            "code": "check_digit",
            "message": "",
        }


def test_one_primary_barcode_and_one_preferred_offer():
    barcode = ProductBarcodeFactory(is_primary=True)
    body = {"product": barcode.product_id, "code": "x-1", "symbology": "code128", "is_primary": True}
    answer = root_client().post("/api/v1/product-barcodes/", body)
    assert answer.json()["detail"] == "The product has a primary barcode already."
    offer = SupplierProductFactory(is_preferred=True)
    other = SupplierProductFactory(product=offer.product)
    answer = root_client().patch(address(other), {"is_preferred": True})
    assert answer.json()["detail"] == "The product has a preferred supplier already."


def test_a_scanned_code_finds_the_product():
    barcode = ProductBarcodeFactory()
    assert list(Product.objects.with_code(barcode.code)) == [barcode.product]
    assert list(Product.objects.with_code(barcode.product.sku.lower())) == [barcode.product]


def test_a_product_that_was_stocked_is_deactivated_instead_of_deleted():
    product = ProductFactory(sku="SAW")
    ProductBarcodeFactory(product=product)
    client = root_client()
    put_in_stock(product, WarehouseFactory(), 1)
    answer = client.delete(address(product))
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert "is_active" in answer.json()["detail"]
    fresh = ProductBarcodeFactory().product
    assert client.delete(address(fresh)).status_code == 204
    assert not ProductBarcode.objects.filter(product=fresh.pk).exists()


def test_a_picture_is_set_replaced_and_taken_away(media, django_capture_on_commit_callbacks):
    product = ProductFactory()
    client, here = root_client(), f"{address(product)}image/"
    assert client.get(address(product)).json()["image"] is None
    with django_capture_on_commit_callbacks(execute=True):
        first = client.put(here, {"image": picture()}, format="multipart")
        second = client.put(here, {"image": picture()}, format="multipart")
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["image"].startswith("http://testserver/media/products/")
    assert len(list((media / "products").iterdir())) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(here).json()["image"] is None
    assert not list((media / "products").iterdir())


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("x.png", b"<svg/>", "image/png"),
        SimpleUploadedFile("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        SimpleUploadedFile("x.png", b"", "image/png"),
    ],
    ids=["text", "svg", "empty"],
)
def test_what_is_no_picture(file, media):
    product = ProductFactory()
    answer = root_client().put(f"{address(product)}image/", {"image": file}, format="multipart")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/image")
    assert not Product.objects.get(pk=product.pk).image


def test_a_picture_that_is_too_large(media, monkeypatch):
    monkeypatch.setattr("catalog.images.LARGEST_FILE", 10)
    product = ProductFactory()
    answer = root_client().put(f"{address(product)}image/", {"image": picture()}, format="multipart")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "too_large")
