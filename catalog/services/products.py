"""Products and tax rates: the rules that look beyond their own row. Everything else of the catalog is plain editing."""

from collections.abc import Iterable, Sequence
from functools import partial

from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from catalog.images import safe_picture
from catalog.models import PriceList, PriceListItem, Product, TaxRate
from inventory_project.base.bulk import write_rows
from inventory_project.base.errors import RuleViolation
from inventory_project.base.services import lock_all, service


@service
def save_product(product: Product, *, by) -> Product:
    """Write a product. Refuses another kind of tracking while there is stock of it, here or on its way."""
    [before] = lock_all(Product.objects.filter(pk=product.pk)) or [None]
    if before and before.tracking != product.tracking:
        _require_no_stock(product, "tracking")
    _make_picture_safe(product)
    product.save()
    if before and before.image != product.image:
        _drop_file(before.image)
    return product


@service
def save_products(products: Sequence[Product], fields: Iterable[str], *, paths: Sequence[str], by) -> None:
    """Write many products: new ones whole, of others only these fields. `paths` name each in what is refused."""
    kept = {row.pk: row for row in lock_all(Product.objects.filter(pk__in=[each.pk for each in products if each.pk]))}
    for product, path in zip(products, paths, strict=True):
        if product.pk in kept and kept[product.pk].tracking != product.tracking:
            _require_no_stock(product, f"{path}/tracking")
    write_rows([product for product in products if product.pk], *fields)
    Product.objects.bulk_create([product for product in products if not product.pk])


@service
def save_list_prices(
    price_list: PriceList, prices: Sequence[PriceListItem], fields: Iterable[str], *, paths: Sequence[str], by
) -> None:
    """Write many prices of a list: new ones whole, of others only these fields."""
    lock_all(price_list.items.filter(pk__in=[price.pk for price in prices if price.pk]))
    write_rows([price for price in prices if price.pk], *fields)
    PriceListItem.objects.bulk_create([price for price in prices if not price.pk])


def _require_no_stock(product: Product, field: str) -> None:
    if any(balance.quantity for balance in lock_all(product.inventory.all())):
        raise RuleViolation(
            _("There is stock of %(product)s, so how it is tracked can't be changed.") % {"product": product},
            code="has_stock",
            field=field,
        )
    transfer = product.transfer_items.filter(transfer__status="in_transit").select_related("transfer").first()
    if transfer:
        raise RuleViolation(
            _("%(product)s is on its way (%(transfer)s), so how it is tracked can't be changed.")
            % {"product": product, "transfer": transfer.parent},
            code="in_transit",
            field=field,
        )


def _make_picture_safe(product: Product) -> None:
    """A picture that has just been uploaded is taken apart and written anew."""
    if product.image and not product.image._committed:
        product.image = safe_picture(product.image.file)


def _drop_file(picture: FieldFile) -> None:
    """The file of a picture that nothing shows any more goes once that is certain."""
    if picture:
        transaction.on_commit(partial(picture.storage.delete, picture.name))


@service
def set_product_image(product: Product, image, *, by) -> Product:
    """Give a product its picture, or none."""
    before: FieldFile = Product.objects.get(pk=product.pk).image
    product.image = image
    _make_picture_safe(product)
    product.save(update_fields=["image", "updated_at", "updated_by"])
    _drop_file(before)
    return product


@service
def save_tax_rate(rate: TaxRate, *, by) -> TaxRate:
    """Write a tax rate. Refuses another figure or category once products use it: a new rate is a new row."""
    before = TaxRate.objects.filter(pk=rate.pk).first() if rate.pk else None
    changed = before and (before.rate, before.category) != (rate.rate, rate.category)
    if changed and rate.products.exists():
        raise RuleViolation(
            _("Products use “%(rate)s”, so its figure stays. Make a new rate and give it to them.") % {"rate": rate},
            code="rate_in_use",
            field="rate",
        )
    rate.save()
    return rate
