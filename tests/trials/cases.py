"""Every address that takes a POST, with something to do there."""

from collections.abc import Callable
from functools import partial

from django.db import models
from django_otp.plugins.otp_totp.models import TOTPDevice

from billing.models import Invoice
from inventory_project.base.models import Document
from stock.models import StockMovement
from tests.api_bodies import BODIES, Body, new
from tests.api_client import MODELS, address
from tests.factories import factory_of
from tests.factories.accounts import UserFactory
from tests.factories.billing import issued_invoice
from tests.factories.catalog import CategoryFactory, PriceListFactory, ProductFactory, SupplierProductFactory
from tests.factories.sales import CustomerFactory, shipped_order
from tests.factories.stock import InventoryFactory, PurchaseOrderItemFactory, WarehouseFactory, put_in_stock
from tests.lives.scenes import FOR_ACT, SCENES, counting
from tests.lives.steps import BY_COMMAND, told_to_api

Call = tuple[str, Body]  # the address, and what is sent there

ACTS = [
    (model, act)
    for model in MODELS.values()
    if issubclass(model, Document)
    for act in model.ACTS
    if (model._meta.model_name, act) not in BY_COMMAND
]


def path_of(model: type[models.Model], act: str) -> str:
    prefix = next(prefix for prefix, candidate in MODELS.items() if candidate is model)
    return f"{prefix}/{{pk}}/{act.replace('_', '-')}"


def legal(model: type[Document], act: str) -> Call:
    """The act, in the first status that allows it."""
    status = next(status for status in model.ACTS[act].sources if (model, status) in SCENES)
    return _call(FOR_ACT.get((model, status, act), SCENES[model, status])(), act)


def refusing(model: type[Document], act: str) -> str:
    """A status that refuses the act, '' if none does."""
    step = model.ACTS[act]
    return next((s for m, s in reversed(SCENES) if m is model and s not in (*step.sources, *step.targets)), "")


def _in_vain(model: type[Document], act: str) -> Call:
    return _call(SCENES[model, refusing(model, act)](), act)


def _new(prefix: str) -> Call:
    return f"/api/v1/{prefix}/", BODIES[prefix]()


def _call(document: Document, act: str) -> Call:
    return address(document, act.replace("_", "-")), told_to_api(document, act)


def _adjust(**more: object) -> Call:
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse)
    line = {"product": product.pk, "warehouse": warehouse.pk, "reason": "Found"}
    return "/api/v1/inventory/adjust/", {"items": [{**line, "quantity": 3}, {**line, "quantity": -50}], **more}


def _opening() -> Call:
    line = {"product": new(ProductFactory), "warehouse": new(WarehouseFactory), "quantity": 7, "unit_cost": "2"}
    return "/api/v1/inventory/opening/", {"items": [line]}


def _reorder() -> Call:
    low = InventoryFactory(reorder_level=5)
    SupplierProductFactory(product=low.product, is_preferred=True)
    return "/api/v1/inventory/reorder/", {}


def _reverse() -> Call:
    return address(factory_of(StockMovement)(), "reverse"), {"reason": "By mistake"}


def _bulk_products() -> Call:
    known = ProductFactory()
    fresh = {"sku": "FRESH", "name": "Fresh", "category": new(CategoryFactory), "price": "1"}
    return "/api/v1/products/bulk/", {"items": [{"sku": known.sku, "name": "Renamed"}, fresh]}


def _bulk_prices() -> Call:
    items = [{"product": new(ProductFactory), "price": "3"}]
    return address(PriceListFactory(), "items", "bulk"), {"items": items}


def _bulk_count() -> Call:
    count = counting()
    items = [{"item": count.items.get().pk, "counted_quantity": 3}, {"item": 0, "counted_quantity": 3}]
    return address(count, "items", "bulk"), {"items": items, "atomic": False}


def _count() -> Call:
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 3)
    return "/api/v1/inventory/count/", {"inventory": [product.inventory.get().pk]}


def _recount() -> Call:
    count = counting()
    return address(count, "recount"), {"items": [count.items.get().pk]}


def _lost_factor() -> Call:
    user = UserFactory()
    TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    return address(user, "reset-second-factor"), {}


def _return() -> Call:
    order = shipped_order()
    items = [{"order_item": order.items.get().pk, "quantity": 1}]
    return address(order, "return"), {"reason": "Too many", "items": items}


def _pay_all() -> Call:
    invoice: Invoice = issued_invoice()
    return address(invoice.customer, "pay"), {"amount": "20.00", "payment_method": "cash"}


FURTHER: dict[str, Callable[[], Call]] = {
    "inventory/adjust": lambda: _adjust(atomic=False),
    "inventory/count": _count,
    "inventory/opening": _opening,
    "inventory/reorder": _reorder,
    "stock-movements/{pk}/reverse": _reverse,
    "products/bulk": _bulk_products,
    "price-lists/{pk}/items/bulk": _bulk_prices,
    "stock-counts/{pk}/items/bulk": _bulk_count,
    "orders/{pk}/return": _return,
    "orders/{pk}/invoice": lambda: (address(shipped_order(), "invoice"), {}),
    "invoices/{pk}/credit": lambda: (address(issued_invoice(), "credit"), {"reason": "Damaged"}),
    "customers/{pk}/pay": _pay_all,
    "customers/{pk}/anonymise": lambda: (address(CustomerFactory(), "anonymise"), {}),
    "orders/{pk}/duplicate": lambda: (address(shipped_order(), "duplicate"), {}),
    "purchase-orders/{pk}/duplicate": lambda: (address(PurchaseOrderItemFactory().purchase_order, "duplicate"), {}),
    "stock-counts/{pk}/recount": _recount,
    "users/{pk}/deactivate": lambda: (address(UserFactory(), "deactivate"), {}),
    "users/{pk}/reset-second-factor": _lost_factor,
    "users/{pk}/send-password-link": lambda: (address(UserFactory(), "send-password-link"), {}),
    "users/{pk}/sign-out": lambda: (address(UserFactory(), "sign-out"), {"revoke_tokens": True}),
    "users/{pk}/unlock": lambda: (address(UserFactory(), "unlock"), {}),
    "users/{pk}/anonymise": lambda: (address(UserFactory(), "anonymise"), {}),
}

WORKING: dict[str, Callable[[], Call]] = {
    **{prefix: partial(_new, prefix) for prefix in BODIES},
    **{path_of(model, act): partial(legal, model, act) for model, act in ACTS},
    **FURTHER,
}


def _new_twin() -> Call:
    twin = ProductFactory()
    return "/api/v1/products/", {"sku": twin.sku, "name": "x", "category": twin.category_id, "price": "1"}


REFUSED: dict[str, Callable[[], Call]] = {
    "products: a twin": _new_twin,
    "inventory/adjust: more than there is": _adjust,
    "orders: unknown things": lambda: ("/api/v1/orders/", {"customer": 1, "items": [], "bogus": 1}),
    **{
        f"{path_of(model, act)}: too late": partial(_in_vain, model, act) for model, act in ACTS if refusing(model, act)
    },
}
