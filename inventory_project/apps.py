from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InventoryProjectConfig(AppConfig):
    """The composition root: tables that are bookkeeping, not business data, and commands that span apps."""

    name = "inventory_project"
    verbose_name = _("System")
