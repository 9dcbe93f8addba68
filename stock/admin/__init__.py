"""The back office's pages of stock and purchasing."""

from . import balances, counts, of_products, places, purchasing, receipts, transfers

__all__ = ["balances", "counts", "of_products", "places", "purchasing", "receipts", "transfers"]
