"""Customers, orders and reservations at the API."""

from django.http import HttpResponse
from rest_framework.decorators import action
from rest_framework.response import Response

from inventory_project.base.api.exceptions import MissingPermission
from inventory_project.base.api.serializers import OptionalReason
from inventory_project.base.api.viewsets import DocumentViewSet, LineViewSet, ReferenceViewSet, StateViewSet
from sales import services
from sales.models import Customer, CustomerAddress, Order, OrderItem, Reservation, SalesReturn
from sales.queries.references import reference_warning

from .answers import PickListAnswer, ProgressAnswer
from .inputs import ChangeInput, ReturnInput, ShipOrderInput
from .serializers import (
    CustomerAddressSerializer,
    CustomerSerializer,
    OrderItemSerializer,
    OrderSerializer,
    ReservationSerializer,
)


class CustomerAddressViewSet(ReferenceViewSet):
    queryset = CustomerAddress.objects.all()
    serializer_class = CustomerAddressSerializer
    filterset_fields = ("customer", "kind", "city", "postal_code", "country", "is_default", "is_active")
    search_fields = ("name", "line1", "city")


class CustomerViewSet(ReferenceViewSet):
    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer
    filterset_fields = (
        "code",
        "name",
        "email",
        "tax_id",
        "tax_treatment",
        "user",
        "price_list",
        "credit_limit",
        "on_hold",
        "is_active",
    )
    search_fields = ("name", "code", "email")
    ordering_fields = ("name", "code")

    @action(detail=True, lists=CustomerAddressViewSet)
    def addresses(self, request, pk: str):
        """The addresses of the customer."""
        return self.children("customer")

    @action(detail=True, methods=["post"], required_perm="sales.anonymise_customer")
    def anonymise(self, request, pk: str):
        """Blank all that says who the customer was; issued invoices and credit notes stay. It can't be undone."""
        return self.perform(services.anonymise_customer)


class OrderItemViewSet(LineViewSet):
    queryset = OrderItem.objects.all()
    serializer_class = OrderItemSerializer
    lock_before = ("order",)
    recalculate = services.recalculate_order
    filterset_fields = ("order", "product", "warehouse", "quantity", "quantity_shipped", "unit_price", "price_origin")


class OrderViewSet(DocumentViewSet):
    queryset = Order.objects.all()
    serializer_class = OrderSerializer
    create_service = services.place_order
    recalculate = services.recalculate_order
    filterset_fields = (
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
        "total_amount",
        "confirmed_at",
        "shipped_at",
    )
    search_fields = ("order_number", "customer__name", "customer_reference")
    ordering_fields = ("ordered_at", "requested_on", "total_amount")

    def add(self, serializer) -> Order:
        if serializer.validated_data.get("confirm") and not self.request.user.has_perm("sales.confirm_order"):
            raise MissingPermission("sales.confirm_order")
        self.written = super().add(serializer)
        return self.written

    def save(self, serializer) -> None:
        super().save(serializer)
        self.written = serializer.row

    def create(self, request, *args, **kwargs) -> HttpResponse:
        """Write a new record. `warnings` lists what is unusual about it, if anything is."""
        return self._with_warnings(super().create(request, *args, **kwargs))

    def _change(self, *, partial: bool) -> HttpResponse:
        return self._with_warnings(super()._change(partial=partial))

    def _with_warnings(self, answer: HttpResponse) -> HttpResponse:
        if warning := reference_warning(self.written):
            answer.data["warnings"] = [warning]
        return answer

    @action(detail=True, required_perm="sales.view_order", output_class=ProgressAnswer, takes={})
    def progress(self, request, pk: str) -> Response:
        """How far the order is reserved, shipped, invoiced and paid."""
        return Response(
            {
                name: {"done": part.done, "of": part.of, "extent": part.extent}
                for name, part in self.found().progress.items()
            }
        )

    @action(detail=True, url_path="pick-list", required_perm="sales.view_order", output_class=PickListAnswer, takes={})
    def pick_list(self, request, pk: str) -> Response:
        """What is to be fetched for the order: from which bin, of which lot, how much."""
        return Response(PickListAnswer.of(services.pick_list_of_order(self.found())))

    @action(detail=True, lists=OrderItemViewSet)
    def items(self, request, pk: str):
        """The lines of the order."""
        return self.children("order")

    @action(detail=True, methods=["post"], required_perm="sales.confirm_order")
    def confirm(self, request, pk: str):
        """Commit to the order and reserve its goods."""
        return self.perform(services.confirm_order)

    @action(detail=True, methods=["post"], required_perm="sales.change_order", input_class=ChangeInput)
    def change(self, request, pk: str):
        """Change, add and remove lines."""
        return self.perform(services.change_order)

    @action(detail=True, methods=["post"], required_perm="sales.reserve_order")
    def reserve(self, request, pk: str):
        """Reserve what the order still lacks."""
        return self.perform(services.reserve_order)

    @action(detail=True, methods=["post"], required_perm="sales.release_order")
    def release(self, request, pk: str):
        """Give free what is reserved for the order."""
        return self.perform(services.release_order)

    @action(detail=True, methods=["post"], required_perm="sales.ship_order", input_class=ShipOrderInput)
    def ship(self, request, pk: str):
        """Send goods off: a shipment for each warehouse."""
        return self.perform(services.ship_order)

    @action(detail=True, methods=["post"], required_perm="sales.close_order")
    def close(self, request, pk: str):
        """End the order short: what has left is all that will."""
        return self.perform(services.close_order)

    @action(detail=True, methods=["post"], required_perm="sales.deliver_order")
    def deliver(self, request, pk: str):
        """Note that the goods have reached the customer."""
        return self.perform(services.deliver_order)

    @action(detail=True, methods=["post"], required_perm="sales.cancel_order", input_class=OptionalReason)
    def cancel(self, request, pk: str):
        """Call the order off before anything has left."""
        return self.perform(services.cancel_order)

    @action(detail=True, methods=["post"], required_perm="sales.add_order", makes=Order)
    def duplicate(self, request, pk: str):
        """Place the same order again, at today's prices. The new order is the answer."""
        return self.answer_with(services.duplicate_order(self.found(), **self.sent(), by=request.user))

    @action(
        detail=True,
        methods=["post"],
        url_path="return",
        required_perm="sales.add_salesreturn",
        input_class=ReturnInput,
        makes=SalesReturn,
    )
    def request_return(self, request, pk: str):
        """Announce goods that come back. The new return is the answer."""
        return self.answer_with(services.request_sales_return(self.found(), **self.sent(), by=request.user))


class ReservationViewSet(StateViewSet):
    queryset = Reservation.objects.all()
    serializer_class = ReservationSerializer
    filterset_fields = ("order_item", "inventory", "quantity", "expires_at")
    volatile = ("is_expired",)
