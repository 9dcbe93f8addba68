"""Handing out the files of invoices and credit notes: the PDF as it was made, and the e-invoice."""

from collections.abc import Callable

from django.db import models
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action

from billing import services
from inventory_project.base.api.conditional import unchanged
from inventory_project.base.api.exceptions import PROBLEM_JSON
from inventory_project.base.api.renderers import FastJSONRenderer
from inventory_project.base.api.schema import ProblemDetails
from inventory_project.base.api.views import SHAPING

PDF, XML = "application/pdf", "application/xml"


class PdfRenderer(FastJSONRenderer):
    """Lets a caller ask for PDF. Refusals are JSON all the same, and are labelled so."""

    media_type = PDF
    format = "pdf"


class XmlRenderer(FastJSONRenderer):
    """Lets a caller ask for XML."""

    media_type = XML
    format = "xml"


def _file(media_type: str, renderer: type[FastJSONRenderer], **options: object) -> Callable:
    """A GET that answers with a file, to whoever may view the record."""
    described = extend_schema(
        responses={(200, media_type): OpenApiTypes.BINARY, (409, PROBLEM_JSON): ProblemDetails},
        parameters=[OpenApiParameter(name, exclude=True) for name in sorted(SHAPING)],
    )
    get = action(detail=True, renderer_classes=[renderer, FastJSONRenderer], **options)
    return lambda method: described(get(method))


class GivesDocuments:
    """For viewsets of what is issued with a legal number."""

    @_file(PDF, PdfRenderer)
    def document(self, request, pk: str):
        """The PDF, always the same. A draft has none."""
        return self._give(services.read_document, PDF)

    @_file(XML, XmlRenderer, url_path="e-invoice")
    def e_invoice(self, request, pk: str):
        """The same as an e-invoice by EN 16931, in UBL 2.1. A draft has none."""
        return self._give(services.read_e_invoice, XML)

    def known_parameters(self) -> set[str]:
        return set() if self.action in ("document", "e_invoice") else super().known_parameters()

    def _give(self, read: Callable[[models.Model], services.GivenOut], media_type: str) -> HttpResponse:
        file = read(self.found())
        headers = {"ETag": f'"{file.sha256}"', "Cache-Control": "private, no-cache"}
        if unchanged(self.request, headers["ETag"]):
            return HttpResponse(status=304, headers=headers)
        headers["Content-Disposition"] = f'inline; filename="{file.name}"'
        return HttpResponse(file.content, content_type=media_type, headers=headers)
