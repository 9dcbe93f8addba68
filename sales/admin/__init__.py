"""The back office's pages of customers, orders, shipments and returns."""

from . import customers, orders, reservations, returns, shipments

__all__ = ["customers", "orders", "reservations", "returns", "shipments"]
