"""What a program sends to make a record of each kind: valid, with all that the record refers to made before."""

from collections.abc import Callable

from django.db import models

from tests.factories.accounts import RoleFactory, UserFactory
from tests.factories.billing import CreditNoteFactory, InvoiceFactory, issued_invoice
from tests.factories.catalog import (
    CategoryFactory,
    PriceListFactory,
    ProductFactory,
    SupplierFactory,
)
from tests.factories.sales import (
    CustomerFactory,
    OrderFactory,
    SalesReturnFactory,
    ShipmentFactory,
    confirmed_order,
    default_tax_rate,
    shipped_order,
)
from tests.factories.stock import (
    BinFactory,
    GoodsReceiptFactory,
    PurchaseOrderFactory,
    StockCountFactory,
    StockTransferFactory,
    WarehouseFactory,
    put_in_stock,
)

Body = dict[str, object]


def new(factory: type, **values: object) -> int:
    """The id of something that the record refers to."""
    return factory(**values).pk


def _line(document: models.Model, name: str, **more: object) -> Body:
    return {name: document.pk, "order_item": document.order.items.first().pk, "quantity": 1, **more}


def _order() -> Body:
    default_tax_rate()
    return {"customer": new(CustomerFactory), "items": [{"product": new(ProductFactory), "quantity": 2}]}


def _order_item() -> Body:
    default_tax_rate()
    return {"order": new(OrderFactory), "product": new(ProductFactory), "quantity": 2}


def _transfer() -> Body:
    return {
        "from_warehouse": new(WarehouseFactory),
        "to_warehouse": new(WarehouseFactory),
        "items": [{"product": new(ProductFactory), "quantity": 2}],
    }


def _return() -> Body:
    order = shipped_order()
    return {
        "order": order.pk,
        "reason": "Too many",
        "items": [{"order_item": order.items.get().pk, "quantity": 1}],
    }


def _count_item() -> Body:
    spot = BinFactory()
    put_in_stock(product := ProductFactory(), spot.warehouse)
    return {"count": new(StockCountFactory, warehouse=spot.warehouse), "product": product.pk, "bin": spot.pk}


def _credit_item() -> Body:
    note = CreditNoteFactory()
    return {"credit_note": note.pk, "invoice_item": note.invoice.items.get().pk, "quantity": 1}


def _advice() -> Body:
    return {"description": "Advice", "quantity": 2, "unit_price": "50.00", "tax_percent": "19", "tax_category": "S"}


BODIES: dict[str, Callable[[], Body]] = {
    "users": lambda: {"username": "grace", "email": "grace@example.com"},
    "roles": lambda: {"name": "Porter", "permissions": ["catalog.view_product"]},
    "user-roles": lambda: {"user": new(UserFactory), "role": new(RoleFactory)},
    "categories": lambda: {"name": "Tools", "parent": new(CategoryFactory)},
    "tax-rates": lambda: {"name": "Reduced", "rate": "7"},
    "products": lambda: {"sku": "NEW-1", "name": "Drill", "category": new(CategoryFactory), "price": "99.90"},
    "product-barcodes": lambda: {"product": new(ProductFactory), "code": "DRILL-1", "symbology": "code128"},
    "suppliers": lambda: {"code": "ACME", "name": "Acme"},
    "supplier-products": lambda: {"supplier": new(SupplierFactory), "product": new(ProductFactory), "cost": "3"},
    "price-lists": lambda: {"name": "Wholesale"},
    "price-list-items": lambda: {"price_list": new(PriceListFactory), "product": new(ProductFactory), "price": "9"},
    "warehouses": lambda: {"code": "NORTH", "name": "North"},
    "bins": lambda: {"warehouse": new(WarehouseFactory), "code": "Z-9"},
    "lots": lambda: {"product": new(ProductFactory, tracking="lot"), "number": "LOT-9"},
    "purchase-orders": lambda: {
        "supplier": new(SupplierFactory),
        "warehouse": new(WarehouseFactory),
        "items": [{"product": new(ProductFactory), "quantity": 5, "unit_cost": "2"}],
    },
    "purchase-order-items": lambda: {
        "purchase_order": new(PurchaseOrderFactory),
        "product": new(ProductFactory),
        "quantity": 5,
        "unit_cost": "2",
    },
    "goods-receipts": lambda: {
        "supplier": new(SupplierFactory),
        "warehouse": new(WarehouseFactory),
        "items": [{"product": new(ProductFactory), "quantity": 5, "unit_cost": "2"}],
    },
    "goods-receipt-items": lambda: {
        "receipt": new(GoodsReceiptFactory),
        "product": new(ProductFactory),
        "quantity": 5,
        "unit_cost": "2",
    },
    "stock-transfers": _transfer,
    "stock-transfer-items": lambda: {
        "transfer": new(StockTransferFactory),
        "product": new(ProductFactory),
        "quantity": 2,
    },
    "stock-counts": lambda: {"warehouse": new(WarehouseFactory)},
    "stock-count-items": _count_item,
    "customers": lambda: {"code": "C-NEW", "name": "Ada"},
    "customer-addresses": lambda: {
        "customer": new(CustomerFactory),
        "kind": "shipping",
        "line1": "Dock Street 1",
        "city": "Hamburg",
        "country": "DE",
    },
    "orders": _order,
    "order-items": _order_item,
    "shipments": lambda: {"order": confirmed_order().pk},
    "shipment-items": lambda: _line(ShipmentFactory(), "shipment"),
    "sales-returns": _return,
    "sales-return-items": lambda: _line(SalesReturnFactory(), "sales_return"),
    "invoices": lambda: {"customer": new(CustomerFactory), "items": [_advice()]},
    "invoice-items": lambda: {"invoice": new(InvoiceFactory), **_advice()},
    "payments": lambda: {"invoice": issued_invoice().pk, "payment_method": "cash"},
    "credit-notes": lambda: {"invoice": issued_invoice().pk, "reason": "Damaged"},
    "credit-note-items": _credit_item,
}
