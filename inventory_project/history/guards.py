"""History is written once. Only what is older than a stated instant may be forgotten, by the service that states it."""

from django.utils.translation import gettext_noop as _

from inventory_project.base.triggers import Trigger

from .context import ASKED

SETTING = "history.forget_before"


class KeptUntilForgotten(Trigger):
    """Lets rows go that are older than what the connection has stated."""

    def condition(self, connection) -> str:
        if connection.vendor == "sqlite":
            return f"OLD.happened_at >= COALESCE(JSON_EXTRACT({ASKED}, '$[3]'), '')"
        stated = f"NULLIF(current_setting('{SETTING}', TRUE), '')::timestamptz"
        return f"OLD.happened_at >= COALESCE({stated}, '-infinity')"


GUARDS = [
    Trigger("change_history_never_changed", "change_history", "UPDATE", _("The history of changes is never changed.")),
    KeptUntilForgotten(
        "change_history_never_deleted",
        "change_history",
        "DELETE",
        _("The history of changes is not deleted before its time."),
    ),
]
