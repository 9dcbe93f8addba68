"""The page that imports: what would become of each row is shown first, and nothing is written until it is asked for."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import PriceList, Product
from tests.back_office import Desk, said
from tests.factories.catalog import CategoryFactory, PriceListFactory, ProductFactory, SupplierProductFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/import/products/"
SHEET = """SKU;Name;Category;Price;Colour
SAW;Hand saw;Tools;12,50;red
AXE;Axe;Tools;9,90;blue
BAD;Bad one;Nowhere;x;
"""


@pytest.fixture
def tools():
    category = CategoryFactory(name="Tools")
    ProductFactory(sku="SAW", name="Hand saw", category=category, price="11.00")
    return category


def rows(page) -> dict[str, str]:
    """What would become of each row, by SKU."""
    return {row["cells"][0]["text"]: row["state"] for row in page.context["rows"]}


def test_the_preview_says_what_would_happen_and_writes_nothing(tools):
    file = SimpleUploadedFile("products.csv", SHEET.encode("utf-8-sig"))
    page = Desk().client.post(PAGE, {"file": file})
    html = page.content.decode()
    assert rows(page) == {"BAD": "wrong", "SAW": "changed", "AXE": "new"}  # what is wrong comes first
    assert "Colour" in html and "Import 2 rows" in html
    saw = next(row for row in page.context["rows"] if row["cells"][0]["text"] == "SAW")
    assert [(str(cell["old"]), str(cell["new"])) for cell in saw["cells"] if cell["old"]] == [
        ('<span class="num">11.00</span>', '<span class="num">12.50</span>')
    ]
    wrong = page.context["rows"][0]
    assert any("is no number" in str(cell["error"]) for cell in wrong["cells"])
    assert list(Product.objects.values_list("sku", "price")) == [("SAW", 11)]


def test_the_wrong_rows_come_as_a_file_with_their_reasons(tools):
    response = Desk().client.post(PAGE, {"cells": SHEET, "refused": "1"})
    text = response.content.decode("utf-8-sig")
    assert response["Content-Type"].startswith("text/csv")
    assert "BAD" in text and "is no number" in text and "AXE" not in text
    assert Product.objects.count() == 1


def test_the_good_rows_go_in_without_the_wrong_ones_only_when_asked(tools):
    desk = Desk()
    refused = desk.client.post(PAGE, {"cells": SHEET, "apply": "1"})
    assert "Nothing was imported" in said(refused)
    assert Product.objects.count() == 1
    response = desk.client.post(PAGE, {"cells": SHEET, "apply": "1", "leave_out": "1"})
    assert "1 new, 1 changed" in said(response)
    assert sorted(Product.objects.values_list("sku", "updated_by")) == [("AXE", desk.user.pk), ("SAW", desk.user.pk)]


def test_cells_are_pasted_as_a_spreadsheet_copies_them(tools):
    page = Desk().client.post(PAGE, {"cells": "sku\tname\tcategory\tprice\nAXE\tAxe\tTools\t9.9\n"})
    assert rows(page) == {"AXE": "new"}


def test_nothing_to_read_is_said_at_the_form(tools):
    assert "Choose a file, or paste cells." in Desk().client.post(PAGE, {"cells": " "}).content.decode()


def test_it_needs_the_rights_to_add_and_change(tools):
    some = Desk("catalog.view_product", "catalog.add_product", "catalog.change_product")
    assert some.client.get(PAGE).status_code == 403
    assert "Import" not in some.open(Product, "changelist").content.decode().split("page-tools")[1].split("</div>")[0]


def test_list_prices_are_imported_from_the_page_of_their_list(tools):
    trade, desk = PriceListFactory(name="Trade"), Desk()
    (button,) = [each for each in desk.open(PriceList, "change", trade.pk).context["buttons"] if "import" in each.name]
    sheet = "Price list;SKU;Minimum quantity;Price\nTrade;SAW;5;9,75\nTrade;AXE;1;3\n"
    page = desk.client.post(button.url, {"cells": sheet})
    assert [(row["cells"][1]["text"], row["state"]) for row in page.context["rows"]] == [
        ("AXE", "wrong"),
        ("SAW", "new"),
    ]
    response = desk.client.post(button.url, {"cells": sheet, "apply": "1", "leave_out": "1"})
    assert "1 new" in said(response)
    assert trade.items.get().price == Decimal("9.75")
    assert Desk("catalog.view_pricelist").buttons(trade) == []


def test_offers_are_imported_with_what_changes(tools):
    offer, desk = SupplierProductFactory(product=Product.objects.get(), cost=Decimal(5)), Desk()
    page = "/admin/import/supplier-products/"
    cells = f"supplier\tsku\tcost\n{offer.supplier.code}\tsaw\t4,5\n"
    preview = desk.client.post(page, {"cells": cells})
    (row,) = preview.context["rows"]
    assert (row["state"], ">5.00<" in str(row["cells"][2]["old"])) == ("changed", True)
    desk.client.post(page, {"cells": cells, "apply": "1"})
    offer.refresh_from_db()
    assert (offer.cost, offer.updated_by) == (Decimal("4.5"), desk.user)
    assert Desk("catalog.view_supplierproduct").client.get(page).status_code == 403
