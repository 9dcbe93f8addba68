"""The question by how much prices change."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import ActForm, DecimalNumberField

LOWEST, HIGHEST = Decimal("-99.999"), Decimal("1000")


def percent_field(**kwargs) -> DecimalNumberField:
    """How many percent more, or less."""
    return DecimalNumberField(
        label=_("Change in percent"),
        min_value=LOWEST,
        max_value=HIGHEST,
        max_digits=7,
        decimal_places=3,
        help_text=_("5 raises the prices by five percent, -5 lowers them. They are rounded to the cent."),
        **kwargs,
    )


class PercentForm(ActForm):
    """By how much prices change."""

    title = _("Change the prices of %(object)s")
    submit = _("Change the prices")

    percent = percent_field()
