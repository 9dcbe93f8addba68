"""The PDF of an issued invoice or credit note: made once, kept, and given out as it was made."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.tasks import task
from django.utils.translation import gettext as _
from pypdf import PdfWriter

from billing.documents import Paper, find_gaps, paper_of_credit_note, paper_of_invoice, render_pdf, render_ubl
from billing.models import CreditNote, Invoice
from inventory_project.base.errors import InvalidTransition, RuleViolation

_later: ContextVar[bool] = ContextVar("documents_later", default=False)

type Issued = Invoice | CreditNote
MODELS: dict[str, type[Issued]] = {"invoice": Invoice, "creditnote": CreditNote}


@dataclass(frozen=True)
class GivenOut:
    """A file for the customer."""

    name: str
    content: bytes
    sha256: str


def read_document(row: Issued) -> GivenOut:
    """The PDF, which is made now if it has not been before.

    Refuses drafts, and a file that is lost or is not the one that was made.
    """
    _require_issued(row)
    if not row.document:
        make_document(row)
    try:
        with row.document.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != row.document_sha256:
        content = _put_back(row)
    return GivenOut(f"{row.number}.pdf", content, row.document_sha256)


def read_e_invoice(row: Issued) -> GivenOut:
    """The same as a structured e-invoice (EN 16931). Refuses drafts, and what lacks something the standard needs."""
    _require_issued(row)
    paper = paper_of(row)
    if gaps := find_gaps(paper):
        raise RuleViolation(
            _("There can be no e-invoice of %(document)s. It lacks: %(gaps)s.")
            % {"document": row, "gaps": "; ".join(gaps)},
            code="e_invoice_incomplete",
            details={"gaps": gaps},
        )
    content = render_ubl(paper)
    return GivenOut(f"{row.number}.xml", content, hashlib.sha256(content).hexdigest())


def read_documents(rows: Iterable[Issued], name: str) -> GivenOut:
    """Their PDFs one after the other in one file, to be printed. Refuses as `read_document` does."""
    together, file = PdfWriter(), io.BytesIO()
    for row in rows:
        together.append(io.BytesIO(read_document(row).content), import_outline=False)
    together.write(file)
    content = file.getvalue()
    return GivenOut(name, content, hashlib.sha256(content).hexdigest())


@contextmanager
def documents_later() -> Iterator[None]:
    """Within, nothing is made at issue: each PDF is made when somebody first wants it. For issuing thousands."""
    token = _later.set(True)
    try:
        yield
    finally:
        _later.reset(token)


def make_after_commit(row: Issued) -> None:
    """Make the PDF in the background, once the number is safe. Should that fail, it is made at its first reading."""
    if _later.get():
        return
    transaction.on_commit(partial(make_document_later.enqueue, row._meta.model_name, row.pk), robust=True)


@task()
def make_document_later(model: str, pk: int) -> None:
    """Make the PDF of an invoice or a credit note, unless it has been made. Any number of times."""
    row = MODELS[model].objects.filter(pk=pk, document="", series_number__isnull=False).first()
    if row:
        make_document(row)


def make_document(row: Issued) -> None:
    """Make the PDF and keep it. Of two who do at once, one is kept, and both know it afterwards.

    Not a change that anybody must see before acting on the document: `updated_at` stays.
    """
    content = render_pdf(paper_of(row), logo=settings.COMPANY_LOGO)
    storage = row._meta.get_field("document").storage
    name = storage.save(_place(row), ContentFile(content))
    kept = {"document": name, "document_sha256": hashlib.sha256(content).hexdigest()}
    # A plain queryset: our own would bump `updated_at`.
    if not QuerySet(type(row)).filter(pk=row.pk, document="").update(**kept):
        storage.delete(name)
    row.refresh_from_db(fields=["document", "document_sha256"])


def paper_of(row: Issued) -> Paper:
    """What is on the document."""
    if isinstance(row, Invoice):
        return paper_of_invoice(row, row.items.order_by("pk"))
    return paper_of_credit_note(row, row.items.select_related("invoice_item").order_by("pk"))


def _place(row: Issued) -> str:
    kind = "invoices" if isinstance(row, Invoice) else "credit-notes"
    return str(Path(kind, str(row.series_year), f"{row.number}.pdf"))


def _put_back(row: Issued) -> bytes:
    """Make a file that was lost or damaged anew, if it comes out just as it was."""
    content = render_pdf(paper_of(row), logo=settings.COMPANY_LOGO)
    if hashlib.sha256(content).hexdigest() != row.document_sha256:
        raise RuleViolation(
            _("The file of %(document)s is lost or damaged. Restore it from a backup.") % {"document": row},
            code="document_lost",
        )
    row.document.storage.delete(row.document.name)
    row.document.storage.save(row.document.name, ContentFile(content))
    return content


def _require_issued(row: Issued) -> None:
    if row.series_number is None:
        raise InvalidTransition(
            _("%(document)s has not been issued, so there is no document to give out.") % {"document": row},
            current_status=row.status,
            allowed_actions=row.allowed_actions,
        )
