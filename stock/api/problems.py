"""The codes with which the rules of stock refuse."""

from django.utils.translation import gettext_lazy as _

from inventory_project.base.api.problems import publish

publish(
    not_in_count=_("The count does not ask for it"),
    several_lines=_("Several lines could be meant"),
    unknown_code=_("Nothing has that code"),
    already_moved=_("Goods have moved there already"),
    belongs_to_document=_("The movement belongs to a document"),
    cost_required=_("The unit cost is not known"),
    counted_elsewhere=_("Another count is under way there"),
    draft_receipts=_("A receipt of the order is being drafted"),
    inactive_bin=_("The bin is not active"),
    is_reversal=_("A reversal is not reversed"),
    lot_not_shippable=_("The lot is blocked or expired"),
    lot_required=_("The product is tracked by lot or serial number"),
    no_default_bin=_("The warehouse needs its default bin"),
    no_lines=_("There are no lines"),
    not_low=_("The stock is not low"),
    not_ordered=_("The goods were not ordered"),
    not_reserved=_("Less is reserved than would be used up"),
    nothing_to_count=_("Nothing lies there to be counted"),
    nothing_counted=_("Nothing has been counted yet"),
    out_of_range=_("A quantity or value would become too large"),
    out_of_scope=_("The count is of something else"),
    over_receipt=_("More would be received than was ordered"),
    serial_in_stock=_("The serial number is in stock already"),
    stock_reserved=_("The stock is reserved for orders"),
    supplier_required=_("Say whom to buy from"),
    wrong_bin=_("The bin is in another warehouse"),
    wrong_expiry=_("The lot expires on another day"),
    wrong_lot=_("The lot is of another product"),
)
