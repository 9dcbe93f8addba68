"""Pages about roles: why somebody may do something or not, and all roles side by side, for paper and as CSV."""

import csv
import io
from collections.abc import Sequence

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.grid import Row, Section, sections
from accounts.models import Role, User, UserRole
from accounts.permissions import expand, known_permissions
from accounts.queries import who_may_give, why_can
from accounts.wording import describe
from inventory_project.base.admin import Button, search_field
from inventory_project.base.spreadsheets import safe

WHY = "admin:accounts_role_why"
MATRIX = "admin:accounts_role_matrix"
MATRIX_CSV = "admin:accounts_role_matrix_csv"
SEE_USERS, SEE_ROLES = "accounts.view_user", "accounts.view_role"


def may_ask_why(user: User, about: User) -> bool:
    """Everybody may ask about themselves, about others those who may see users and roles."""
    return user.pk == about.pk or user.has_perms([SEE_USERS, SEE_ROLES])


class PermissionChoice(forms.CharField):
    """A permission, picked from a list by its words or typed by its name."""

    def __init__(self, **kwargs) -> None:
        super().__init__(max_length=100, **kwargs)
        self.widget.attrs |= {"list": "permission-names", "autocomplete": "off", "size": 44, "class": "vTextField"}

    def to_python(self, value):
        text = (super().to_python(value) or "").strip()
        by_words = {words.casefold(): name for name, words in all_permissions()}
        return by_words.get(text.casefold(), text)

    def validate(self, value):
        super().validate(value)
        if value and value not in known_permissions():
            text = gettext("“%(name)s” is no known permission. Pick one from the list, such as “%(example)s”.")
            raise forms.ValidationError(text % {"name": value, "example": "sales.confirm_order"})


class WhyForm(forms.Form):
    """Who, and what."""

    user = search_field(UserRole._meta.get_field("user"))
    permission = PermissionChoice(label=_("May they do this?"))


def all_permissions() -> list[tuple[str, str]]:
    """Every permission with its words, in the order of the words."""
    return sorted(((name, describe(name)) for name in known_permissions()), key=lambda pair: pair[1])


class RolePages:
    """Mixin of the roles' admin class: its pages besides the list and the record."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("why/", view(self.why_page), name=WHY.partition(":")[2]),
            path("matrix/", view(self.matrix_page), name=MATRIX.partition(":")[2]),
            path("matrix.csv", view(self.matrix_csv), name=MATRIX_CSV.partition(":")[2]),
            *super().get_urls(),
        ]

    def get_buttons(self, request, obj):
        buttons = super().get_buttons(request, obj)
        if self.has_add_permission(request):
            url = reverse("admin:accounts_role_add", query={"copy": obj.pk})
            buttons.append(Button("duplicate", _("Duplicate"), url=url))
        buttons.append(Button("matrix", _("All roles compared"), url=reverse(MATRIX)))
        if request.user.has_perm(SEE_USERS):
            buttons.append(Button("why", _("Why can somebody…?"), url=reverse(WHY)))
        return buttons

    def why_page(self, request: HttpRequest) -> HttpResponse:
        """Why somebody may do something, or not."""
        is_own = request.GET.get("user") == str(request.user.pk)
        if not is_own and not request.user.has_perms([SEE_USERS, SEE_ROLES]):
            raise PermissionDenied
        is_asked = bool(request.GET.get("permission"))
        form = WhyForm(request.GET) if is_asked else WhyForm(initial=request.GET.dict())
        context = {"form": form, "choices": all_permissions(), "title": gettext("Why can somebody do that, or not?")}
        context["sees_all"] = request.user.has_perms([SEE_USERS, SEE_ROLES])
        if is_asked and form.is_valid():
            answer = why_can(form.cleaned_data["user"], form.cleaned_data["permission"])
            verdict, *why = answer.sentences()
            context |= {"answer": answer, "verdict": verdict, "why": why}
            if not answer.may and request.user.has_perm(SEE_USERS):
                context["givers"] = who_may_give(answer.permission)
        return self._role_page(request, "admin/why_can.html", context)

    def matrix_page(self, request: HttpRequest) -> HttpResponse:
        """All roles side by side."""
        self._require_view(request)
        roles, held = _roles()
        groups = [(section.label, [_in_words(row, held) for row in section.rows]) for section in _grid()]
        context = {"title": gettext("All roles compared"), "roles": roles, "groups": groups}
        return self._role_page(request, "admin/role_matrix.html", {**context, "csv_url": reverse(MATRIX_CSV)})

    def matrix_csv(self, request: HttpRequest) -> HttpResponse:
        """The same as a file: a line for each permission, a column for each role."""
        self._require_view(request)
        roles, held = _roles()
        text = io.StringIO()
        out = csv.writer(text)
        out.writerow([gettext("Area"), gettext("Permission"), gettext("Name"), *(safe(role.name) for role in roles)])
        for section in _grid():
            for name in (cell.permission for row in section.rows for cell in row.cells):
                marks = ["x" if name in names else "" for names in held]
                out.writerow([section.label, describe(name), name, *marks])
        headers = {"Content-Disposition": 'attachment; filename="roles.csv"', "Cache-Control": "no-store"}
        return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _role_page(self, request: HttpRequest, template: str, context: dict) -> HttpResponse:
        request.current_app = self.admin_site.name
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, template, {**shared, **context})


def _grid() -> list[Section]:
    return sections(admin.site._registry)


def _roles() -> tuple[Sequence[Role], list[frozenset[str]]]:
    """All roles, and what each holds."""
    roles = list(Role.objects.order_by("name"))
    return roles, [expand(role.permissions) for role in roles]


def _in_words(row: Row, held: Sequence[frozenset[str]]) -> tuple[str, list[str]]:
    """A model, and what each role may do with it, in words."""
    words = []
    for names in held:
        given = [capfirst(cell.label) for cell in row.cells if cell.permission in names]
        words.append(gettext("All") if len(given) == len(row.cells) else ", ".join(given))
    return row.label, words
