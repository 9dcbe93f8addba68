"""Text that spreadsheets open as text."""

import re

# A cell that begins so is a formula to a spreadsheet, in some languages with wide signs, too. What can't be seen in
# front of the sign hides it from people only.
SIGN, UNSEEN = "[=+\\-@\uff1d\uff0b\uff0d\uff20]", "[\\s\\x00-\\x1f\u200b-\u200f\u2060\ufeff]"
BEGINS = re.compile(rf"[\t\r\n]|{UNSEEN}*+{SIGN}")
# Where people write decimals with a comma, spreadsheets part cells at semicolons, whatever the file says.
BEGINS_WITHIN = re.compile(rf"([;\t\r\n]{UNSEEN}{{0,20}}+)(?={SIGN})")
# Without any of these there is nothing to guard against: most of a million cells are let by at once.
SUSPECT = re.compile(rf"[\t\r\n]|{SIGN}")
GUARD = re.compile(rf"(^|[;\t\r\n]{UNSEEN}{{0,20}}+)'(?=[\t\r\n]|{UNSEEN}*+{SIGN})")
BYTE_ORDER_MARK = "\ufeff"  # tells spreadsheets that the file is UTF-8


def safe(text: str) -> str:
    """The text, never a formula."""
    if not SUSPECT.search(text):
        return text
    text = BEGINS_WITHIN.sub(r"\1'", text)
    return f"'{text}" if BEGINS.match(text) else text


def as_written(text: str) -> str:
    """The text that `safe` was given, as far as that can be told: files of ours are read again."""
    return GUARD.sub(r"\1", text) if "'" in text else text
