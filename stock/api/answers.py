"""What the questions about stock answer with."""

from rest_framework import serializers

from inventory_project.base.api.fields import StrictDateTime, StrictDecimal, StrictInteger, StrictText
from stock.models import MovementKind

from .document_serializers import PurchaseOrderSerializer


def whole(help_text: str = "", **kwargs) -> StrictInteger:
    return StrictInteger(help_text=help_text, **kwargs)


def worth(help_text: str = "") -> StrictDecimal:
    """An amount that only those see who may see costs."""
    text = f"{help_text} null without stock.see_cost_inventory.".strip()
    return StrictDecimal(max_digits=19, decimal_places=4, allow_null=True, help_text=text)


class NamedAnswer(serializers.Serializer):
    """A record: its kind, its id, and what people call it. null if there is none, or you may not see such records."""

    type = StrictText(help_text="Such as sales.order.")
    id = StrictInteger()
    name = StrictText()


class LedgerRowAnswer(serializers.Serializer):
    """A movement, and the document that it comes from."""

    id = StrictInteger()
    created_at = StrictDateTime()
    created_by = StrictInteger(allow_null=True)
    who = StrictText(help_text="Who posted it; empty for the system.")
    kind = serializers.ChoiceField(MovementKind.choices)
    warehouse = StrictInteger()
    bin = StrictInteger()
    lot = StrictInteger(allow_null=True)
    quantity = whole("Positive in, negative out.")
    reason = StrictText()
    reference = StrictText(help_text="Number of the document.")
    document = NamedAnswer(allow_null=True)
    order = NamedAnswer(allow_null=True)
    party = NamedAnswer(allow_null=True, help_text="The customer, the supplier, or the other warehouse.")


class CardRowAnswer(LedgerRowAnswer):
    """A line of the stock card."""

    quantity_after = whole("On hand after it.")
    unit_cost = worth()
    value = worth("Positive in, negative out.")
    value_after = worth("What the balance was worth after it.")
    average_after = worth("What a unit was worth after it.")


class Page(serializers.Serializer):
    """A page, and the addresses of those around it."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class CardAnswer(Page):
    """The stock card, the newest movement first."""

    results = CardRowAnswer(many=True)


class ShareAnswer(serializers.Serializer):
    """What all movements of one kind have done."""

    kind = serializers.ChoiceField(MovementKind.choices)
    movements = whole()
    quantity = whole()
    value = worth()


class OnHandAnswer(serializers.Serializer):
    """Opening stock + receipts - shipments ... = on hand, and the same for the value."""

    rows = ShareAnswer(many=True)
    quantity = whole("The sum.")
    value = worth("The sum.")


class HoldAnswer(serializers.Serializer):
    """Units that are held back for a document."""

    quantity = whole()
    document = NamedAnswer(allow_null=True)
    party = NamedAnswer(allow_null=True)
    since = StrictDateTime()
    expires_at = StrictDateTime(allow_null=True)


class ReservedAnswer(serializers.Serializer):
    """Who holds the reserved units, the newest first."""

    rows = HoldAnswer(many=True)
    others = whole("Units of older reservations, which are not listed.")
    quantity = whole("The sum.")


class StepAnswer(LedgerRowAnswer):
    """A movement that brought goods, and the averages around it."""

    value = worth()
    average_before = worth()
    average_after = worth()


class AverageAnswer(serializers.Serializer):
    """value / quantity = average. Only what came since the balance was last empty has a part in it."""

    steps = StepAnswer(many=True, help_text="The newest first.")
    earlier = whole("Older ones, which are not listed.")
    quantity = whole()
    value = worth()
    average = worth()


class WhyAnswer(serializers.Serializer):
    """The rows behind a balance."""

    on_hand = OnHandAnswer()
    reserved = ReservedAnswer()
    average_cost = AverageAnswer()


class PlaceAnswer(serializers.Serializer):
    """Where units of a lot lie."""

    warehouse = StrictInteger()
    bin = StrictInteger()
    quantity = whole()


class WhereaboutsAnswer(serializers.Serializer):
    """received - shipped + corrected - in_transit = on_hand."""

    received = whole("From suppliers and as opening stock, less what was sent back to them.")
    shipped = whole("To customers, less what came back.")
    corrected = whole("Found or, below 0, lost.")
    in_transit = whole("Between warehouses.")
    on_hand = whole()
    places = PlaceAnswer(many=True)


class TraceAnswer(Page):
    """The movements of a lot, the newest first, and where all of it is."""

    whereabouts = WhereaboutsAnswer()
    results = LedgerRowAnswer(many=True)


class SuggestedSupplierAnswer(serializers.Serializer):
    """The preferred supplier, and what of the offer the suggestion depends on."""

    id = StrictInteger()
    name = StrictText()
    cost = worth()
    minimum_order_quantity = whole()
    pack_size = whole()


class LowRowAnswer(serializers.Serializer):
    """A balance that is low. available + on_order + in_transit - backordered = expected."""

    id = StrictInteger()
    product = StrictInteger()
    sku = StrictText()
    warehouse = StrictInteger()
    quantity = whole()
    available = whole()
    on_order = whole("Open units of purchase orders; drafts count, unless drafts=false.")
    in_transit = whole("On their way from another warehouse.")
    backordered = whole("What customers wait for.")
    expected = whole()
    reorder_level = whole()
    reorder_quantity = whole()
    supplier = SuggestedSupplierAnswer(
        allow_null=True, help_text="null if there is none, and without catalog.view_supplierproduct."
    )
    suggested = whole("How many to order: up to the level and the reorder quantity, in full packs of the supplier.")


class LowAnswer(Page):
    """What is at or below its reorder level, counting what is coming."""

    results = LowRowAnswer(many=True)


class OrdersMade(serializers.Serializer):
    """The purchase orders that were drafted."""

    orders = PurchaseOrderSerializer(many=True)
