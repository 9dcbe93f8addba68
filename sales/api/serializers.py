"""Customers, orders and what is reserved for them."""

from inventory_project.base.api.fields import StrictBoolean, StrictDecimal, StrictText
from inventory_project.base.api.serializers import STAMPS, ApiSerializer, LineInput, Lines
from sales.models import Customer, CustomerAddress, Order, OrderItem, Reservation
from sales.services import OrderLine


class CustomerSerializer(ApiSerializer):
    """Someone who buys from us."""

    class Meta:
        model = Customer
        fields = (
            "id",
            "code",
            "name",
            "email",
            "phone",
            "tax_id",
            "tax_treatment",
            "user",
            "price_list",
            "payment_terms_days",
            "credit_limit",
            "on_hold",
            "is_active",
            "notes",
            *STAMPS,
        )
        expandable = ("user", "price_list")


class CustomerAddressSerializer(ApiSerializer):
    """A place to which a customer's invoices or goods go."""

    class Meta:
        model = CustomerAddress
        fields = (
            "id",
            "customer",
            "kind",
            "name",
            "line1",
            "line2",
            "city",
            "region",
            "postal_code",
            "country",
            "is_default",
            "is_active",
            *STAMPS,
        )
        expandable = ("customer",)
        create_only = ("customer",)


class OrderItemSerializer(ApiSerializer):
    """A quantity of one product. Without a unit price: the price list's, else the product's."""

    class Meta:
        model = OrderItem
        fields = (
            "id",
            "order",
            "product",
            "description",
            "unit",
            "quantity",
            "warehouse",
            "unit_price",
            "price_origin",
            "discount_percent",
            "tax_percent",
            "tax_category",
            "subtotal",
            "tax_amount",
            "quantity_shipped",
            "quantity_returned",
            "quantity_invoiced",
            "quantity_open",
            *STAMPS,
        )
        extra_kwargs = {"unit_price": {"allow_null": True}}
        expandable = ("order", "product", "warehouse")
        computed = {"quantity_open": ("quantity", "quantity_shipped")}
        create_only = ("order",)


class OrderLineSerializer(LineInput, OrderItemSerializer):
    class Meta(OrderItemSerializer.Meta):
        read_only_fields = ("order",)
        create_only = ()
        list_serializer_class = Lines


class OrderSerializer(ApiSerializer):
    """A customer's commitment to buy. With `confirm` it is entered and confirmed in one step."""

    line = OrderLine

    order_number = StrictText(
        max_length=40, required=False, help_text="Your own number, if it is to have one; else it gets one of ours."
    )
    shipping_tax_percent = StrictDecimal(
        max_digits=6, decimal_places=3, min_value=0, max_value=100, required=False, help_text="Empty: the usual rate."
    )
    confirm = StrictBoolean(write_only=True, required=False)
    items = OrderLineSerializer(many=True)

    class Meta:
        model = Order
        fields = (
            "id",
            "order_number",
            "customer",
            "user",
            "status",
            "warehouse",
            "price_list",
            "ordered_at",
            "requested_on",
            "customer_reference",
            "allow_backorder",
            "billing_to",
            "shipping_to",
            "billing_address",
            "shipping_address",
            "subtotal_amount",
            "shipping_amount",
            "shipping_tax_percent",
            "shipping_tax_category",
            "tax_amount",
            "total_amount",
            "confirmed_at",
            "shipped_at",
            "delivered_at",
            "cancelled_at",
            "cancel_reason",
            "notes",
            *STAMPS,
            "allowed_actions",
            "items",
            "confirm",
        )
        expandable = ("customer", "user", "warehouse", "price_list", "billing_to", "shipping_to")
        computed = {"allowed_actions": ("status",)}
        create_only = ("order_number", "shipping_tax_percent", "items", "confirm")


class ReservationSerializer(ApiSerializer):
    """Units in one warehouse that are promised to one order line. Only notes and expiry are edited."""

    class Meta:
        model = Reservation
        fields = ("id", "order_item", "inventory", "quantity", "expires_at", "is_expired", "notes", *STAMPS)
        read_only_fields = ("order_item", "inventory", "quantity")
        expandable = ("order_item", "inventory")
        computed = {"is_expired": ("expires_at",)}
