"""The checklist of a new installation."""

from dataclasses import dataclass

from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Product, TaxRate
from sales.models import Customer
from stock.models import Warehouse


@dataclass(frozen=True)
class Step:
    """Something a new installation needs before work can start."""

    label: str
    url: str
    is_done: bool


def first_steps(user: User) -> list[Step]:
    """What is to be entered before work can start; nothing once every step is done. One query."""
    wanted = [
        ("stock.add_warehouse", Warehouse, _("Add a warehouse")),
        ("catalog.add_taxrate", TaxRate, _("Enter a tax rate")),
        ("catalog.add_product", Product, _("Add or import products")),
        ("sales.add_customer", Customer, _("Add a customer")),
    ]
    mine = [(model, label) for permission, model, label in wanted if user.has_perm(permission)]
    if not mine:
        return []
    exists = {model._meta.model_name: Exists(model.objects.order_by()) for model, _label in mine}
    done = User.objects.filter(pk=user.pk).values(**exists).get()
    names = [(model._meta.app_label, model._meta.model_name, label) for model, label in mine]
    steps = [Step(label, reverse(f"admin:{app}_{name}_add"), done[name]) for app, name, label in names]
    return [] if all(step.is_done for step in steps) else steps
