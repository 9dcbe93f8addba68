"""Changes that people make to many products and prices at once, and copies."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import batched

from django.utils.translation import gettext as _

from catalog.models import Category, PriceList, PriceListItem, Product, SupplierProduct
from inventory_project.base.errors import RuleViolation
from inventory_project.base.money import cents, units
from inventory_project.base.services import lock, service

from .writing import write

AT_ONCE = 1_000
NOT_COPIED = {"id", "created_at", "updated_at", "created_by", "updated_by", "sku_key"}


def _changed(price: Decimal, percent: Decimal) -> Decimal:
    """A price raised or lowered by so many percent: to the cent, below one cent to a hundredth of it."""
    price = price * (100 + percent) / 100
    return cents(price) if price >= Decimal("0.01") else units(price)


@service
def change_product_price(product: Product, *, percent: Decimal, by) -> Product:
    """Raise or lower the standard price of a product."""
    product = lock(product)
    product.price = _changed(product.price, percent)
    write(product, "price")
    return product


@service
def change_price(item: PriceListItem, *, percent: Decimal, by) -> PriceListItem:
    """Raise or lower a price of a list."""
    item = lock(item)
    item.price = _changed(item.price, percent)
    write(item, "price")
    return item


@service
def set_category(product: Product, *, category: Category, by) -> Product:
    """Put a product into another category."""
    product = lock(product)
    product.category = category
    write(product, "category")
    return product


@service
def move_products(category: Category, *, target: Category, by) -> int:
    """Put all products of a category into another one, and say how many they were."""
    if target.pk == category.pk:
        raise RuleViolation(_("Choose another category."), code="same_category", field="target")
    return Product.objects.filter(category=category).update(category=target)


@service
def duplicate_product(product: Product, *, sku: str, by) -> Product:
    """A new product like this one, under its own SKU, with the same suppliers; without barcodes, stock and picture."""
    fields = [f for f in Product._meta.concrete_fields if f.name not in NOT_COPIED | {"sku", "image"}]
    copy = Product(sku=sku, **{field.attname: getattr(product, field.attname) for field in fields})
    write(copy)
    offers = list(product.offers.all())
    for offer in offers:
        offer.pk, offer.product, offer._state.adding = None, copy, True
    SupplierProduct.objects.bulk_create(offers)
    return copy


@service
def duplicate_price_list(price_list: PriceList, *, name: str, percent: Decimal, valid_from=None, by) -> PriceList:
    """A new list with every price of this one, raised or lowered by so many percent."""
    copy = PriceList(name=name, valid_from=valid_from)
    write(copy)
    for items in batched(price_list.items.order_by("pk").iterator(chunk_size=AT_ONCE), AT_ONCE, strict=False):
        PriceListItem.objects.bulk_create(_repriced(items, copy, percent))
    return copy


def _repriced(items: Iterable[PriceListItem], price_list: PriceList, percent: Decimal) -> list[PriceListItem]:
    return [
        PriceListItem(
            price_list=price_list,
            product_id=item.product_id,
            minimum_quantity=item.minimum_quantity,
            price=_changed(item.price, percent),
        )
        for item in items
    ]
