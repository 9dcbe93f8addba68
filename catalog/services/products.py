"""Products and tax rates: the rules that look beyond their own row. Everything else of the catalog is plain editing."""

from functools import partial

from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from catalog.models import Product, TaxRate
from inventory_project.base.errors import RuleViolation
from inventory_project.base.services import lock_all, service


@service
def save_product(product: Product, *, by) -> Product:
    """Write a product. Refuses another kind of tracking while there is stock of it, here or on its way."""
    before = Product.objects.filter(pk=product.pk).first() if product.pk else None
    if before and before.tracking != product.tracking:
        _require_no_stock(product)
    product.save()
    return product


def _require_no_stock(product: Product) -> None:
    if any(balance.quantity for balance in lock_all(product.inventory.all())):
        raise RuleViolation(
            _("There is stock of %(product)s, so how it is tracked can't be changed.") % {"product": product},
            code="has_stock",
            field="tracking",
        )
    transfer = product.transfer_items.filter(transfer__status="in_transit").select_related("transfer").first()
    if transfer:
        raise RuleViolation(
            _("%(product)s is on its way (%(transfer)s), so how it is tracked can't be changed.")
            % {"product": product, "transfer": transfer.parent},
            code="in_transit",
            field="tracking",
        )


@service
def set_product_image(product: Product, image, *, by) -> Product:
    """Give a product its picture, or none; the file of the one before goes once that is certain."""
    before: FieldFile = Product.objects.get(pk=product.pk).image
    product.image = image
    product.save(update_fields=["image", "updated_at", "updated_by"])
    if before:
        transaction.on_commit(partial(before.storage.delete, before.name))
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
