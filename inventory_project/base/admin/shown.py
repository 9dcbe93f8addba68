"""How the admin shows the value of a column that no declaration of ours shapes: numbers without trailing zeros.

Django's lists and read-only fields both ask one function for this, and offer no hook; so that function is wrapped.
"""

from decimal import Decimal

from django.contrib.admin import helpers
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.utils import display_for_field
from django.db import models
from django.utils.text import capfirst

from inventory_project.base.fields import Amount, Percent, Price

from .columns import figure, percent_text, price_figure


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


def install() -> None:
    """Let lists and read-only fields ask `shown`."""
    helpers.display_for_field = admin_list.display_for_field = shown
