"""Acts: the steps of a document and the doings of a balance, offered as buttons and as actions of the list.

An act without questions runs at once. One with questions shows its form first; the page sends the same action again
with `apply`. Either way a service does the work, and a refusal becomes a message: nothing was written, nothing is lost.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ActionLocation
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from inventory_project.base.errors import RuleViolation
from inventory_project.base.models import Document

from .columns import link
from .forms import add_refusal, search_field
from .once import answer_once

BOTH_PAGES = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]
FORM_PAGE = ActionLocation.CHANGE_FORM
MOST_AT_ONCE = 200
MOST_REASONS = 5
APPLY = "apply"
FORM_ACTION = "CHANGE_FORM-action"
DESTRUCTIVE = {"cancel", "reject", "void", "reverse"}


def act_permission(name: str) -> Callable[..., bool]:
    """`has_confirm_permission = act_permission("confirm")`: asks for `<app>.confirm_<model>`."""

    def has_permission(self, request) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.{name}_{self.opts.model_name}")

    return has_permission


def permission(name: str) -> Callable[..., bool]:
    """As `act_permission`, for a permission with a name of its own: `permission("stock.adjust_inventory")`."""

    def has_permission(self, request) -> bool:
        return request.user.has_perm(name)

    return has_permission


class ActForm(forms.Form):
    """The questions of an act. The cleaned values are the keyword arguments of its service."""

    title = gettext_lazy("%(object)s")
    submit = gettext_lazy("Continue")
    intro = ""
    method = "post"
    required_css_class = "required"

    def __init__(self, *args, rows: Sequence[models.Model] = (), request: HttpRequest, **kwargs) -> None:
        self.rows, self.request = list(rows), request
        super().__init__(*args, **kwargs)

    @property
    def row(self) -> models.Model | None:
        """The one record that the act is about, if it is one."""
        return self.rows[0] if len(self.rows) == 1 else None

    @property
    def subject(self) -> object:
        """What the title names."""
        return self.row

    def parameters(self) -> dict[str, object]:
        """What the service is called with."""
        return self.cleaned_data


class SourceForm(ActForm):
    """Asks what a new document is to be made from."""

    method = "get"

    def __init__(self, *args, relation: models.ForeignKey, title: object, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.title = title
        self.fields[relation.name] = search_field(relation)


class ReasonForm(ActForm):
    """Asks why."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class OptionalReasonForm(ActForm):
    """Asks why; an answer is not needed."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)


@dataclass(frozen=True)
class GridRow:
    """A line of a grid: what is known of it, and the fields to fill in."""

    line: models.Model
    facts: Sequence[object]
    fields: Sequence[forms.BoundField]


class GridForm(ActForm):
    """Questions about each line of a document, in a table."""

    fact_labels: Sequence[str] = ()
    entries: dict[str, forms.Field] = {}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(self.get_lines())
        for line in self.lines:
            for name, field in self.get_entries(line).items():
                self.fields[f"{name}-{line.pk}"] = field

    def get_lines(self) -> Iterable[models.Model]:
        """The lines to ask about."""
        return self.row.items.select_related("product")

    def get_entries(self, line: models.Model) -> dict[str, forms.Field]:
        """The fields of one line."""
        raise NotImplementedError

    def get_facts(self, line: models.Model) -> Sequence[object]:
        """What is shown of one line, in the order of `fact_labels`."""
        raise NotImplementedError

    @property
    def entry_labels(self) -> list[str]:
        return [field.label for field in self.get_entries(self.lines[0]).values()] if self.lines else []

    @property
    def grid(self) -> list[GridRow]:
        return [
            GridRow(line, self.get_facts(line), [self[f"{name}-{line.pk}"] for name in self.get_entries(line)])
            for line in self.lines
        ]

    @property
    def header(self) -> list[forms.BoundField]:
        """The questions that are not about a line."""
        return [field for field in self if "-" not in field.name]

    def answers(self, line: models.Model) -> dict[str, object]:
        """What was entered for one line."""
        return {name: self.cleaned_data.get(f"{name}-{line.pk}") for name in self.get_entries(line)}

    def header_answers(self) -> dict[str, object]:
        """What was entered besides the lines."""
        return {name: value for name, value in self.cleaned_data.items() if "-" not in name}


class Acts:
    """Mixin of the admin classes: runs services on behalf of the person at the page."""

    def require_action(self, request, name: str, location: ActionLocation) -> None:
        """Refuse an action whose permission is missing: Django would only say that nothing was selected."""
        action = next((a for a in self._get_base_actions(location) if name and a.name == name), None)
        asked = getattr(getattr(action, "func", None), "allowed_permissions", ())
        if asked and not any(getattr(self, f"has_{step}_permission")(request) for step in asked):
            raise PermissionDenied

    def apply(self, request, queryset, service: Callable, *, form: type[ActForm] | None = None, then=""):
        """Run `service(row, by=..., **answers)` for each selected row; show `form` first if the act has questions."""
        rows = list(queryset.order_by("pk")[: MOST_AT_ONCE + 1])
        if len(rows) > MOST_AT_ONCE:
            text = _("At most %(most)d can be done at once. Nothing was done; narrow the list or the selection.")
            self.message_user(request, text % {"most": MOST_AT_ONCE}, messages.ERROR)
            return None
        if form is None:
            self._run_all(request, rows, lambda row: service(row, by=request.user))
            return None

        def run(row, answers):
            return service(row, **answers, by=request.user)

        return self.ask(request, form, run, rows=rows, then=then)

    def ask(self, request, form_class: type[ActForm], run: Callable, *, rows=(), initial=None, then=""):
        """Show the questions of an act; once they are answered, run it for each row (or once, without rows).

        `then` is where to go afterwards: an address, or a function of what the act returned.
        """
        filled = request.method == "POST" and APPLY in request.POST
        form = form_class(request.POST if filled else None, rows=rows, request=request, initial=initial)
        if not filled or not form.is_valid():
            return self._act_page(request, form)
        return answer_once(request, lambda: self._run_with(request, form, run, then))

    def _run_with(self, request, form: ActForm, run: Callable, then) -> HttpResponse | None:
        """Run an act with its answers; what a service refuses is shown in the form."""
        if len(form.rows) > 1:
            self._run_all(request, form.rows, lambda row: run(row, form.parameters()))
            return None
        try:
            with transaction.atomic():
                result = run(form.row, form.parameters()) if form.rows else run(form.parameters())
        except RuleViolation as refusal:
            add_refusal(form, refusal)
            return self._act_page(request, form)
        self.announce(request, form.row, result)
        target = then(result) if callable(then) else then
        return HttpResponseRedirect(target) if target else None

    def announce(self, request, row: models.Model | None, result: object) -> None:
        """Say what was done, with links to what came of it."""
        if row is not None:
            self.log_change(request, row, str(self._act_label(request)))
        results = result if isinstance(result, list | tuple) else [result]
        made = [item for item in results if isinstance(item, models.Model) and type(item) is not type(row)]
        links = format_html_join(", ", "{} {}", [(item._meta.verbose_name, link(item)) for item in made])
        if isinstance(row, Document):
            state = _("%(document)s is %(status)s now.") % {"document": row, "status": row.get_status_display()}
        else:
            state = "" if made else _("Done.")
        text = format_html("{} {}", state, format_html(_("See {}."), links) if made else "")
        self.message_user(request, text, messages.SUCCESS)

    def _run_all(self, request, rows: Sequence[models.Model], run: Callable) -> None:
        """Run the act for each row on its own; say how many went well, and why the others did not."""
        done, refused = [], []
        for row in rows:
            try:
                with transaction.atomic():
                    done.append((row, run(row)))
            except RuleViolation as refusal:
                refused.append((row, refusal))
        if len(done) == 1:
            self.announce(request, *done[0])
        elif done:
            for row, _result in done:
                self.log_change(request, row, str(self._act_label(request)))
            text = ngettext("%(act)s: %(count)d done.", "%(act)s: %(count)d done.", len(done))
            text %= {"act": self._act_label(request), "count": len(done)}
            self.message_user(request, text, messages.SUCCESS)
        for row, refusal in refused[:MOST_REASONS]:
            text = str(refusal) if len(rows) == 1 else f"{row}: {refusal}"
            self.message_user(request, text, messages.ERROR)
        if len(refused) > MOST_REASONS:
            text = _("%(count)d more were refused for reasons such as these.")
            self.message_user(request, text % {"count": len(refused) - MOST_REASONS}, messages.ERROR)

    def _act_label(self, request) -> str:
        name = request.POST.get(FORM_ACTION) or request.POST.get("action") or ""
        action = self.get_action(name, FORM_PAGE) or self.get_action(name) if name else None
        return action.description if action else _("Done")

    def _act_page(self, request, form: ActForm) -> HttpResponse:
        """The page with the questions of an act."""
        name = FORM_ACTION if FORM_ACTION in request.POST else "action"
        hidden = [(ACTION_CHECKBOX_NAME, row.pk) for row in form.rows]
        if name in request.POST:
            hidden.append((name, request.POST[name]))
        subject = form.subject or capfirst(
            _("%(count)d %(things)s") % {"count": len(form.rows), "things": self.opts.verbose_name_plural}
        )
        context = {
            **self.admin_site.each_context(request),
            "title": form.title % {"object": subject},
            "form": form,
            "hidden": [*hidden, (APPLY, 1)],
            "opts": self.opts,
            "original": form.row,
            "media": self.media + form.media,
            "back_url": request.get_full_path(),
            "is_destructive": self._is_destructive(request),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/act.html", context)

    def _is_destructive(self, request) -> bool:
        return (request.POST.get(FORM_ACTION) or request.POST.get("action")) in DESTRUCTIVE
