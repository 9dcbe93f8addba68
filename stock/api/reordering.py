"""What has to be ordered, and ordering it, at the API."""

from itertools import islice

from rest_framework.decorators import action
from rest_framework.response import Response

from inventory_project.base.api import values
from inventory_project.base.api.exceptions import MissingPermission
from inventory_project.base.api.pagination import terms_of
from inventory_project.base.api.rows import Row
from inventory_project.base.api.viewsets import Acts
from inventory_project.base.discretion import SEE_COST
from stock import services
from stock.models import Inventory
from stock.queries.low_stock import Coming, Outlook, low_ids, offers_of

from .answers import LowAnswer, OrdersMade
from .inputs import ReorderInput
from .questions import PAGING

SEE_OFFERS = "catalog.view_supplierproduct"


class Reordering(Acts):
    """What is low, and ordering it."""

    @action(
        detail=False,
        output_class=LowAnswer,
        takes={
            **PAGING,
            "product": values.ID,
            "warehouse": values.ID,
            "supplier": values.ID,
            "drafts": values.TRUTH,
        },
    )
    def low(self, request) -> Response:
        """What is at or below its reorder level, counting what is on order and on its way, and what is waited for."""
        asked, sees_offers = self.asked(), self.request.user.has_perm(SEE_OFFERS)
        if "supplier" in asked and not sees_offers:
            raise MissingPermission(SEE_OFFERS)
        sees_costs = request.user.has_perm(SEE_COST)
        where = {name: asked[name] for name in ("product", "warehouse") if name in asked}
        balances = Inventory.objects.filter(**where)
        if "supplier" in asked:
            offers = offers_of(balances.order_by().values("product"))
            wanted = offers.filter(is_preferred=True, supplier=asked["supplier"]).order_by()
            balances = balances.filter(product__in=wanted.values("product"))
        coming = Coming(count_drafts=asked.get("drafts", True))
        ids = low_ids(balances, coming)
        terms = terms_of(Inventory, ["id"])

        def read(backwards: bool, position: list[object] | None, most: int) -> list[Row]:
            found = reversed(ids) if backwards else ids
            if position is not None:
                found = [pk for pk in found if (pk < position[0] if backwards else pk > position[0])]
            return [{"id": pk} for pk in islice(found, most)]

        def show(raw: list[Row]) -> list[Row]:
            rows = coming.outlooks(Inventory.objects.filter(pk__in=[row["id"] for row in raw]))
            return [_low_row(row, sees_offers=sees_offers, sees_costs=sees_costs) for row in rows]

        return self.paginator.page_of(read, show, terms, request)

    @action(
        detail=False,
        methods=["post"],
        required_perm="stock.add_purchaseorder",
        input_class=ReorderInput,
        output_class=OrdersMade,
        takes={},
    )
    def reorder(self, request) -> Response:
        """Draft purchase orders, one for each supplier and warehouse, at the costs that are offered."""
        sent = self.sent()
        act = services.create_reorder_drafts if "lines" in sent else services.reorder_low_stock
        made = act(**sent, by=request.user)
        return Response({"orders": self.shown(made) if made else []})


def _low_row(row: Outlook, *, sees_offers: bool, sees_costs: bool) -> Row:
    balance, offer = row.balance, row.offer if sees_offers else None
    return {
        "id": balance.pk,
        "product": balance.product_id,
        "sku": balance.product.sku,
        "warehouse": balance.warehouse_id,
        "quantity": balance.quantity,
        "available": balance.available,
        "on_order": row.on_order,
        "in_transit": row.in_transit,
        "backordered": row.backordered,
        "expected": row.expected,
        "reorder_level": balance.reorder_level,
        "reorder_quantity": balance.reorder_quantity,
        "supplier": offer
        and {
            "id": offer.supplier_id,
            "name": offer.supplier.name,
            "cost": offer.cost if sees_costs else None,
            "minimum_order_quantity": offer.minimum_order_quantity,
            "pack_size": offer.pack_size,
        },
        "suggested": row.suggested,
    }
