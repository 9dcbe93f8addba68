"""Whatever is done in whatever order, the books stay right: no value appears or vanishes on the way."""

import random
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum

from inventory_project.base.errors import RuleViolation
from stock.models import GoodsReceipt, Inventory, StockMovement, StockTransfer, StockTransferItem
from stock.services import (
    AdjustmentLine,
    ReceiptLine,
    TransferLine,
    adjust_stock,
    close_stock_transfer,
    create_goods_receipt,
    create_stock_transfer,
    dispatch_stock_transfer,
    post_goods_receipt,
    receive_stock_transfer,
    reverse_goods_receipt,
    reverse_movement,
)
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.stock import WarehouseFactory, put_in_stock
from tests.stock.ledger import everything

STEPS = 50


class Company:
    """Two products, two warehouses, and somebody who does things at random."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.products = ProductFactory.create_batch(2, cost=Decimal("3.3333"))
        self.warehouses = WarehouseFactory.create_batch(2)
        self.supplier = SupplierFactory()
        for product in self.products:
            put_in_stock(product, self.warehouses[0], 7, "1.4286")

    def units(self) -> int:
        return self.chance.randint(1, 9)

    def cost(self) -> Decimal:
        return Decimal(self.chance.randint(0, 99_999)) / 10_000

    def adjust(self) -> None:
        product, warehouse = self.chance.choice(self.products), self.chance.choice(self.warehouses)
        units = self.units() * self.chance.choice((1, -1))
        adjust_stock([AdjustmentLine(product, warehouse, units, "drift")], by=None)

    def receive(self) -> None:
        lines = [ReceiptLine(product, self.units(), unit_cost=self.cost()) for product in self.products]
        warehouse = self.chance.choice(self.warehouses)
        receipt = create_goods_receipt(supplier=self.supplier, warehouse=warehouse, lines=lines, by=None)
        post_goods_receipt(receipt, by=None)

    def send_back(self) -> None:
        receipt = self.chance.choice(list(GoodsReceipt.objects.all()))
        item = receipt.items.first()
        reverse_goods_receipt(receipt, self.chance.choice((None, {item.pk: self.units()})), by=None)

    def send(self) -> None:
        here, there = self.chance.sample(self.warehouses, 2)
        lines = [TransferLine(self.chance.choice(self.products), self.units())]
        transfer = create_stock_transfer(from_warehouse=here, to_warehouse=there, lines=lines, by=None)
        dispatch_stock_transfer(transfer, by=None)

    def arrive(self) -> None:
        transfer = self.chance.choice(list(StockTransfer.objects.filter(status="in_transit")))
        if self.chance.random() < 0.3:
            close_stock_transfer(transfer, "lost", by=None)
        else:
            receive_stock_transfer(transfer, {transfer.items.get().pk: self.units()}, by=None)

    def undo(self) -> None:
        reverse_movement(self.chance.choice(list(StockMovement.objects.all())), reason="wrong", by=None)

    def step(self) -> bool:
        """Do something; whether it was possible."""
        act = self.chance.choice([self.adjust, self.receive, self.send_back, self.send, self.arrive, self.undo])
        before = everything()
        try:
            with transaction.atomic():
                act()
        except (RuleViolation, IndexError):  # IndexError: there is nothing to choose from yet
            assert everything() == before
            return False
        return True


def worth() -> Decimal:
    """What lies in the warehouses and what is on its way between them."""
    lying = Inventory.objects.aggregate(value=Sum("stock_value", default=0))["value"]
    moving = StockTransferItem.objects.aggregate(value=Sum("value_in_transit", default=0))["value"]
    return round(Decimal(lying) + Decimal(moving), 4)


@pytest.mark.parametrize("seed", range(3))
def test_value_comes_and_goes_with_goods_only(seed):
    company = Company(seed)
    done = sum(company.step() for _step in range(STEPS))
    outside = StockMovement.objects.exclude(kind__in=["transfer_out", "transfer_in"])
    assert worth() == round(Decimal(outside.aggregate(value=Sum("value"))["value"]), 4)
    assert done > STEPS // 3
