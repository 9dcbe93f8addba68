"""The ledger is written once. A mistake is put right by a further row."""

from django.utils.translation import gettext_noop as _

from inventory_project.base.triggers import Trigger

TRIGGERS = [
    Trigger(
        "stock_movement_never_changed",
        "stock_movement",
        "UPDATE",
        _("Rows of the ledger are never changed; reverse them instead."),
    ),
    Trigger(
        "stock_movement_never_deleted",
        "stock_movement",
        "DELETE",
        _("Rows of the ledger are never deleted; reverse them instead."),
    ),
]
