from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from .base.caching import watch_tables
from .base.turns import keep_turns
from .history.context import keep_saying
from .monitoring.metrics import count_lookups
from .monitoring.queries import watch_connections


class InventoryProjectConfig(AppConfig):
    """The composition root: tables that are bookkeeping, not business data, and commands that span apps."""

    name = "inventory_project"
    verbose_name = _("System")

    def ready(self) -> None:
        from . import privacy  # noqa: F401
        from .base.triggers import keep_installed
        from .history.guards import GUARDS
        from .history.recorders import recorders

        keep_turns()
        watch_tables()
        watch_connections()
        count_lookups()
        keep_saying()
        keep_installed(self, [*GUARDS, *recorders()], migration="0004_history_triggers")
