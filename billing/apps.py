from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        from inventory_project.base.triggers import keep_installed
        from sales.registry import Explained, explain_exposure, register_exposure, register_privacy

        from .exposure import drafts, open_invoices, to_pay
        from .privacy import obligations, personal
        from .triggers import TRIGGERS

        register_exposure(open_invoices)
        invoice = self.get_model("Invoice")
        explain_exposure(Explained("invoices", _("Open invoices"), invoice, "due_date", to_pay))
        explain_exposure(Explained("drafts", _("Drafts of invoices"), invoice, "created_at", drafts))
        register_privacy(obligations, personal)
        keep_installed(self, TRIGGERS, migration="0002_triggers")
