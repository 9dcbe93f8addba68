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
        from .queries.exposure import uninvoiced_goods, uninvoiced_orders, uninvoiced_shipping
        from .registry import Explained, explain_exposure, register_exposure
        from .services.backorders import OrderReservations

        register_reservation_owner(OrderReservations())
        register_demand(OrderDemand())
        origins.register()
        register_exposure(uninvoiced_goods)
        register_exposure(uninvoiced_shipping)
        order = self.get_model("Order")
        explain_exposure(Explained("orders", _("Ordered and not invoiced yet"), order, "ordered_at", uninvoiced_orders))
