"""The codes with which the rules of the catalog refuse."""

from django.utils.translation import gettext_lazy as _

from inventory_project.base.api.problems import publish

publish(
    has_stock=_("There is stock of the product"),
    in_transit=_("Goods are on their way"),
    same_category=_("The category is the same"),
    rate_in_use=_("Products use the tax rate"),
)
