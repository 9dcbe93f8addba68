"""Products from a spreadsheet."""

import pytest

from catalog.models import Product
from tests.factories.catalog import CategoryFactory, ProductFactory

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

SHEET = """SKU;Name;Category;Price;Colour
SAW;Hand saw;Tools;12,50;red
AXE;Axe;Tools;9,90;blue
BAD;Bad one;Nowhere;x;
"""


def test_products_are_imported_in_four_clicks(sign_in, tmp_path):
    tools = CategoryFactory(name="Tools")
    ProductFactory(sku="SAW", name="Hand saw", category=tools, price="11.00")
    person = sign_in("Catalog manager")
    person.click("Products", within="#menu")
    person.click("Import", within="#content")
    file = tmp_path / "products.csv"
    file.write_text(SHEET, encoding="utf-8-sig")
    person.page.locator("input[type=file]").set_input_files(str(file))
    person.press("Preview")

    table = person.page.locator("table.preview")
    assert "Colour" in person.page.locator(".note").inner_text()
    assert "11.00 → 12.50" in table.locator("tr", has_text="SAW").inner_text()
    wrong = table.locator("tr", has_text="BAD").inner_text()
    assert "There is no category “Nowhere”" in wrong or "“x” is no number" in wrong
    assert Product.objects.count() == 1  # a preview writes nothing

    with person.page.expect_download() as download:
        person.page.get_by_role("button", name="Download the wrong rows with their reason").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert text.startswith("sku,name,category,price,error") and "is no number" in text

    person.press("Import 2 rows", exact=False)
    assert person.title == "Products"
    assert "1 new, 1 changed" in person.said
    assert person.clicks == 4
    saw = Product.objects.get(sku="SAW")
    assert (str(saw.price), saw.updated_by) == ("12.5000", person.user)


def test_cells_are_pasted(sign_in):
    CategoryFactory(name="Tools")
    person = sign_in("Catalog manager")
    person.go("/admin/import/products/")
    person.fill("Or paste cells", "sku\tname\tcategory\tprice\nSAW\tHand saw\tTools\t12.5\n")
    person.press("Preview")
    person.press("Import 1 row")
    assert Product.objects.get().sku == "SAW"
