"""Committing to orders: credit, stock held back, stock given free again."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from inventory_project.base.errors import RuleViolation
from inventory_project.base.services import lock, refresh, service
from sales.models import Order, OrderItem, OrderStatus

from .customers import read_customer_for_credit, require_credit, require_orderable
from .lines import require_on_sale
from .reservations import Reservations


@service
def confirm_order(order: Order, *, by: User | None) -> Order:
    """Commit to a pending order and reserve its goods: every line or, where back-orders are allowed, what there is.

    Refuses an order without lines, products that have been retired meanwhile, a customer who is inactive, on hold or
    would exceed their credit limit, and lines that can't be served from stock that may be shipped, each by name.
    """
    buyer = read_customer_for_credit(order.customer)
    fresh = lock(order)
    if fresh.status == OrderStatus.CONFIRMED:
        refresh(order, fresh)
        return order
    fresh.may("confirm")
    if fresh.customer_id != buyer.pk:
        raise RuleViolation(_("%(order)s has been changed meanwhile.") % {"order": fresh}, code="changed_meanwhile")
    items = lines_of(fresh)
    if not items:
        raise RuleViolation(_("%(order)s has no lines yet.") % {"order": fresh}, code="no_lines")
    for index, item in enumerate(items):
        require_on_sale(item.product, f"items/{index}/product")
    require_orderable(buyer)
    require_credit(buyer, fresh.total_amount)
    hold(fresh, items, none_yet=True)
    fresh.advance(OrderStatus.CONFIRMED, confirmed_at=timezone.now())
    refresh(order, fresh)
    return order


@service
def reserve_order(order: Order, *, by: User | None) -> Order:
    """Reserve what a confirmed order still lacks: all of it or, where back-orders are allowed, what there is."""
    fresh = lock(order)
    fresh.may("reserve")
    hold(fresh, lines_of(fresh))
    touch(fresh)
    refresh(order, fresh)
    return order


@service
def release_order(order: Order, *, by: User | None) -> Order:
    """Give free what is reserved for a confirmed order; it stays confirmed, with its goods back-ordered."""
    fresh = lock(order)
    fresh.may("release")
    release(lines_of(fresh))
    touch(fresh)
    refresh(order, fresh)
    return order


def hold(order: Order, items: list[OrderItem], *, none_yet: bool = False) -> None:
    """Reserve what the order's lines lack. The order is locked, or new: then there is nothing reserved yet."""
    book = Reservations.lock(items, none_yet=none_yet)
    book.serve(order, items)
    book.write()


def release(items: list[OrderItem]) -> None:
    """Give free all that is reserved for these lines. Their order is locked."""
    book = Reservations.lock(items)
    for item in items:
        book.limit(item, 0)
    book.write()


def lines_of(order: Order) -> list[OrderItem]:
    """The order's lines with their products, in the order of their ids."""
    return list(order.items.select_related("product").order_by("pk"))


def touch(order: Order) -> None:
    """The order's stock or documents changed, so it has a new version."""
    order.save(update_fields=["updated_at", "updated_by"])
