"""Text that spreadsheets open as text."""

# A cell that begins so is a formula to a spreadsheet. Control characters in front hide the sign from people only.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"  # tells spreadsheets that the file is UTF-8


def safe(text: str) -> str:
    """The text, never a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
