"""Of which tables changes are recorded, and which of their columns."""

from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import models

from inventory_project.base.fields import KeyField
from inventory_project.base.models import Document, Line, Reference

BUSINESS = ("accounts", "catalog", "stock", "sales", "billing")
STAMPS = frozenset({"created_at", "updated_at", "created_by", "updated_by"})

# What services count or work out along the way, while the documents that cause it are recorded themselves: much of it
# is written where goods and money move, which must not become dearer. And where files are kept, which nobody is told.
NOT_TOLD = {
    "accounts.user": {"last_login"},
    "stock.inventory": {"quantity", "reserved", "stock_value", "last_counted"},
    "stock.purchaseorderitem": {"quantity_received"},
    "stock.stocktransferitem": {"value_in_transit"},
    "inventory_project.apitoken": {"last_used_at"},
    "sales.orderitem": {"quantity_shipped", "quantity_returned", "quantity_invoiced"},
    "billing.invoice": {"document"},
    "billing.creditnote": {"document"},
}
# That it changed is recorded, and never what it was.
SECRET = {
    "accounts.user": {"password"},
    "inventory_project.apitoken": {"digest", "token_key"},
}
# Parts that are references by archetype, and bookkeeping that belongs to somebody.
PART_OF = {
    "sales.customeraddress": "customer",
    "stock.bin": "warehouse",
    "stock.lot": "product",
    "stock.inventory": "product",
    "inventory_project.apitoken": "user",
}
ALSO = ("stock.inventory", "inventory_project.apitoken")


@dataclass(frozen=True)
class Recorded:
    """A table whose changes are recorded: which of its columns, and of what its rows are parts."""

    model: type[models.Model]
    fields: tuple[models.Field, ...]
    secret: tuple[models.Field, ...]
    parent: models.ForeignKey | None

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def has_id(self) -> bool:
        """Whether its rows have numbers; API keys go by their fingerprint, which is not told."""
        return self.model._meta.pk.column == "id"

    @property
    def keeps_first_values(self) -> bool:
        """Whether the values of a new row are written down.

        Those of documents and their lines follow from what they are now and the changes since, and placing an order
        is not made to pay for them.
        """
        if issubclass(self.model, Document):
            return False
        return self.parent is None or not issubclass(self.parent.related_model, Document)

    def field_of(self, column: str) -> models.Field | None:
        """The field of a column; None for one that is no more."""
        return next((f for f in self.model._meta.concrete_fields if f.column == column), None)


@cache
def recorded() -> dict[str, Recorded]:
    """Every table whose changes are recorded, by the label of its model."""
    found = {}
    for model in apps.get_models():
        label = model._meta.label_lower
        is_edited = model._meta.app_label in BUSINESS and issubclass(model, Reference | Line | Document)
        if is_edited or label in ALSO:
            found[label] = _recorded(model, label)
    return found


def _recorded(model: type[models.Model], label: str) -> Recorded:
    secret = SECRET.get(label, set())
    left_out = STAMPS | NOT_TOLD.get(label, set()) | secret
    kept = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key
        and field.name not in left_out
        and not isinstance(field, KeyField | models.GeneratedField)
    ]
    parent = PART_OF.get(label, getattr(model, "PARENT", ""))
    return Recorded(
        model=model,
        fields=tuple(kept),
        secret=tuple(field for field in model._meta.concrete_fields if field.name in secret),
        parent=model._meta.get_field(parent) if parent else None,
    )
