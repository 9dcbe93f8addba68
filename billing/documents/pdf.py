"""The PDF: texts and figures are prepared here, `paper.typ` lays them out."""

import json
import logging
from functools import cache
from pathlib import Path

import font_lato
import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from . import wording
from .bank_transfer import transfer_code
from .codes import vat_number
from .paper import Paper, PaperLine, Party

logger = logging.getLogger(__name__)

TEMPLATE = Path(__file__).with_name("paper.typ")
# For archives, with tags for screen readers.
ARCHIVABLE = ["a-2a"]
LOGO_FORMATS = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".svg": "svg"}


def render_pdf(paper: Paper, *, logo: str = "", pages_as: str = "pdf") -> bytes | list[bytes]:
    """The document as PDF/A, the same bytes each time; `pages_as="png"`: an image of each page.

    What people wrote reaches the template as data only, so nothing of it is taken for markup.
    """
    files = {"main.typ": TEMPLATE.read_bytes()}
    with translation.override(settings.LANGUAGE_CODE):  # of the company, not of whoever asks first
        data = _data(paper)
    data["logo"] = _add_logo(files, logo)
    inputs = {"data": json.dumps(data, sort_keys=True)}
    try:
        return _compile(files, inputs, paper, pages_as, ARCHIVABLE)
    except typst.TypstError as error:
        # PDF/A demands a glyph for every character, and no typeface has all. A plain PDF shows a box instead.
        if "could not be displayed with" in str(error):
            return _compile(files, inputs, paper, pages_as, [])
        if not data["logo"]:
            raise
        logger.warning("The logo %s is left out: %s", logo, error)
        return render_pdf(paper, pages_as=pages_as)


def _compile(
    files: dict[str, bytes], inputs: dict[str, str], paper: Paper, pages_as: str, standards: list[str]
) -> bytes | list[bytes]:
    return typst.compile(
        files,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        format=pages_as,
        ppi=110,
        pdf_standards=standards if pages_as == "pdf" else [],
        timestamp=int(paper.issued_at.timestamp()),
    )


@cache
def _fonts() -> typst.Fonts:
    """Lato, what the compiler brings along for scripts that Lato lacks, and what the installation adds for others."""
    lato = Path(font_lato.__file__).parent / "files"
    more = [settings.DOCUMENT_FONTS] if settings.DOCUMENT_FONTS else []
    return typst.Fonts(include_system_fonts=False, font_paths=[str(lato), *more])


def _add_logo(files: dict[str, bytes], logo: str) -> str:
    """Hand the logo to the compiler; '' if there is none. An invoice without logo is better than no invoice."""
    kind = LOGO_FORMATS.get(Path(logo).suffix.lower()) if logo else None
    if not kind:
        return ""
    try:
        files[f"logo.{kind}"] = Path(logo).read_bytes()
    except OSError as error:
        logger.warning("The logo %s is left out: %s", logo, error)
        return ""
    return f"logo.{kind}"


def _data(paper: Paper) -> dict[str, object]:
    title = _("Credit note") if paper.corrects else _("Invoice")
    return {
        "lang": settings.LANGUAGE_CODE[:2],
        "title": title,
        "number": paper.number,
        "draft": _("DRAFT – not an invoice") if paper.is_draft else "",
        "seller": _seller(paper.seller),
        "buyer": [paper.buyer.name, *_address(paper)],
        "facts": [list(fact) for fact in _facts(paper) if fact[1]],
        "intro": _intro(paper),
        "columns": _columns(paper),
        "lines": [_line(line, with_discount=_has_discount(paper)) for line in paper.lines],
        "sums": _sums(paper),
        "due": _due(paper),
        "tax": _tax_summary(paper),
        "notes": wording.tax_notes(paper),
        "terms": wording.payment_terms(paper),
        "bank": _bank(paper),
        "code": transfer_code(paper),
        "code_label": _("Scan to pay"),
        "page": _("Page {} of {}"),
    }


def _seller(seller: Party) -> dict[str, object]:
    tax_label = _("VAT ID") if vat_number(seller.tax_id) else _("Tax ID")
    legal = [(tax_label, seller.tax_id), (_("Register"), seller.registration)]
    bank = [("IBAN", wording.iban(seller.iban)), ("BIC", seller.bic)]
    return {
        "name": seller.name,
        "sender": [seller.name, *seller.address],
        "address": seller.address,
        "contact": [part for part in (seller.email, seller.phone) if part],
        "legal": [list(part) for part in legal if part[1]],
        "bank": [list(part) for part in bank if part[1]],
    }


def _facts(paper: Paper) -> list[tuple[str, str]]:
    """What stands beside the address."""
    corrects = paper.corrects
    delivered = paper.delivered_on if not corrects else None
    return [
        (_("Number"), paper.number),
        (_("Date"), wording.day(paper.issued_on)),
        (_("Date of delivery"), wording.day(delivered) if delivered else ""),
        (_("Due"), wording.day(paper.due_on) if paper.due_on and paper.total else ""),
        (_("For invoice"), corrects.number if corrects else ""),
        (_("Date of invoice"), wording.day(corrects.issued_on) if corrects else ""),
        (_("Your reference"), paper.particular("customer_reference")),
        (_("Order"), paper.particular("order_number")),
        (_("Customer"), paper.particular("customer_code")),
        (_("Your VAT ID") if vat_number(paper.buyer.tax_id) else _("Your tax ID"), paper.buyer.tax_id),
    ]


def _address(paper: Paper) -> list[str]:
    """Mail within the country does not name it."""
    lines = paper.buyer.address
    return lines[:-1] if paper.buyer.country and paper.buyer.country == paper.seller.country else lines


def _intro(paper: Paper) -> list[str]:
    return [_("Reason: %(reason)s") % {"reason": paper.corrects.reason}] if paper.corrects else []


def _has_discount(paper: Paper) -> bool:
    return any(line.discount_percent for line in paper.lines)


def _columns(paper: Paper) -> list[str]:
    net = _("Net %(currency)s") % {"currency": paper.currency}
    discount = [_("Discount")] if _has_discount(paper) else []
    return [_("No."), _("Description"), _("Quantity"), _("Unit price"), *discount, _("VAT"), net]


def _line(line: PaperLine, *, with_discount: bool) -> dict[str, object]:
    quantity = f"{line.quantity:,} {wording.UNITS.get(line.unit, line.unit)}"
    discount = [wording.percent(line.discount_percent) if line.discount_percent else ""] if with_discount else []
    figures = [quantity, wording.price(line.unit_price), *discount]
    return {
        "position": str(line.position),
        "sku": line.sku,
        "description": line.description,
        "figures": [*figures, wording.percent(line.tax_percent), wording.amount(line.net)],
    }


def _sums(paper: Paper) -> list[list[str]]:
    taxes = [[wording.tax_label(row), wording.amount(row.tax)] for row in paper.tax_rows if row.percent]
    return [[_("Subtotal"), wording.amount(paper.net)], *(taxes or [[_("VAT"), wording.amount(paper.tax)]])]


def _due(paper: Paper) -> list[str]:
    label = _("Credit") if paper.corrects else _("Amount due")
    return [label, f"{paper.currency} {wording.amount(paper.total)}"]


def _tax_summary(paper: Paper) -> dict[str, object]:
    rows = [
        [wording.tax_label(row), wording.amount(row.net), wording.amount(row.tax), wording.amount(row.net + row.tax)]
        for row in paper.tax_rows
    ]
    total = [_("Total"), wording.amount(paper.net), wording.amount(paper.tax), wording.amount(paper.total)]
    return {"columns": [_("Tax"), _("Net"), _("VAT"), _("Gross")], "rows": rows, "total": total}


def _bank(paper: Paper) -> list[list[str]]:
    """Where to pay to."""
    if paper.corrects or not paper.total or not paper.seller.iban:
        return []
    facts = [
        (_("Account holder"), paper.seller.name),
        ("IBAN", wording.iban(paper.seller.iban)),
        ("BIC", paper.seller.bic),
        (_("Reference"), paper.number),
    ]
    return [list(fact) for fact in facts if fact[1]]
