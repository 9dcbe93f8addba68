"""The structured e-invoice: EN 16931 in UBL 2.1. The keys are the standard's business terms (BT) and groups (BG)."""

from decimal import Decimal

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from catalog.models import TaxCategory
from inventory_project.base.money import cents

from . import wording
from .codes import country_code, unit_code, vat_number
from .exemptions import VATEX
from .paper import Paper, PaperLine, Party, TaxRow

INVOICE, CREDIT_NOTE = "380", "381"
SEPA_TRANSFER, TRANSFER = "58", "30"
DISCOUNT = "95"


def render_ubl(paper: Paper) -> bytes:
    """The e-invoice as XML. `find_gaps` says beforehand whether the standard is content with what is known."""
    from facturx import generate_xml  # loads an HTTP client and a PDF library, which nothing else here needs

    # Its own check of the rules asks a server for help; the tests run the rules over what is made here.
    with translation.override(settings.LANGUAGE_CODE):
        terms = _terms(paper)
    return generate_xml(terms, flavor="ubl-2.1", level="en16931", check_xsd=False, check_schematron=False)


def _terms(paper: Paper) -> dict[str, object]:
    outside = any(row.category == TaxCategory.OUT_OF_SCOPE for row in paper.tax_rows)
    terms = {
        "BT-1": paper.number,
        "BT-2": paper.issued_on,
        "BT-3": CREDIT_NOTE if paper.corrects else INVOICE,
        "BT-5": paper.currency,
        "BT-9": paper.due_on,
        "BT-13": paper.particular("customer_reference"),
        "BT-14": paper.particular("order_number"),
        "BT-20": wording.payment_terms(paper),
        "BG-4": _seller(paper.seller, outside=outside),
        "BG-7": _buyer(paper, outside=outside),
        **_delivery(paper),
        **_payment(paper),
        **_sums(paper),
        "BG-23": [_tax(row) for row in paper.tax_rows],
        "BG-25": [_line(line) for line in paper.lines],
    }
    if paper.corrects:
        terms["BG-1"] = [{"BT-22": paper.corrects.reason}] if paper.corrects.reason else []
        terms["BG-3"] = [{"BT-25": paper.corrects.number, "BT-26": paper.corrects.issued_on}]
    return {name: value for name, value in terms.items() if value}


def _address(party: Party) -> dict[str, str]:
    return {
        "name": party.name,
        "addr_l1": party.line1,
        "addr_l2": party.line2,
        "city": party.city,
        "postcode": party.postal_code,
        "country_subdivision": party.region,
        "country_code": country_code(party.country),
    }


def _seller(party: Party, *, outside: bool) -> dict[str, object]:
    """A tax number that is no VAT number goes by another term; outside the scope of VAT none may stand (BR-O-02)."""
    vat = "" if outside else vat_number(party.tax_id)
    contact = {"name": party.name, "phone": party.phone, "email": party.email}
    return {
        **_address(party),
        "vat_identifier": vat,
        "tax_identifier": "" if vat or outside else party.tax_id,
        "legal_identifier": party.registration,
        "identifiers": {} if vat or party.registration else {None: party.tax_id},
        "einvoicing_addr": party.email,
        "einvoicing_addr_schemeid": "EM",
        "contacts": [contact] if party.phone or party.email else [],
    }


def _buyer(paper: Paper, *, outside: bool) -> dict[str, object]:
    vat = "" if outside else vat_number(paper.buyer.tax_id)
    customer = paper.particular("customer_code")
    return {
        **_address(paper.buyer),
        "vat_identifier": vat,
        "legal_identifier": "" if vat or outside else paper.buyer.tax_id,
        "identifiers": {None: customer} if customer else {},
    }


def _delivery(paper: Paper) -> dict[str, object]:
    """When and where to. An intra-community supply needs both (BR-IC-11, BR-IC-12)."""
    country = country_code(paper.particular("delivery_country"))
    inside = any(row.category == TaxCategory.INTRA_COMMUNITY for row in paper.tax_rows)
    day = paper.delivered_on or (paper.issued_on if inside else None)
    if inside:
        country = country or country_code(paper.buyer.country)
    return {"BT-72": day, "BG-13": {"country_code": country} if country else {}}


def _payment(paper: Paper) -> dict[str, object]:
    seller = paper.seller
    if paper.corrects or not seller.iban or not paper.total:
        return {}
    return {
        "BT-81": SEPA_TRANSFER if paper.currency == "EUR" else TRANSFER,
        "BT-83": paper.number,
        "BT-84": seller.iban.replace(" ", ""),
        "BT-85": seller.name,
        "BT-86": seller.bic,
    }


def _sums(paper: Paper) -> dict[str, str]:
    return {
        "BT-106": str(paper.net),
        "BT-109": str(paper.net),
        "BT-110": str(paper.tax),
        "BT-112": str(paper.total),
        "BT-115": str(paper.total),
    }


def _tax(row: TaxRow) -> dict[str, str]:
    return {
        "BT-116": str(row.net),
        "BT-117": str(row.tax),
        "BT-118": row.category,
        "BT-119": _rate(row.category, row.percent),
        "BT-120": row.reason,
        "BT-121": VATEX.get(row.category, ""),
    }


def _rate(category: str, percent: Decimal) -> str | None:
    """Outside the scope of VAT there is no rate, not even 0 (BR-O-05)."""
    return None if category == TaxCategory.OUT_OF_SCOPE else f"{percent.normalize():f}"


def _line(line: PaperLine) -> dict[str, object]:
    """Quantity x price, less a discount, is the net amount to the cent, also where a part took a remainder."""
    off = cents(line.quantity * line.unit_price) - line.net
    return {
        "BT-126": str(line.position),
        "BT-129": str(line.quantity),
        "BT-130": unit_code(line.unit),
        "BT-131": str(line.net),
        "BT-146": wording.price(line.unit_price).replace(",", ""),
        "BT-151": line.tax_category,
        "BT-152": _rate(line.tax_category, line.tax_percent),
        "BT-153": line.description,
        "BT-155": line.sku,
        "BG-27": [{"amount": str(off), "reason": _("Discount"), "reason_code": DISCOUNT}] if off > 0 else [],
        "BG-28": [{"amount": str(-off), "reason": _("Rounding")}] if off < 0 else [],
    }
