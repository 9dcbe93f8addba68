"""What is answered where a permission is missing, at both doors: which one, in words, and who could give it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from rest_framework.response import Response

from accounts.permissions import known_permissions
from accounts.queries import roles_with
from accounts.queries.reasons import roles_sentence
from accounts.wording import describe
from inventory_project.base.api import exceptions, pages


@dataclass(frozen=True)
class Missing:
    """A permission that was missing. Names roles, never people: whoever is refused may not know who works here."""

    permission: str

    @property
    def label(self) -> str:
        return describe(self.permission)

    @property
    def roles(self) -> Sequence[str]:
        return [role.name for role in self._roles]

    @property
    def advice(self) -> str:
        return roles_sentence(self._roles)

    @property
    def _roles(self):
        return roles_with(self.permission)


def missing(request: HttpRequest) -> Missing | None:
    """What the person was refused: what was last asked for in vain before the page gave up.

    Whoever may change something may also view it, so that both are asked for before a page is refused.
    """
    refused = [name for name in getattr(getattr(request, "user", None), "refused", ()) if name in known_permissions()]
    if not refused:
        return None
    view = refused[-1].replace(".change_", ".view_")
    return Missing(view if view in refused else refused[-1])


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    if request.path_info.startswith(pages.PREFIX):
        return pages.problem("permission_denied", 403)
    context = {"missing": missing(request)}
    return HttpResponseForbidden(render_to_string("403.html", context, request=request))


def problem_response(error: Exception, context: dict) -> Response | None:
    """REST framework's exception handler: a missing permission is also said in words."""
    if isinstance(error, PermissionDenied) and (found := missing(context["request"])):
        error = exceptions.MissingPermission(found.permission)
    response = exceptions.problem_response(error, context)
    if response is not None and response.status_code == 403 and response.data.get("permission") in known_permissions():
        found = Missing(response.data["permission"])
        text = _("You need the permission “%(name)s” (%(label)s).") % {"name": found.permission, "label": found.label}
        facts = {"detail": f"{text} {found.advice}", "permission_label": found.label, "roles": found.roles}
        request_id = response.data.pop("request_id", "")
        response.data |= {**facts, "request_id": request_id}
    return response
