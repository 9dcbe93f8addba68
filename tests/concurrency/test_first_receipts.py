"""The first goods ever of a product in a warehouse arrive several times at once: one balance, and the right sum."""

from decimal import Decimal
from random import Random

import pytest

from stock.models import Inventory, Lot, StockItem, StockMovement
from stock.services import OpeningLine, ReceiptLine, create_goods_receipt, enter_opening_stock, post_goods_receipt
from tests.factories.catalog import ProductFactory
from tests.proof.crowd import problems
from tests.proof.figures import note
from tests.proof.sizes import SEED, SIZE

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CLIENTS = 8


def test_receipts_make_one_balance(shop, crowd):
    clients, place = crowd(CLIENTS), shop.warehouses[0]
    for number in range(SIZE.first_receipts):
        products = [ProductFactory(), ProductFactory(tracking="lot"), ProductFactory()]

        def receive(client: int, products=products, number=number) -> None:
            shuffled = Random(f"{SEED}/{number}/{client}").sample(products, len(products))
            lines = [
                ReceiptLine(product, client + 1, lot_number="L-1" if product.tracking == "lot" else "")
                for product in shuffled
            ]
            receipt = create_goods_receipt(supplier=shop.supplier, warehouse=place, lines=lines, by=shop.clerk)
            post_goods_receipt(receipt, by=shop.clerk)

        assert problems(clients.all_do(receive)) == []
        total = sum(range(1, CLIENTS + 1))
        for product in products:
            row = Inventory.objects.get(product=product)
            assert (row.quantity, row.stock_value) == (total, product.cost * total)
            assert StockItem.objects.get(inventory=row).quantity == total
            assert StockMovement.objects.filter(product=product).count() == CLIENTS
        assert Lot.objects.filter(product=products[1]).count() == 1
    note(
        f"First receipts ever of three products into a warehouse, {CLIENTS} at once",
        f"{SIZE.first_receipts} rounds",
        "one balance, one stock item, one lot each; sums right",
    )


def test_opening_stock_makes_one_balance(shop, crowd):
    product, place = ProductFactory(), shop.warehouses[0]
    line = OpeningLine(product, place, 2, Decimal(3))
    assert problems(crowd(CLIENTS).all_do(lambda client: enter_opening_stock([line], by=shop.clerk))) == []
    row = Inventory.objects.get(product=product)
    assert (row.quantity, row.stock_value) == (2 * CLIENTS, Decimal(6 * CLIENTS))


def test_the_api_makes_one_balance(shop, caller, crowd):
    product, place = ProductFactory(), shop.warehouses[0]
    item = {"product": product.pk, "warehouse": place.pk, "quantity": 1, "reason": "Found", "unit_cost": "2.0000"}
    answers = crowd(CLIENTS).all_do(lambda client: caller.post("inventory/adjust/", {"items": [item]}))
    assert [answer.status for answer in answers] == [200] * CLIENTS
    assert Inventory.objects.get(product=product).quantity == CLIENTS
