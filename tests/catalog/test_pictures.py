"""Pictures are taken apart and written anew: what else a file brings along is never kept and never served."""

import io
import re
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from catalog.models import Product
from tests.api_client import address, root_client
from tests.back_office import Desk, errors_of
from tests.factories.catalog import ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(form: str = "PNG", size: tuple[int, int] = (8, 4), **options) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(data, form, **options)
    return data.getvalue()


def put(content: bytes, name: str = "x.png", kind: str = "image/png", product: Product | None = None):
    file = SimpleUploadedFile(name, content, kind)
    return root_client().put(f"{address(product or ProductFactory())}image/", {"image": file}, format="multipart")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(side: int) -> bytes:
    """A small PNG file that says it is huge."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1_000))
        + chunk(b"IEND", b"")
    )


REFUSED = {
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "html": b"<html><script>alert(1)</script>",
    "gif": picture("GIF"),
    "bmp": picture("BMP"),
    "tiff": picture("TIFF"),
    "pdf": b"%PDF-1.7",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "cut off": picture("PNG", (300, 300))[:60],
    "only a beginning": b"\x89PNG\r\n\x1a\n",
    "bomb": bomb(60_000),
    "small bomb": bomb(5_100),
    "nothing": b"",
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(content, media):
    answer = put(content)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/image")
    assert not list(media.rglob("*.*"))


@pytest.mark.parametrize(("form", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_a_name_of_our_own(form, ending):
    url = put(picture(form), "../../<script>.html", "text/html").json()["image"]
    assert re.fullmatch(rf"http://testserver/media/products/[0-9a-f]{{32}}\.{ending}", url)


def test_nothing_but_the_picture_is_kept(media):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    content = picture("JPEG", exif=exif, comment=b"<?php system('id') ?>") + b"<script>alert(1)</script>PK\x03\x04"
    put(content)

    [file] = media.rglob("*.jpg")
    kept = file.read_bytes()
    assert not any(trace in kept for trace in (b"script", b"php", b"home", b"Exif", b"PK\x03\x04"))
    with Image.open(file) as shown:
        assert (shown.format, shown.size, dict(shown.getexif())) == ("JPEG", (8, 4), {})


def test_large_pictures_are_made_smaller_and_turned_upright(media):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    put(picture("JPEG", (3000, 1000), exif=exif))
    [file] = media.rglob("*.jpg")
    with Image.open(file) as shown:
        assert shown.size == (667, 2000)


def test_the_back_office_checks_the_same(media, django_capture_on_commit_callbacks):
    product, desk = ProductFactory(), Desk()
    refused = desk.edit(product, image=SimpleUploadedFile("x.png", REFUSED["svg"], "image/png"))
    assert refused.status_code == 200
    assert "picture" in errors_of(refused) or "image" in errors_of(refused)
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(2):
            assert desk.edit(product, image=SimpleUploadedFile("x.png", picture(), "image/png")).status_code == 302
            product.refresh_from_db()
    assert re.fullmatch(r"products/[0-9a-f]{32}\.png", product.image.name)
    assert [file.name for file in media.rglob("*.png")] == [product.image.name.removeprefix("products/")]


def test_it_is_served_as_a_picture_and_nothing_else():
    url = put(picture()).json()["image"].removeprefix("http://testserver")
    answer = Client().get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "immutable" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "path", ["products/x.svg", "products/../x.png", "products/%2e%2e/x.png", "x.png", "products/x.png", "products/"]
)
def test_nothing_else_is_served(path, media):
    (media / "x.png").write_bytes(b"secret")
    (media / "products").mkdir(exist_ok=True)
    (media / "products" / "x.svg").write_bytes(b"<svg/>")
    assert Client().get(f"/media/{path}").status_code == 404


def test_a_request_with_too_large_files_is_not_even_read(settings):
    settings.LARGEST_UPLOAD = 1_000
    answer = put(b"x" * 5_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    page = Desk().edit(ProductFactory(), image=SimpleUploadedFile("x.png", b"x" * 5_000, "image/png"))
    assert page.status_code == 413
    assert "too much at once" in page.content.decode()
