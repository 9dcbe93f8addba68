"""What an invoice says beside its amounts and addresses, read once, when it is issued."""

from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Max
from django.utils import translation

from billing.documents.exemptions import NEED_REASON, reasons
from billing.models import Invoice
from catalog.models import TaxRate
from inventory_project.base.clock import business_day
from sales.models import Customer, Order, Shipment


def read_particulars(invoice: Invoice, customer: Customer) -> dict[str, object]:
    """Currency, references, day and country of delivery, article numbers, and why lines bear no tax."""
    lines = list(
        invoice.items.order_by("pk").values_list(
            "pk", "tax_category", "product__sku", "product__tax_rate__category", "product__tax_rate__exemption_reason"
        )
    )
    return {
        "currency": settings.CURRENCY,
        "customer_code": customer.code,
        **(_of_order(invoice.order) if invoice.order_id else {}),
        "skus": {str(pk): sku for pk, _category, sku, *_rate in lines if sku},
        "exemptions": _exemptions(
            [(category, reason if rated == category else "") for _pk, category, _sku, rated, reason in lines]
        ),
    }


def _of_order(order: Order) -> dict[str, object]:
    shipped = Shipment.objects.filter(order=order, shipped_at__isnull=False).aggregate(last=Max("shipped_at"))["last"]
    return {
        "order_number": order.order_number,
        "customer_reference": order.customer_reference,
        "delivered_on": business_day(shipped).isoformat() if shipped else "",
        "delivery_country": order.shipping_address.get("country", ""),
    }


def _exemptions(lines: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """By category: as the products' tax rates word it, else as any tax rate of the category does."""
    worded: dict[str, list[str]] = defaultdict(list)
    categories = NEED_REASON.intersection(category for category, _reason in lines)
    for category, reason in lines:
        if reason:
            worded[category].append(reason)
    if silent := categories - worded.keys():
        rates = TaxRate.objects.filter(category__in=silent, is_active=True).exclude(exemption_reason="").order_by("pk")
        for rate in rates:
            worded[rate.category] = worded[rate.category] or [rate.exemption_reason]
    with translation.override(settings.LANGUAGE_CODE):
        return reasons(categories, worded)
