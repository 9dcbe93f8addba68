"""The codes with which the rules of billing refuse."""

from django.utils.translation import gettext_lazy as _

from inventory_project.base.api.problems import publish

publish(
    above_balance=_("More would be paid than is open"),
    above_refund=_("More would be refunded than is left"),
    already_refunded=_("The payment has been refunded"),
    document_lost=_("The file is lost or damaged"),
    e_invoice_incomplete=_("Something that an e-invoice needs is missing"),
    nothing_to_credit=_("There is nothing left to credit"),
    nothing_to_invoice=_("There is nothing left to invoice"),
    over_invoiced=_("More would be invoiced than was ordered"),
    paid_or_credited=_("The invoice is paid or credited in part"),
)
