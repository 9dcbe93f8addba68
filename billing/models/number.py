"""Numbers of invoices and credit notes: DRAFT-7 until they are issued, then one of the gapless series of the year."""

from secrets import token_hex

from inventory_project.base.fields import Text

DRAFT = "DRAFT"


def unnumbered() -> str:
    """Stands in until the row has an id to be named by; unique, so that two who draft at once never wait."""
    return f"{DRAFT}-{token_hex(8)}"


def draft_number(pk: int) -> str:
    """What a draft is called."""
    return f"{DRAFT}-{pk}"


def legal_number_field(label) -> Text:
    """The column of a number that the law wants without gaps."""
    return Text(label, max_length=40, editable=False, default=unnumbered)
