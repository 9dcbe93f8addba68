"""The page System: how the installation is doing, for those who may see it."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from .report import report

PERMISSION = "inventory_project.view_operationrun"
TITLE = _("System")


def system_urls() -> list:
    """The address of the page."""
    return [path("system/", admin.site.admin_view(system), name="system")]


def system(request: HttpRequest) -> HttpResponse:
    """Everything that is reported, what wants attention first."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    request.current_app = admin.site.name
    sections = sorted(report(), key=lambda section: not section.concern)
    context = {
        **admin.site.each_context(request),
        "title": TITLE,
        "sections": sections,
        "concerns": sum(bool(section.concern) for section in sections),
    }
    return TemplateResponse(request, "admin/system.html", context)
