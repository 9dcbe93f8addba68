"""The back office's pages of stock and purchasing."""

from . import balances, counts, places, purchasing, receipts, transfers

__all__ = ["balances", "counts", "places", "purchasing", "receipts", "transfers"]
