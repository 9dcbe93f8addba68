from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from .base.caching import watch_tables
from .base.turns import keep_turns
from .monitoring.metrics import count_lookups
from .monitoring.queries import watch_connections


class InventoryProjectConfig(AppConfig):
    """The composition root: tables that are bookkeeping, not business data, and commands that span apps."""

    name = "inventory_project"
    verbose_name = _("System")

    def ready(self) -> None:
        keep_turns()
        watch_tables()
        watch_connections()
        count_lookups()
