"""What is missing for an e-invoice. EN 16931 asks for more than a sheet of paper does."""

from django.utils.translation import gettext as _

from catalog.models import TaxCategory

from .codes import country_code, vat_number
from .paper import Paper

NEED_VAT_NUMBER = {TaxCategory.INTRA_COMMUNITY, TaxCategory.EXPORT}
NEED_BUYERS_NUMBER = {TaxCategory.REVERSE_CHARGE, TaxCategory.INTRA_COMMUNITY}


def find_gaps(paper: Paper) -> list[str]:
    """Each thing that the standard wants and the document does not have, as a phrase; none: an e-invoice can be made.

    All of it was frozen at issue, so a gap can't be filled afterwards: cancel or credit the document.
    """
    categories = {row.category for row in paper.tax_rows}
    gaps = _addresses(paper)
    if categories == {TaxCategory.OUT_OF_SCOPE}:
        if not paper.seller.tax_id and not paper.seller.registration:
            gaps.append(_("the company's tax ID or entry in the register"))
        return gaps
    if TaxCategory.OUT_OF_SCOPE in categories:
        gaps.append(_("a document of its own for the lines outside the scope of VAT"))
    if not paper.seller.tax_id or (categories & NEED_VAT_NUMBER and not vat_number(paper.seller.tax_id)):
        gaps.append(_("the company's VAT ID, with its country"))
    if TaxCategory.INTRA_COMMUNITY in categories and not vat_number(paper.buyer.tax_id):
        gaps.append(_("the customer's VAT ID, with its country"))
    elif categories & NEED_BUYERS_NUMBER and not paper.buyer.tax_id:
        gaps.append(_("the customer's tax ID"))
    return gaps


def _addresses(paper: Paper) -> list[str]:
    gaps = []
    if not country_code(paper.seller.country):
        gaps.append(_("the company's country"))
    if not country_code(paper.buyer.country):
        gaps.append(_("the customer's country"))
    return gaps
