"""Writes of the catalog that look beyond one row."""

from .bulk import (
    change_price,
    change_product_price,
    duplicate_price_list,
    duplicate_product,
    move_products,
    set_category,
)
from .products import save_list_prices, save_product, save_products, save_tax_rate, set_product_image
from .taxes import replace_tax_rate

__all__ = [
    "change_price",
    "change_product_price",
    "duplicate_price_list",
    "duplicate_product",
    "move_products",
    "replace_tax_rate",
    "save_list_prices",
    "save_product",
    "save_products",
    "save_tax_rate",
    "set_category",
    "set_product_image",
]
