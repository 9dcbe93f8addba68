"""What people can do in the back office programs can do at the API; where that is another way, it is named here."""

import re

import pytest

from tests.access.declared import declared
from tests.access.surface import doors
from tests.api_client import MODELS

# Acts of the back office that the API has under another name: where.
ELSEWHERE = {
    "catalog.category activate": "PATCH",
    "catalog.category retire": "PATCH",
    "catalog.category move": "POST products/bulk",
    "catalog.pricelist activate": "PATCH",
    "catalog.pricelist retire": "PATCH",
    "catalog.pricelist duplicate": "POST price-lists/{pk}/items/bulk",
    "catalog.pricelistitem reprice": "POST price-lists/{pk}/items/bulk",
    "catalog.product activate": "PATCH",
    "catalog.product retire": "PATCH",
    "catalog.product recategorize": "POST products/bulk",
    "catalog.product reprice": "POST products/bulk",
    "catalog.product duplicate": "POST products",
    "catalog.supplier activate": "PATCH",
    "catalog.supplier retire": "PATCH",
    "catalog.taxrate activate": "PATCH",
    "catalog.taxrate retire": "PATCH",
    "billing.invoice issue_to_pay": "POST invoices/{pk}/pay",
    "sales.reservation release": "POST orders/{pk}/release",
    "stock.inventory transfer": "POST stock-transfers",
    "stock.lot block": "PATCH",
    "stock.lot release": "PATCH",
    "stock.stockitem adjust": "POST inventory/adjust",
}
# Acts that only people take: why.
ONLY_PEOPLE = {
    "catalog.product labels": "labels are printed",
    "stock.bin labels": "labels are printed",
    "stock.goodsreceipt labels": "labels are printed",
    "stock.purchaseorder print_chosen": "sheets are printed",
    "stock.stocktransfer print_chosen": "sheets are printed",
    "sales.shipment print_chosen": "sheets are printed",
    "sales.order print_pick_lists": "a page to be printed; a program asks for the pick list of each",
    "sales.shipment print_pick_lists": "as of orders",
    "billing.invoice print_documents": "one file to be printed; a program takes the PDF of each",
    "catalog.taxrate replace": "a change of the law; a program makes the rate and gives it to products in bulk",
    "billing.invoice send": "a program takes the PDF and the e-invoice, and sends them its own way",
    "billing.invoice send_reminders": "as send; the list of overdue invoices says whom to remind",
    "billing.invoice mark_overdue": "a command does it every night; the API says is_overdue at once",
}
EVERYWHERE = "delete_selected"  # DELETE of the record, where there is one
PLAIN = re.compile(r"(PATCH|DELETE)")


def acts_at_the_api() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {model._meta.label_lower: set() for model in MODELS.values()}
    for name in declared():
        step = re.fullmatch(r"POST /api/v1/([a-z-]+)/(?:\{pk\}/)?([a-z-]+)", name)
        if step and step[1] in MODELS:
            found[MODELS[step[1]]._meta.label_lower].add(step[2].replace("-", "_"))
    return found


def acts_in_the_back_office() -> set[str]:
    found = {door.name.replace(" action ", " ") for door in doors() if " action " in door.name}
    return {name for name in found if name.split()[0] in acts_at_the_api()}


def test_every_act_of_the_back_office_is_at_the_api_or_says_why_not():
    known = acts_at_the_api()
    lacking = set()
    for name in acts_in_the_back_office():
        label, act = name.split()
        if act != EVERYWHERE and act not in known[label]:
            lacking.add(name)
    assert lacking == set(ELSEWHERE) | set(ONLY_PEOPLE)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_elsewhere_is_there(name):
    prefix = next(prefix for prefix, model in MODELS.items() if model._meta.label_lower == name.split()[0])
    where = ELSEWHERE[name]
    door = f"{where} /api/v1/{prefix}/{{pk}}" if PLAIN.fullmatch(where) else where.replace(" ", " /api/v1/", 1)
    assert door in declared()
