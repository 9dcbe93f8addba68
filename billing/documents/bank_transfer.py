"""The QR code that a banking app reads a transfer from (EPC069-12)."""

from io import BytesIO

from segno.helpers import make_epc_qr
from stdnum import iban

from .paper import Paper

NAME_MAX = 70  # of the payee, by the standard


def transfer_code(paper: Paper) -> str:
    """The code as SVG; '' where there is nothing to transfer, or no account in euros to transfer it to."""
    seller = paper.seller
    wanted = paper.total > 0 and not paper.corrects and not paper.is_draft and paper.currency == "EUR"
    if not wanted or not iban.is_valid(seller.iban):
        return ""
    try:
        code = make_epc_qr(
            seller.name[:NAME_MAX], iban.compact(seller.iban), paper.total, text=paper.number, bic=seller.bic or None
        )
    except ValueError:  # beyond what the standard can hold, such as a total of a thousand million
        return ""
    svg = BytesIO()
    code.save(svg, kind="svg", border=0, xmldecl=False, nl=False)
    return svg.getvalue().decode()
