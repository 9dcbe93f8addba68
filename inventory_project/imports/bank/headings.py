"""The columns of bank statements, and by which names banks call them."""

import re
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy

from inventory_project.base.fields import fold
from inventory_project.imports.base import Column

NEEDED = ("date", "amount")

COLUMNS = (
    Column("date", "The day of the booking; as 2026-11-22 or 22.11.2026.", required=True),
    Column("amount", "With a decimal point or comma; what is empty or below 0 has not come in.", required=True),
    Column("reference", "What the customer wrote: the invoice's number is looked for in it."),
    Column("payer", "Who paid."),
    Column("bank_reference", "What the bank calls the transfer, if it gives each a name of its own."),
    Column("direction", "Whether money came in or went out, if amounts have no sign: C or D, H or S."),
    Column("currency", "Other currencies than the installation's are left out."),
)

LABELS = {
    "date": gettext_lazy("Date"),
    "amount": gettext_lazy("Amount"),
    "reference": gettext_lazy("Reference"),
    "payer": gettext_lazy("Payer"),
    "bank_reference": gettext_lazy("Bank’s reference"),
    "direction": gettext_lazy("In or out"),
    "currency": gettext_lazy("Currency"),
}

# Folded, without accents, signs, brackets and the currency; the first that is there is taken.
KNOWN: dict[str, tuple[str, ...]] = {
    "date": (
        *("date", "booking date", "bookingdate", "transaction date", "posting date", "posted", "completed date"),
        *("buchungstag", "buchungsdatum", "buchung", "datum", "valutadatum", "wertstellung", "valuta", "value date"),
        *("fecha", "data", "date operation", "boekdatum"),
    ),
    "amount": (
        *("amount", "betrag", "umsatz", "amount in", "betrag in", "umsatz in", "transaction amount"),
        *("credit amount", "credit", "paid in", "money in", "haben", "gutschrift"),
        *("importe", "importo", "montant", "bedrag"),
    ),
    "reference": (
        *("reference", "remittance information", "verwendungszweck", "payment reference", "purpose", "description"),
        *("details", "memo", "narrative", "text", "zahlungsreferenz", "mitteilung", "concepto", "causale", "libelle"),
    ),
    "payer": (
        *("payer", "name", "counterparty", "counterparty name", "payer name", "debtor", "debtor name", "from"),
        *("beguenstigter zahlungspflichtiger", "begunstigter zahlungspflichtiger", "auftraggeber begunstigter"),
        *("name zahlungsbeteiligter", "auftraggeber", "auftraggeber empfanger", "zahlungspflichtiger"),
        *("zahlungspflichtige", "tegenpartij", "ordonnateur"),
    ),
    "bank_reference": (
        *("bank reference", "transaction id", "transaction reference", "entry reference", "unique id", "id"),
        *("referenznummer", "transaktions id", "buchungsreferenz", "transaktionsnummer"),
    ),
    "direction": ("direction", "debit credit", "credit debit", "credit or debit", "d c", "c d", "soll haben"),
    "currency": ("currency", "wahrung", "waehrung", "devise", "divisa", "ccy"),
}


def recognised(columns: Sequence[str]) -> dict[str, str]:
    """Which of our columns is which of the file's, as far as their names say."""
    named = {_plain(column): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for ours, names in KNOWN.items():
        theirs = next((named[name] for name in names if name in named and named[name] not in found.values()), None)
        if theirs is not None:
            found[ours] = theirs
    return found


def _plain(name: str) -> str:
    """A heading without accents, brackets and what stands in them: “Betrag (EUR)” is “betrag”."""
    text = re.sub(r"\(.*?\)", "", fold(name)).translate(str.maketrans("äöüéèà", "aoueea"))
    return " ".join(re.sub(rf"[\W_]+|\b{settings.CURRENCY.casefold()}\b", " ", text).split())
