from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from .base.turns import keep_turns


class InventoryProjectConfig(AppConfig):
    """The composition root: tables that are bookkeeping, not business data, and commands that span apps."""

    name = "inventory_project"
    verbose_name = _("System")

    def ready(self) -> None:
        keep_turns()
