"""Shipments and returns at the API."""

from rest_framework.decorators import action
from rest_framework.response import Response

from inventory_project.base.api.viewsets import DocumentViewSet, LineViewSet
from sales import services
from sales.models import SalesReturn, SalesReturnItem, Shipment, ShipmentItem

from .answers import PickListAnswer
from .delivery_serializers import (
    SalesReturnItemSerializer,
    SalesReturnSerializer,
    ShipmentItemSerializer,
    ShipmentSerializer,
)
from .inputs import ReceiveReturnInput, ShipInput


class ShipmentItemViewSet(LineViewSet):
    queryset = ShipmentItem.objects.all()
    serializer_class = ShipmentItemSerializer
    lock_before = ("shipment__order", "shipment")
    recalculate = services.recalculate_shipment
    filterset_fields = ("shipment", "order_item", "bin", "lot", "quantity")


class ShipmentViewSet(DocumentViewSet):
    queryset = Shipment.objects.all()
    serializer_class = ShipmentSerializer
    lock_before = ("order",)
    create_service = services.create_shipment
    recalculate = services.recalculate_shipment
    filterset_fields = (
        "shipment_number",
        "order",
        "warehouse",
        "status",
        "carrier",
        "tracking_number",
        "shipped_at",
        "delivered_at",
    )
    search_fields = ("shipment_number", "tracking_number")
    ordering_fields = ("shipped_at", "delivered_at")

    @action(detail=True, lists=ShipmentItemViewSet)
    def items(self, request, pk: str):
        """The lines of the shipment."""
        return self.children("shipment")

    @action(
        detail=True, url_path="pick-list", required_perm="sales.view_shipment", output_class=PickListAnswer, takes={}
    )
    def pick_list(self, request, pk: str) -> Response:
        """What is to be fetched, or was: from which bin, of which lot, how much."""
        return Response(PickListAnswer.of(services.pick_list_of_shipment(self.found())))

    @action(detail=True, methods=["post"], required_perm="sales.ship_shipment", input_class=ShipInput)
    def ship(self, request, pk: str):
        """Send the goods off."""
        return self.perform(services.ship_shipment)

    @action(detail=True, methods=["post"], required_perm="sales.deliver_shipment")
    def deliver(self, request, pk: str):
        """Note that the goods have reached the customer."""
        return self.perform(services.deliver_shipment)

    @action(detail=True, methods=["post"], required_perm="sales.cancel_shipment")
    def cancel(self, request, pk: str):
        """Drop the draft; its goods stay reserved."""
        return self.perform(services.cancel_shipment)


class SalesReturnItemViewSet(LineViewSet):
    queryset = SalesReturnItem.objects.all()
    serializer_class = SalesReturnItemSerializer
    lock_before = ("sales_return__order", "sales_return")
    recalculate = services.recalculate_sales_return
    filterset_fields = ("sales_return", "order_item", "lot", "condition", "quantity")


class SalesReturnViewSet(DocumentViewSet):
    queryset = SalesReturn.objects.all()
    serializer_class = SalesReturnSerializer
    lock_before = ("order",)
    create_service = services.request_sales_return
    recalculate = services.recalculate_sales_return
    filterset_fields = ("return_number", "order", "warehouse", "status", "received_at")
    search_fields = ("return_number", "reason")
    ordering_fields = ("approved_at", "received_at")

    @action(detail=True, lists=SalesReturnItemViewSet)
    def items(self, request, pk: str):
        """The lines of the return."""
        return self.children("sales_return")

    @action(detail=True, methods=["post"], required_perm="sales.approve_salesreturn")
    def approve(self, request, pk: str):
        """Agree that the goods may come back."""
        return self.perform(services.approve_sales_return)

    @action(detail=True, methods=["post"], required_perm="sales.reject_salesreturn")
    def reject(self, request, pk: str):
        """Decline to take the goods back."""
        return self.perform(services.reject_sales_return)

    @action(detail=True, methods=["post"], required_perm="sales.receive_salesreturn", input_class=ReceiveReturnInput)
    def receive(self, request, pk: str):
        """Take the goods in."""
        return self.perform(services.receive_sales_return)

    @action(detail=True, methods=["post"], required_perm="sales.close_salesreturn")
    def close(self, request, pk: str):
        """Settle the return, with or without a credit note."""
        return self.perform(services.close_sales_return)

    @action(detail=True, methods=["post"], required_perm="sales.cancel_salesreturn")
    def cancel(self, request, pk: str):
        """Call the return off before the goods have arrived."""
        return self.perform(services.cancel_sales_return)
