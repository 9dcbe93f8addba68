from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        from inventory_project.base.triggers import keep_installed
        from sales.registry import register_exposure, register_privacy

        from .exposure import open_invoices
        from .privacy import obligations, personal
        from .triggers import TRIGGERS

        register_exposure(open_invoices)
        register_privacy(obligations, personal)
        keep_installed(self, TRIGGERS, migration="0002_triggers")
