"""The codes with which the rules of sales refuse."""

from django.utils.translation import gettext_lazy as _

from inventory_project.base.api.problems import publish

publish(
    below_invoiced=_("A line can't go below what is invoiced"),
    below_shipped=_("A line can't go below what has been shipped"),
    changed_meanwhile=_("The document has been changed meanwhile"),
    credit_limit=_("The credit limit would be exceeded"),
    customer_on_hold=_("The customer is on hold"),
    inactive_customer=_("The customer is not active"),
    inactive_product=_("The product is not active"),
    inactive_warehouse=_("The warehouse is not active"),
    invoiced=_("The line is invoiced already"),
    lot_not_shipped=_("The lot was not shipped with the line"),
    more_than_announced=_("More has arrived than was announced"),
    more_than_of_lot=_("More of the lot would come back than was shipped"),
    more_than_open=_("More would be shipped than is open"),
    more_than_returnable=_("More would come back than the customer has"),
    no_default_tax_rate=_("There is no default tax rate"),
    nothing_shipped=_("Nothing has been shipped"),
    nothing_to_ship=_("There is nothing to ship"),
    partly_shipped=_("Part of the order has been shipped"),
    unfinished=_("Something is left to do"),
    wrong_address=_("The address is somebody else's"),
)
