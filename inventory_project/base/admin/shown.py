"""How the admin shows the value of a column that no declaration of ours shapes: numbers without trailing zeros.

Django's lists and read-only fields both ask one function for this, and offer no hook; so that function is wrapped. So
is the one that links a read-only field to its record, whoever looks at it.
"""

from decimal import Decimal

from django.contrib.admin import helpers
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.utils import display_for_field
from django.db import models
from django.utils.text import capfirst

from inventory_project.base.fields import Amount, Percent, Price

from .columns import figure, percent_text, price_figure

django_link_of = helpers.AdminReadonlyField.get_admin_url


def shown(value: object, field: models.Field, empty_value_display: str, avoid_link: bool = False) -> object:
    """Amounts with two decimals, prices with more where they have them, percentages with none to spare."""
    if isinstance(value, Decimal):
        if isinstance(field, Price):
            return price_figure(value)
        if isinstance(field, Percent):
            return figure(percent_text(value))
        if isinstance(field, Amount) or getattr(field, "output_field", field).decimal_places == 2:
            return figure(value, 2)
    if isinstance(value, int) and isinstance(field, models.IntegerField) and not field.primary_key:
        return figure(value)
    text = display_for_field(value, field, empty_value_display, avoid_link)
    return capfirst(text) if getattr(field, "flatchoices", None) else text


def link_of(field: helpers.AdminReadonlyField, remote_field: models.ForeignObjectRel, row: models.Model) -> str:
    """The record's name, leading to its page for those who may see such records. The form says who looks at it."""
    options = remote_field.model._meta
    viewer = getattr(field.form, "viewer", None)
    if viewer and not viewer.has_perm(f"{options.app_label}.view_{options.model_name}"):
        return str(row)
    return django_link_of(field, remote_field, row)


def install() -> None:
    """Let lists and read-only fields ask `shown`, and read-only fields `link_of`."""
    helpers.display_for_field = admin_list.display_for_field = shown
    helpers.AdminReadonlyField.get_admin_url = link_of
