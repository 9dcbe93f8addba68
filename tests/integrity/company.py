"""A company that has done a little of everything, through its services: good data, in which nothing is wrong."""

from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from billing.models import Invoice
from billing.services import (
    CreditLine,
    InvoiceLine,
    cancel_invoice,
    create_credit_note,
    create_invoice,
    invoice_order,
    issue_credit_note,
    issue_invoice,
    pay_invoice,
    refund_credit_note,
    void_payment,
)
from catalog.models import Product, Tracking
from sales.models import Condition, Customer, Order
from sales.services import (
    OrderLine,
    ReceivedLine,
    ReturnLine,
    ShipmentLine,
    approve_sales_return,
    cancel_order,
    close_order,
    create_shipment,
    deliver_order,
    place_order,
    receive_sales_return,
    request_sales_return,
    ship_order,
)
from stock.models import Warehouse
from stock.services import (
    AdjustmentLine,
    CountLine,
    OpeningLine,
    PurchaseOrderLine,
    ReceiptLine,
    TransferLine,
    adjust_stock,
    cancel_stock_transfer,
    close_stock_transfer,
    create_goods_receipt,
    create_purchase_order,
    create_stock_count,
    create_stock_transfer,
    dispatch_stock_transfer,
    enter_opening_stock,
    enter_stock_count,
    post_goods_receipt,
    post_stock_count,
    receive_purchase_order,
    receive_stock_transfer,
    reverse_goods_receipt,
    reverse_movement,
    send_purchase_order,
    start_stock_count,
)
from tests.factories.accounts import SuperuserFactory
from tests.factories.catalog import ProductFactory, SupplierFactory, TaxRateFactory
from tests.factories.sales import CustomerFactory
from tests.factories.stock import WarehouseFactory


@dataclass
class Company:
    """Who acts, and what there is to act upon."""

    by: User
    north: Warehouse
    south: Warehouse
    bolt: Product  # an odd price and cost, so that there is something to round
    box: Product
    milk: Product  # tracked by lot
    phone: Product  # tracked by serial number
    customer: Customer

    @classmethod
    def found(cls) -> "Company":
        standard, reduced = TaxRateFactory(rate=Decimal(19), is_default=True), TaxRateFactory(rate=Decimal(7))
        company = cls(
            by=SuperuserFactory(),
            north=WarehouseFactory(),
            south=WarehouseFactory(),
            bolt=ProductFactory(price=Decimal("0.3333"), cost=Decimal("0.1111"), tax_rate=standard),
            box=ProductFactory(price=Decimal("19.99"), cost=Decimal("7.5"), tax_rate=standard),
            milk=ProductFactory(price=Decimal("1.095"), tax_rate=reduced, tracking=Tracking.LOT),
            phone=ProductFactory(price=Decimal(299), cost=Decimal(180), tracking=Tracking.SERIAL),
            customer=CustomerFactory(),
        )
        company.open()
        company.buy()
        company.move()
        company.count()
        company.sell()
        company.bill_freely()
        return company

    def open(self) -> None:
        """Opening stock, and adjustments of which one was a mistake."""
        lines = [
            OpeningLine(self.bolt, self.north, 1000, Decimal("0.1111")),
            OpeningLine(self.box, self.north, 60, Decimal("7.4567")),
            OpeningLine(self.milk, self.north, 30, Decimal("0.70"), lot_number="M1"),
            OpeningLine(self.phone, self.north, 1, Decimal(180), lot_number="P1"),
        ]
        enter_opening_stock(lines, by=self.by)
        adjust_stock([AdjustmentLine(self.bolt, self.north, 5, "found")], by=self.by)
        [lost] = adjust_stock([AdjustmentLine(self.box, self.north, -3, "broken")], by=self.by)
        reverse_movement(lost, reason="not broken", by=self.by)

    def buy(self) -> None:
        """An order received in parts, of which some went back; one that went back whole; goods without an order."""
        supplier = SupplierFactory()
        lines = [
            PurchaseOrderLine(self.bolt, 300, Decimal("0.0999"), Decimal("2.5")),
            PurchaseOrderLine(self.box, 20, Decimal("8.1234")),
        ]
        order = create_purchase_order(supplier=supplier, warehouse=self.north, lines=lines, by=self.by)
        send_purchase_order(order, by=self.by)
        part = receive_purchase_order(order, [ReceiptLine(self.bolt, 200), ReceiptLine(self.box, 8, 2)], by=self.by)
        reverse_goods_receipt(part, {part.items.get(product=self.bolt).pk: 70}, "rusty", by=self.by)
        other = create_purchase_order(supplier=supplier, warehouse=self.south, lines=lines, by=self.by)
        send_purchase_order(other, by=self.by)
        reverse_goods_receipt(receive_purchase_order(other, by=self.by), reason="wrong address", by=self.by)
        create_purchase_order(supplier=supplier, warehouse=self.south, lines=lines, by=self.by)
        goods = [ReceiptLine(self.phone, 1, lot_number="P2"), ReceiptLine(self.milk, 12, lot_number="M2", unit_cost=1)]
        loose = create_goods_receipt(supplier=supplier, warehouse=self.north, lines=goods, by=self.by)
        post_goods_receipt(loose, by=self.by)

    def move(self) -> None:
        """Transfers: received in two parts, closed short, on the way, drafted and cancelled."""

        def transfer(*lines: TransferLine):
            return create_stock_transfer(from_warehouse=self.north, to_warehouse=self.south, lines=lines, by=self.by)

        whole = dispatch_stock_transfer(transfer(TransferLine(self.bolt, 100), TransferLine(self.milk, 35)), by=self.by)
        receive_stock_transfer(whole, {whole.items.get(product=self.bolt).pk: 33}, by=self.by)
        receive_stock_transfer(whole, by=self.by)
        short = dispatch_stock_transfer(transfer(TransferLine(self.box, 10)), by=self.by)
        receive_stock_transfer(short, {short.items.get().pk: 7}, by=self.by)
        close_stock_transfer(short, "fell off the lorry", by=self.by)
        on_the_way = dispatch_stock_transfer(transfer(TransferLine(self.box, 5)), by=self.by)
        receive_stock_transfer(on_the_way, {on_the_way.items.get().pk: 2}, by=self.by)
        transfer(TransferLine(self.box, 1))
        cancel_stock_transfer(transfer(TransferLine(self.box, 1)), by=self.by)

    def count(self) -> None:
        """A count that found more of one and less of another, and one under way."""
        count = create_stock_count(warehouse=self.south, by=self.by)
        start_stock_count(count, by=self.by)
        bolts, boxes = (count.items.get(product=product) for product in (self.bolt, self.box))
        enter_stock_count(count, [CountLine(97, item=bolts), CountLine(11, item=boxes)], by=self.by)
        adjust_stock([AdjustmentLine(self.bolt, self.south, -7, "sample")], by=self.by)
        post_stock_count(count, by=self.by)
        start_stock_count(create_stock_count(warehouse=self.north, by=self.by), by=self.by)

    def order(self, *lines: OrderLine, **options) -> Order:
        return place_order(customer=self.customer, lines=lines, by=self.by, **options)

    def sell(self) -> None:
        """Orders in every status; one is shipped, invoiced and returned in parts."""
        order = self.order(
            OrderLine(self.bolt, 70, discount_percent=Decimal("12.5")),
            OrderLine(self.box, 7),
            OrderLine(self.milk, 20),
            shipping_amount=Decimal("4.90"),
            confirm=True,
        )
        bolts, boxes, milk = order.items.order_by("pk")
        ship_order(order, [ShipmentLine(bolts, 23), ShipmentLine(boxes, 3), ShipmentLine(milk, 1)], by=self.by)
        first = issue_invoice(invoice_order(order, by=self.by), by=self.by)
        ship_order(order, [ShipmentLine(bolts, 23)], by=self.by)
        issue_invoice(invoice_order(order, by=self.by), by=self.by)
        ship_order(order, by=self.by)
        deliver_order(order, by=self.by)
        issue_invoice(invoice_order(order, by=self.by), by=self.by)
        self.take_back(order, first)
        phone = self.order(OrderLine(self.phone, 1), confirm=True)
        ship_order(phone, by=self.by)
        self.order(OrderLine(self.box, 2), OrderLine(self.phone, 1), confirm=True)
        self.order(OrderLine(self.box, 2))
        self.order(OrderLine(self.box, 200), allow_backorder=True, confirm=True, warehouse=self.south)
        cancel_order(self.order(OrderLine(self.bolt, 5), confirm=True), "not needed", by=self.by)
        short = self.order(OrderLine(self.bolt, 9), warehouse=self.north, confirm=True)
        ship_order(short, [ShipmentLine(short.items.get(), 4)], by=self.by)
        close_order(short, by=self.by)
        invoice_order(short, by=self.by)
        drafted = self.order(OrderLine(self.bolt, 6), confirm=True)
        create_shipment(drafted, by=self.by)

    def take_back(self, order: Order, invoice: Invoice) -> None:
        """Payments, one of which bounced; goods that come back, some of them damaged; credit, refunded in part."""
        bounced = pay_invoice(invoice, amount=Decimal("5.55"), payment_method="card", by=self.by)
        void_payment(bounced, "bounced", by=self.by)
        pay_invoice(invoice, amount=Decimal(60), payment_method="cash", by=self.by)
        pay_invoice(invoice, payment_method="bank_transfer", by=self.by)
        bolts, boxes, _milk = order.items.order_by("pk")
        back = request_sales_return(order, [ReturnLine(bolts, 10), ReturnLine(boxes, 2)], "too many", by=self.by)
        approve_sales_return(back, by=self.by)
        line = back.items.get(order_item=boxes)
        received = [
            ReceivedLine(back.items.get(order_item=bolts), 9),
            ReceivedLine(line, 1),
            ReceivedLine(line, 1, condition=Condition.DAMAGED),
        ]
        receive_sales_return(back, received, by=self.by)
        note = issue_credit_note(create_credit_note(invoice, sales_return=back, by=self.by), by=self.by)
        refund_credit_note(note, "cash", amount=Decimal("10.01"), by=self.by)
        announced = request_sales_return(order, [ReturnLine(boxes, 1)], "too big", by=self.by)
        approve_sales_return(announced, by=self.by)

    def bill_freely(self) -> None:
        """Invoices without an order: credited whole in two parts and refunded, cancelled, drafted."""

        def invoice(quantity: int = 3) -> Invoice:
            lines = [InvoiceLine(quantity, description="Hours", unit_price=Decimal("33.335"), tax_percent=Decimal(19))]
            return create_invoice(customer=self.customer, lines=lines, by=self.by)

        credited = issue_invoice(invoice(), by=self.by)
        pay_invoice(credited, amount=Decimal(70), payment_method="card", by=self.by)
        line = CreditLine(credited.items.get(), 1)
        issue_credit_note(create_credit_note(credited, [line], "one too many", by=self.by), by=self.by)
        rest = issue_credit_note(create_credit_note(credited, reason="the others, too", by=self.by), by=self.by)
        refund_credit_note(rest, "bank_transfer", by=self.by)
        cancel_invoice(issue_invoice(invoice(), by=self.by), "twice", by=self.by)
        cancel_invoice(invoice(), "never mind", by=self.by)
        invoice(1)
        create_credit_note(issue_invoice(invoice(9), by=self.by), reason="perhaps", by=self.by)
