"""The back office's pages of the catalog."""

from . import categories, prices, products, suppliers, taxes

__all__ = ["categories", "prices", "products", "suppliers", "taxes"]
