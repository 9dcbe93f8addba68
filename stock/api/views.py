"""Warehouses, what lies in them, and the ledger, at the API."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from inventory_project.base.api.bulk import EachByItself, act_on_each
from inventory_project.base.api.exceptions import MissingPermission
from inventory_project.base.api.viewsets import Acts, LedgerViewSet, ReferenceViewSet, StateViewSet
from inventory_project.base.caching import Shelf
from stock import services
from stock.models import Bin, Inventory, Lot, StockCount, StockItem, StockMovement, Warehouse
from stock.services import AdjustmentLine

from .inputs import AdjustInput, AdjustmentInput, CountInput, MovementsMade, OpenInput, ReverseMovementInput
from .questions import InventoryQuestions, LotQuestions
from .reordering import Reordering
from .serializers import (
    BinSerializer,
    InventorySerializer,
    LotSerializer,
    StockItemSerializer,
    StockMovementSerializer,
    WarehouseSerializer,
)


class BinViewSet(ReferenceViewSet):
    queryset = Bin.objects.all()
    serializer_class = BinSerializer
    filterset_fields = ("warehouse", "code", "is_default", "is_active")
    search_fields = ("code", "description")
    ordering_fields = ("warehouse", "code")

    def add(self, serializer) -> Bin:
        return services.save_bin(serializer.row, by=self.request.user)

    def save(self, serializer) -> None:
        services.save_bin(serializer.row, by=self.request.user)

    def remove(self, row: Bin) -> None:
        self.refuse_if_referenced(row)
        services.delete_bin(row, by=self.request.user)


class WarehouseViewSet(ReferenceViewSet):
    queryset = Warehouse.objects.all()
    serializer_class = WarehouseSerializer
    kept_on = Shelf("warehouses", tables=["warehouse"])
    filterset_fields = ("code", "name", "is_active")
    search_fields = ("code", "name", "location")
    ordering_fields = ("code", "name")

    def add(self, serializer) -> Warehouse:
        return services.save_warehouse(serializer.row, by=self.request.user)

    def save(self, serializer) -> None:
        services.save_warehouse(serializer.row, by=self.request.user)

    @action(detail=True, lists=BinViewSet)
    def bins(self, request, pk: str):
        """The bins of the warehouse."""
        return self.children("warehouse")


class LotViewSet(LotQuestions, ReferenceViewSet):
    queryset = Lot.objects.all()
    serializer_class = LotSerializer
    filterset_fields = ("product", "number", "expires_on", "manufactured_on", "supplier", "is_blocked")
    search_fields = ("number",)
    ordering_fields = ("number", "expires_on")


class StockItemViewSet(StateViewSet):
    queryset = StockItem.objects.all()
    serializer_class = StockItemSerializer
    filterset_fields = ("inventory", "bin", "lot", "quantity")
    ordering_fields = ("quantity",)


class InventoryViewSet(EachByItself, InventoryQuestions, Reordering, StateViewSet):
    queryset = Inventory.objects.all()
    serializer_class = InventorySerializer
    filterset_fields = (
        "product",
        "warehouse",
        "quantity",
        "reserved",
        "available",
        "stock_value",
        "reorder_level",
        "last_counted",
    )
    ordering_fields = ("product", "warehouse", "quantity", "available", "stock_value", "last_counted")

    @action(
        detail=False,
        methods=["post"],
        required_perm="stock.adjust_inventory",
        input_class=AdjustInput,
        output_class=MovementsMade,
    )
    def adjust(self, request):
        """Add stock or take it away, with a reason: up to 500 lines, all or none unless `atomic` is false."""
        sent = self.each_by_itself(AdjustInput)
        if sent is None:
            sent = self.sent()
            sent.pop("atomic", None)
            made = services.adjust_stock(**sent, by=request.user)
            return Response({"movements": self.shown(made)}, status=200)

        def run(entries):
            lines = [AdjustmentLine(**entry.values) for entry in entries]
            return services.adjust_stock(lines, release=sent.get("release", False), by=request.user)

        results, done = act_on_each(sent["items"], AdjustmentInput(context={"view": self}), run)
        made = [movement for movements in done for movement in movements]
        return Response({"movements": self.shown(made), "results": results}, status=200)

    @action(
        detail=False,
        methods=["post"],
        required_perm="stock.start_stockcount",
        input_class=CountInput,
        makes=StockCount,
    )
    def count(self, request):
        """Start a count of the places where goods of these balances lie; it is the answer."""
        if not request.user.has_perm("stock.add_stockcount"):
            raise MissingPermission("stock.add_stockcount")
        sent = self.sent()
        return self.answer_with(services.count_inventory(sent.pop("inventory"), **sent, by=request.user))

    @action(
        detail=False,
        methods=["post"],
        url_path="opening",
        required_perm="stock.open_inventory",
        input_class=OpenInput,
        output_class=MovementsMade,
    )
    def enter_opening(self, request):
        """Enter what is there on the day that the books are opened."""
        made = services.enter_opening_stock(**self.sent(), by=request.user)
        return Response({"movements": self.shown(made)}, status=200)

    @action(detail=True, lists=StockItemViewSet, url_path="stock-items")
    def stock_items(self, request, pk: str):
        """Where the goods lie."""
        return self.children("inventory")


class StockMovementViewSet(Acts, LedgerViewSet):
    queryset = StockMovement.objects.all()
    serializer_class = StockMovementSerializer
    filterset_fields = (
        "product",
        "warehouse",
        "bin",
        "lot",
        "kind",
        "quantity",
        "value",
        "reference",
        "source_type",
        "source_id",
        "reverses",
        "created_by",
    )
    search_fields = ("reference", "reason")
    ordering_fields = ("quantity", "value")

    @extend_schema(responses={201: StockMovementSerializer})
    @action(
        detail=True,
        methods=["post"],
        required_perm="stock.reverse_stockmovement",
        input_class=ReverseMovementInput,
    )
    def reverse(self, request, pk: str):
        """Undo an adjustment or opening stock by a further row, which is answered."""
        return self.answer_with(services.reverse_movement(self.found(), **self.sent(), by=request.user))
