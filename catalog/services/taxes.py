"""A tax rate in use keeps its figure; what changes is which rate the products have."""

from decimal import Decimal

from catalog.models import Product, TaxRate
from inventory_project.base.services import lock, service

from .writing import write


@service
def replace_tax_rate(rate: TaxRate, *, name: str, percent: Decimal, by) -> TaxRate:
    """Make a new rate and give it to every product of this one, which is retired. Documents keep what they say."""
    old = lock(rate)
    was_default = old.is_default
    old.is_default = old.is_active = False
    write(old, "is_default", "is_active")
    new = TaxRate(name=name, rate=percent, category=old.category, is_default=was_default)
    write(new)
    Product.objects.filter(tax_rate=old).update(tax_rate=new)
    return new
