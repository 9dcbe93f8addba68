"""How orders end: delivered, closed short or cancelled."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from inventory_project.base.errors import RuleViolation
from inventory_project.base.services import lock, lock_all, refresh, service
from sales.models import Order, OrderStatus, Shipment, ShipmentStatus
from stock.services import checks

from .confirming import lines_of, release
from .shipments import cancel_drafts, lock_drafts


@service
def close_order(order: Order, *, by: User | None) -> Order:
    """End a confirmed order short: what has left is all that will; the rest is released, drafts of shipments go.

    Refuses an order of which nothing has left: that one is cancelled instead.
    """
    fresh = lock(order)
    if fresh.status == OrderStatus.SHIPPED:
        refresh(order, fresh)
        return order
    fresh.may("close")
    shipments = lock_drafts(fresh)
    items = lines_of(fresh)
    if not any(item.quantity_shipped for item in items):
        raise RuleViolation(
            _("Nothing of %(order)s has been shipped. Cancel it instead.") % {"order": fresh}, code="nothing_shipped"
        )
    cancel_drafts(shipments)
    release(items)
    fresh.advance(OrderStatus.SHIPPED, shipped_at=timezone.now())
    refresh(order, fresh)
    return order


@service
def deliver_order(order: Order, *, by: User | None) -> Order:
    """Note that a shipped order has reached the customer, and its shipments with it."""
    fresh = lock(order)
    if fresh.status == OrderStatus.DELIVERED:
        refresh(order, fresh)
        return order
    fresh.may("deliver")
    now = timezone.now()
    under_way = lock_all(fresh.shipments.filter(status=ShipmentStatus.SHIPPED))
    for shipment in under_way:
        shipment.status, shipment.delivered_at = ShipmentStatus.DELIVERED, now
    Shipment.objects.bulk_update(under_way, ["status", "delivered_at"])
    fresh.advance(OrderStatus.DELIVERED, delivered_at=now)
    refresh(order, fresh)
    return order


@service
def cancel_order(order: Order, reason: str = "", *, by: User | None) -> Order:
    """Call an order off before anything has left; its goods are free again, drafts of its shipments go.

    Refuses once something was shipped (close it instead) or stands on an invoice (cancel that first).
    """
    reason = checks.text(Order, "cancel_reason", reason, "reason")
    fresh = lock(order)
    if fresh.status == OrderStatus.CANCELLED:
        refresh(order, fresh)
        return order
    fresh.may("cancel")
    shipments = lock_drafts(fresh)
    items = lines_of(fresh)
    if any(item.quantity_shipped for item in items):
        raise RuleViolation(
            _("Part of %(order)s has been shipped. Close it instead.") % {"order": fresh}, code="partly_shipped"
        )
    if any(item.quantity_invoiced for item in items):
        raise RuleViolation(_("%(order)s is invoiced. Cancel the invoice first.") % {"order": fresh}, code="invoiced")
    cancel_drafts(shipments)
    release(items)
    fresh.advance(OrderStatus.CANCELLED, cancelled_at=timezone.now(), cancel_reason=reason)
    refresh(order, fresh)
    return order
