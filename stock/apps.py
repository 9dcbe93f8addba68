from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StockConfig(AppConfig):
    name = "stock"
    verbose_name = _("Stock")

    def ready(self) -> None:
        from inventory_project.base.triggers import keep_installed

        from .queries import origins
        from .triggers import TRIGGERS

        origins.register()
        keep_installed(self, TRIGGERS, migration="0002_triggers")
