"""Why a line bears no tax: what the law wants printed, and its code in e-invoices (VATEX)."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from catalog.models import TaxCategory

# Zero rated goods are taxed, at 0 %: EN 16931 forbids a reason there (BR-Z-10).
NEED_REASON = frozenset(
    {
        TaxCategory.EXEMPT,
        TaxCategory.REVERSE_CHARGE,
        TaxCategory.EXPORT,
        TaxCategory.INTRA_COMMUNITY,
        TaxCategory.OUT_OF_SCOPE,
    }
)
VATEX = {
    TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    TaxCategory.EXPORT: "VATEX-EU-G",
    TaxCategory.INTRA_COMMUNITY: "VATEX-EU-IC",
    TaxCategory.OUT_OF_SCOPE: "VATEX-EU-O",
}


def usual_reason(category: str) -> str:
    """The reason that goes without saying more, where no tax rate words it; '' where there is tax."""
    return {
        TaxCategory.EXEMPT: _("Exempt from VAT"),
        TaxCategory.REVERSE_CHARGE: _("Reverse charge: the customer accounts for the VAT"),
        TaxCategory.EXPORT: _("Export outside the EU, exempt from VAT"),
        TaxCategory.INTRA_COMMUNITY: _("Intra-community supply, exempt from VAT"),
        TaxCategory.OUT_OF_SCOPE: _("Not subject to VAT"),
    }.get(category, "")


def reasons(categories: Iterable[str], worded: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The reason for each of these categories that needs one: as the tax rates word it, or the usual one."""
    needed = sorted(NEED_REASON.intersection(categories))
    return {each: "; ".join(dict.fromkeys(worded.get(each, ()))) or usual_reason(each) for each in needed}
