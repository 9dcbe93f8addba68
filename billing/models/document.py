"""The PDF of an invoice or a credit note, made once and kept."""

from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory_project.base.fields import Text


def document_storage() -> Storage:
    """Where documents lie: apart from uploaded images, since nobody gets one without the permission to see it."""
    return storages["documents"]


def document_field() -> models.FileField:
    """The column of the file's name; '' until the PDF has been made."""
    return models.FileField(_("PDF"), storage=document_storage, max_length=200, blank=True, default="", editable=False)


def document_hash_field() -> Text:
    """The column by which the file is known to be the one that was made."""
    return Text(_("SHA-256 of the PDF"), max_length=64, blank=True, editable=False)
