from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    name = "sales"
    verbose_name = _("Sales")

    def ready(self) -> None:
        from stock.registry import register_demand, register_reservation_owner

        from . import receivers  # noqa: F401
        from .queries import origins
        from .queries.demand import OrderDemand
        from .registry import register_exposure
        from .services.backorders import OrderReservations
        from .services.customers import uninvoiced_goods, uninvoiced_shipping

        register_reservation_owner(OrderReservations())
        register_demand(OrderDemand())
        origins.register()
        register_exposure(uninvoiced_goods)
        register_exposure(uninvoiced_shipping)
