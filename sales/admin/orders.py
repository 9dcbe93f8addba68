"""What customers have ordered."""

from django.contrib import admin
from django.db.models import Q, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import (
    BOTH_PAGES,
    FORM_PAGE,
    Button,
    DayRangeFilter,
    DocumentAdmin,
    LineAdmin,
    LineInline,
    OptionalReasonForm,
    RelatedFilter,
    Tab,
    act_permission,
    columns,
    meant,
)
from inventory_project.base.admin.acts import ACT, FORM_ACTION
from inventory_project.base.clock import today
from inventory_project.base.errors import RuleViolation
from sales import services
from sales.admin.expecting import AnswersExpected, ShowsAvailable
from sales.admin.forms import ChangeOrderForm, DispatchForm, OrderForm, ShipOrderForm
from sales.admin.pick_lists import GivesPickLists
from sales.models import Extent, Order, OrderItem

EXTENT_TONES = {Extent.NOT: "grey", Extent.PARTLY: "amber", Extent.FULLY: "green"}


def extent(name: str, label):
    """A line of the order's page that says how far it has come in one respect."""

    @admin.display(description=label)
    def shown(self, order):
        known = order.how_far[name]
        return columns.badge(f"{known.extent.label} ({known})", EXTENT_TONES[known.extent])

    return shown


class CancelForm(OptionalReasonForm):
    """Why an order is called off."""

    title = _("Cancel %(object)s")
    submit = _("Cancel the order")
    intro = _("Its reservations are released. A cancelled order stays on record and can't be taken up again.")


CLOSE = meant(
    _("Close %(object)s short"),
    _("Close short"),
    _("What has left is all that will. The rest is released, drafts of shipments are dropped. This can't be undone."),
)


class OrderItemInline(ShowsAvailable, LineInline):
    model = OrderItem
    fields = (
        "product",
        "description",
        "quantity",
        "unit_price",
        "price_origin",
        "discount_percent",
        "warehouse",
        "subtotal",
        "quantity_shipped",
        "quantity_invoiced",
    )
    readonly_fields = ("available", "price_origin", "subtotal", "quantity_shipped", "quantity_invoiced")
    new_rows = 2


@admin.register(Order)
class OrderAdmin(AnswersExpected, GivesPickLists, DocumentAdmin):
    form = OrderForm
    purpose = _("Customers' orders: confirmed, shipped, then invoiced.")
    pick_list, picked_in = staticmethod(services.pick_list_of_order), "confirmed"
    list_display = ("customer", "ordered_at", "due", columns.amount("total_amount", _("total")))
    list_select_related = ("customer",)
    list_filter = ("status", "warehouse", ("customer", RelatedFilter), ("ordered_at", DayRangeFilter))
    search_fields = ("order_number", "customer__name", "customer_reference")
    search_help_text = _("Number, customer, or the customer's reference")
    in_search = True
    fieldsets = (
        (None, {"fields": ("customer", "warehouse", "ordered_at", "requested_on", "customer_reference", "price_list")}),
        (_("Delivery"), {"fields": ("billing_to", "shipping_to", "shipping_amount", "allow_backorder", "notes")}),
        (_("Totals"), {"fields": ("subtotal_amount", "tax_amount", "total_amount"), "classes": ("after", "totals")}),
        (
            _("How far it has come"),
            {"fields": ("is_reserved", "is_shipped", "is_invoiced", "is_paid"), "classes": ("after",)},
        ),
        (
            _("Progress"),
            {
                "fields": ("user", "confirmed_at", "shipped_at", "delivered_at", "cancelled_at", "cancel_reason"),
                "classes": ("after", "collapse"),
            },
        ),
    )
    readonly_fields = (
        "subtotal_amount",
        "tax_amount",
        "total_amount",
        "is_reserved",
        "is_shipped",
        "is_invoiced",
        "is_paid",
        "user",
        "confirmed_at",
        "shipped_at",
        "delivered_at",
        "cancelled_at",
        "cancel_reason",
    )
    inlines = (OrderItemInline,)
    form_select_related = ("billing_to__customer", "shipping_to__customer")
    related_links = ("shipments", "invoices", "sales_returns")
    steps = ("pending", "confirmed", "shipped", "delivered")
    not_yet = {"ship": {"pending": _("It has not been confirmed yet.")}}
    actions = (
        "confirm",
        "ship",
        "deliver",
        "change",
        "reserve",
        "close",
        "release",
        "duplicate",
        "print_pick_lists",
        "cancel",
    )
    aside = ("change", "close", "release", "duplicate")
    recalculate = staticmethod(services.recalculate_order)
    is_reserved = extent("reserved", _("reserved"))
    is_shipped = extent("shipped", _("shipped"))
    is_invoiced = extent("invoiced", _("invoiced"))
    is_paid = extent("paid", _("paid"))
    has_confirm_permission = act_permission("confirm")
    has_change_lines_permission = act_permission("change")
    has_reserve_permission = act_permission("reserve")
    has_release_permission = act_permission("release")
    has_ship_permission = act_permission("ship")
    has_close_permission = act_permission("close")
    has_deliver_permission = act_permission("deliver")
    has_cancel_permission = act_permission("cancel")

    def get_tabs(self, request):
        day = today()
        return (
            Tab("pending", _("Drafts"), Q(status="pending"), _("No orders wait to be confirmed.")),
            Tab("to_ship", _("To ship"), lambda rows: rows.to_ship(), _("No orders wait to be shipped.")),
            Tab("late", _("Late"), lambda rows: rows.late(day), _("No late orders.")),
            Tab("shipped", _("Shipped"), Q(status="shipped"), _("Nothing is on its way.")),
            Tab("closed", _("Closed"), Q(status__in=["delivered", "cancelled"])),
        )

    def get_object(self, request, object_id, from_field=None):
        order = super().get_object(request, object_id, from_field)
        if order:
            prefetch_related_objects([order], "items")  # several buttons look at them
            order.how_far = order.progress
        return order

    def create(self, request, header, lines):
        lines = [services.OrderLine(**line) for line in lines]
        return services.place_order(**header, lines=lines, by=request.user)

    def offers(self, name, obj):
        # A pending order's lines are edited on its page.
        return super().offers(name, obj) and not (name == "change" and obj.is_editable)

    def blocked(self, name, obj):
        if reason := super().blocked(name, obj):
            return reason
        if name == "confirm":
            return self._against_confirming(obj)
        secured, shipped = obj.how_far["reserved"], obj.how_far["shipped"].done
        if name in ("ship", "release") and secured.done == shipped:
            return _("Nothing is reserved for it.")
        if name == "reserve" and secured.extent == Extent.FULLY:
            return _("All of it is reserved already.")
        if name == "close" and not shipped:
            return _("Nothing of it has been shipped: cancel it instead.")
        return ""

    @staticmethod
    def _against_confirming(order) -> str:
        """What the service would refuse for sure; whether the goods are there it finds out itself."""
        if not order.items.all():
            return _("There is nothing on it yet: add a line.")
        try:
            services.require_orderable(order.customer)
            services.require_credit(order.customer, order.total_amount)
        except RuleViolation as refusal:
            return str(refusal)
        return ""

    def get_buttons(self, request, obj):
        buttons = super().get_buttons(request, obj)
        may_return = request.user.has_perm("sales.add_salesreturn")
        if may_return and any(line.quantity_returnable > 0 for line in obj.items.all()):
            url = reverse("admin:sales_salesreturn_add", query={"order": obj.pk})
            buttons.append(Button("return", _("Return…"), url=url))
        return buttons

    @admin.display(description=_("requested for"), ordering="requested_on")
    def due(self, order):
        return columns.due(order.requested_on, is_open=order.status == "confirmed")

    @admin.action(permissions=["confirm"], description=_("Confirm"), location=BOTH_PAGES)
    def confirm(self, request, queryset):
        return self.apply(request, queryset, services.confirm_order)

    @admin.action(permissions=["ship"], description=_("Ship…"), location=BOTH_PAGES)
    def ship(self, request, queryset):
        of_one = FORM_ACTION in request.POST or ACT in request.GET
        form = ShipOrderForm if of_one else DispatchForm
        return self.apply(request, queryset, services.ship_order, form=form)

    @admin.action(permissions=["deliver"], description=_("Mark delivered"), location=BOTH_PAGES)
    def deliver(self, request, queryset):
        return self.apply(request, queryset, services.deliver_order)

    @admin.action(permissions=["change_lines"], description=_("Change lines…"), location=FORM_PAGE)
    def change(self, request, queryset):
        return self.apply(request, queryset, services.change_order, form=ChangeOrderForm)

    @admin.action(permissions=["reserve"], description=_("Reserve"), location=BOTH_PAGES)
    def reserve(self, request, queryset):
        return self.apply(request, queryset, services.reserve_order)

    @admin.action(permissions=["release"], description=_("Release reservations"), location=BOTH_PAGES)
    def release(self, request, queryset):
        return self.apply(request, queryset, services.release_order)

    @admin.action(permissions=["close"], description=_("Close short…"), location=BOTH_PAGES)
    def close(self, request, queryset):
        return self.apply(request, queryset, services.close_order, form=CLOSE)

    @admin.action(permissions=["add"], description=_("Duplicate"), location=FORM_PAGE)
    def duplicate(self, request, queryset):
        return self.apply(request, queryset, services.duplicate_order, then=columns.change_url)

    @admin.action(permissions=["cancel"], description=_("Cancel…"), location=BOTH_PAGES)
    def cancel(self, request, queryset):
        return self.apply(request, queryset, services.cancel_order, form=CancelForm)


@admin.register(OrderItem)
class OrderItemAdmin(LineAdmin):
    purpose = _("The products of all customers' orders, and what of them is still to be shipped.")
    list_display = (
        "order",
        "product",
        columns.quantity("quantity", _("quantity")),
        columns.quantity("quantity_shipped", _("shipped")),
        columns.quantity("quantity_returned", _("returned")),
        columns.price("unit_price", _("unit price")),
        columns.amount("subtotal", _("net amount")),
    )
    list_select_related = ("order", "product")
    list_filter = ("warehouse", ("product", RelatedFilter), ("order__customer", RelatedFilter))
    search_fields = ("order__order_number", "product__sku")
    tabs = (Tab("open", _("To ship"), lambda rows: rows.open()),)
    fields = (
        "order",
        "product",
        "description",
        "quantity",
        "unit_price",
        "price_origin",
        "discount_percent",
        "warehouse",
        "subtotal",
        "tax_percent",
        "tax_amount",
        "quantity_shipped",
        "quantity_returned",
        "quantity_invoiced",
    )
    readonly_fields = (
        "price_origin",
        "subtotal",
        "tax_percent",
        "tax_amount",
        "quantity_shipped",
        "quantity_returned",
        "quantity_invoiced",
    )
    related_links = ("reservations", "shipment_items")
    recalculate = staticmethod(services.recalculate_order)

    def label(self, row):
        return f"{row.order}: {row.product} × {row.quantity}"
