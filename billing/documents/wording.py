"""Numbers, days and sentences as they are printed."""

import datetime
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .paper import Paper, TaxRow

# UN/ECE Recommendation 20; a unit that is not here is printed as its code.
UNITS = {
    "C62": "pcs",
    "H87": "pcs",
    "EA": "pcs",
    "KGM": "kg",
    "GRM": "g",
    "TNE": "t",
    "LTR": "l",
    "MLT": "ml",
    "MTR": "m",
    "CMT": "cm",
    "MTK": "m²",
    "MTQ": "m³",
    "HUR": "h",
    "DAY": "d",
    "PR": "pair",
    "SET": "set",
    "DZN": "dozen",
    "XBX": "box",
    "XCT": "carton",
    "XPK": "pack",
    "XPX": "pallet",
}


def amount(value: Decimal) -> str:
    return f"{value:,.2f}"


def price(value: Decimal) -> str:
    """Two decimals, and up to four where the price has them."""
    whole, _point, decimals = f"{value:,.4f}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def percent(value: Decimal) -> str:
    return f"{value.normalize():f} %"


def day(value: datetime.date) -> str:
    return date_format(value, "DATE_FORMAT")


def iban(text: str) -> str:
    """In groups of four."""
    compact = text.replace(" ", "")
    return " ".join(compact[i : i + 4] for i in range(0, len(compact), 4))


def tax_label(row: TaxRow) -> str:
    return _("VAT %(percent)s") % {"percent": percent(row.percent)}


def tax_notes(paper: Paper) -> list[str]:
    """Why there is no tax, for each rate that has a reason."""
    return list(dict.fromkeys(row.reason for row in paper.tax_rows if row.reason))


def payment_terms(paper: Paper) -> str:
    """How and by when the customer pays, or what becomes of a credit."""
    if paper.corrects:
        return _(
            "This credit reduces what is still open on invoice %(invoice)s. What has been paid beyond that is refunded."
        ) % {"invoice": paper.corrects.number}
    if not paper.total:
        return _("There is nothing to pay.")
    days = (paper.due_on - paper.issued_on).days
    if not days:
        return _("Payable on receipt, without deduction.")
    return _("Payable by %(day)s (%(days)s days from the date of the invoice), without deduction.") % {
        "day": day(paper.due_on),
        "days": days,
    }
