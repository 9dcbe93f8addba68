"""How each act is taken: its service with what it must be told, and the same for the API and the back office."""

from collections.abc import Callable
from typing import Any

import billing.services
import sales.services
import stock.services
from billing.services import mark_overdue_invoices
from inventory_project.base.models import Document
from sales.services import LineChange
from stock.services import CountLine

SERVICES = {"sales": sales.services, "billing": billing.services, "stock": stock.services}

# Acts of the system: a command takes them, no person and no program.
BY_COMMAND = {("invoice", "mark_overdue")}


def told_to_service(document: Document, act: str) -> dict[str, Any]:
    """What the service must be told."""
    match document._meta.model_name, act:
        case "order", "change":
            line = document.items.first()
            return {"lines": [LineChange(quantity=line.quantity, item=line)]}
        case "stockcount", "enter":
            return {"lines": [CountLine(1, item=item) for item in document.items.all()[:1]]}
        case "stocktransfer", "close":
            return {"reason": "lost"}
        case "payment", "void":
            return {"reason": "bounced"}
        case "invoice", "pay":
            return {"payment_method": "cash"}
        case "creditnote", "refund":
            return {"refund_method": "cash"}
    return {}


def told_to_api(document: Document, act: str) -> dict[str, Any]:
    """The same in a request."""
    told = told_to_service(document, act)
    match document._meta.model_name, act:
        case "order", "change":
            line = document.items.first()
            return {"items": [{"item": line.pk, "quantity": line.quantity}]}
        case "stockcount", "enter":
            return {"items": [{"item": item.pk, "counted_quantity": 1} for item in document.items.all()[:1]]}
    return told


def told_at_desk(document: Document, act: str) -> dict[str, str]:
    """The same in a form."""
    told = told_to_service(document, act)
    if (document._meta.model_name, act) == ("stockcount", "post"):
        return {"reason": "counted"}
    return {name: value for name, value in told.items() if isinstance(value, str)}


def service_of(document: Document, act: str) -> Callable[[], object]:
    """The act's service, told what it must be told."""
    name = document._meta.model_name
    if (name, act) in BY_COMMAND:
        later = (document.due_date or document.created_at).replace(year=2199)
        return lambda: mark_overdue_invoices(later)
    words = {
        "salesreturn": "sales_return",
        "creditnote": "credit_note",
        "purchaseorder": "purchase_order",
        "goodsreceipt": "goods_receipt",
        "stocktransfer": "stock_transfer",
        "stockcount": "stock_count",
    }
    service = getattr(SERVICES[document._meta.app_label], f"{act}_{words.get(name, name)}")
    return lambda: service(document, **told_to_service(document, act), by=None)
