"""Acts: the steps of a document and the doings of a balance, offered as buttons and as actions of the list.

An act without questions runs at once. One with questions shows its form first; the page sends the same action again
with `apply`. Either way a service does the work, and a refusal becomes a message: nothing was written, nothing is lost.
"""

from collections.abc import Callable, Sequence

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
from django.utils.translation import ngettext

from inventory_project.base.errors import RuleViolation
from inventory_project.base.models import Document

from .columns import change_url, link
from .offers import is_offered, offered_actions
from .once import NOTHING_DONE, answer_again, answer_once, was_answered
from .questions import ActForm

BOTH_PAGES = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]
FORM_PAGE = ActionLocation.CHANGE_FORM
MOST_AT_ONCE = 200
MOST_REASONS = 5
APPLY = "apply"
FILL = "fill"
ACT = "act"  # in the address of a record's page: opens the questions of that act
FORM_ACTION = "CHANGE_FORM-action"
DESTRUCTIVE = {"anonymise", "cancel", "reject", "void", "reverse"}


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


def act_url(row: models.Model, name: str) -> str:
    """Where the questions of an act are asked about the row."""
    return f"{change_url(row)}?{ACT}={name}"


def name_of_act(request: HttpRequest) -> str:
    """Which act the page is about, '' if none."""
    return request.POST.get(FORM_ACTION) or request.POST.get("action") or request.GET.get(ACT, "")


class Acts:
    """Mixin of the admin classes: runs services on behalf of the person at the page."""

    def require_action(self, request, name: str, location: ActionLocation) -> None:
        """Refuse an action whose permission is missing: Django would only say that nothing was selected."""
        if is_offered(self.model, name) and name not in offered_actions(request, self.model):
            raise PermissionDenied
        action = next((a for a in self._get_base_actions(location) if name and a.name == name), None)
        asked = getattr(getattr(action, "func", None), "allowed_permissions", ())
        if asked and not any(getattr(self, f"has_{step}_permission")(request) for step in asked):
            raise PermissionDenied

    def at_once(self, request, queryset: models.QuerySet) -> list | None:
        """What was selected, by id; None if it is more than can be done at once, which is said."""
        rows = list(queryset.order_by("pk")[: MOST_AT_ONCE + 1])
        if len(rows) <= MOST_AT_ONCE:
            return rows
        text = _("At most %(most)d can be done at once. Nothing was done; narrow the list or the selection.")
        self.message_user(request, text % {"most": MOST_AT_ONCE}, messages.ERROR)
        return None

    def apply(self, request, queryset, service: Callable, *, form: type[ActForm] | None = None, then="", say=None):
        """Run `service(row, by=..., **answers)` for each selected row; show `form` first if the act has questions.

        `then` is where to go afterwards and `say` what to say: each a text, or a function of what the service returned.
        """
        if form is None and request.method != "POST":
            return None  # an address can ask, but only a button acts
        if was_answered(request):
            return answer_again(request)
        rows = self.at_once(request, queryset)
        if rows is None:
            return None
        if form is None:
            return answer_once(request, lambda: self._run_at_once(request, rows, service, then, say))

        def run(row, answers):
            return service(row, **answers, by=request.user)

        return self.ask(request, form, run, rows=rows, then=then, say=say)

    def _run_at_once(self, request, rows: Sequence[models.Model], service: Callable, then, say) -> object:
        done = self._run_all(request, rows, lambda row: service(row, by=request.user), say)
        if not done:
            return NOTHING_DONE
        return HttpResponseRedirect(_told(then, done[0])) if then and len(done) == len(rows) == 1 else None

    def ask(self, request, form_class: type[ActForm], run: Callable, *, rows=(), initial=None, then="", say=None):
        """Show the questions of an act; once they are answered, run it for each row (or once, without rows)."""
        applied = request.method == "POST" and APPLY in request.POST
        if was_answered(request):
            return answer_again(request)
        if applied and FILL in request.POST:
            form = form_class(None, rows=rows, request=request, initial=request.POST.dict())
            form.fill()
            return self._act_page(request, form)
        form = form_class(request.POST if applied else None, rows=rows, request=request, initial=initial)
        if not applied or not form.is_valid():
            return self._act_page(request, form)
        return answer_once(request, lambda: self._run_with(request, form, run, then, say))

    def _run_with(self, request, form: ActForm, run: Callable, then, say) -> HttpResponse | None:
        """Run an act with its answers; what a service refuses is shown in the form."""
        if len(form.rows) > 1:
            self._run_all(request, form.rows, lambda row: run(row, form.parameters()), say)
            return None
        try:
            with transaction.atomic():
                result = run(form.row, form.parameters()) if form.rows else run(form.parameters())
        except RuleViolation as refusal:
            form.refuse(refusal)
            return self._act_page(request, form)
        if isinstance(result, HttpResponse):  # shows what can't be shown again
            return result
        self.announce(request, form.row, result, say)
        target = _told(then, result) or (change_url(form.row) if ACT in request.GET and form.row else "")
        return HttpResponseRedirect(target) if target else None

    def announce(self, request, row: models.Model | None, result: object, say=None) -> None:
        """Say what was done, with links to what came of it."""
        if say:
            self.message_user(request, _told(say, result), messages.SUCCESS)
            return
        if row and type(result) is type(row) and result.pk != row.pk:
            text = format_html(_("{} is a copy of {}. Check it before you go on."), link(result), link(row))
            self.message_user(request, text, messages.SUCCESS)
            return
        results = result if isinstance(result, list | tuple) else [result]
        made = [item for item in results if isinstance(item, models.Model) and type(item) is not type(row)]
        links = format_html_join(", ", "{} {}", [(item._meta.verbose_name, link(item)) for item in made])
        if isinstance(row, Document):
            state = _("%(document)s is %(status)s now.") % {"document": row, "status": row.get_status_display()}
        else:
            state = "" if made else _("Done.")
        text = format_html("{} {}", state, format_html(_("See {}."), links) if made else "")
        self.message_user(request, text, messages.SUCCESS)

    def _run_all(self, request, rows: Sequence[models.Model], run: Callable, say=None) -> list[object]:
        """Run the act for each row on its own; say how many went well, and why the others did not.

        Returns what the act returned, of those that went well.
        """
        done, refused = [], []
        for row in rows:
            try:
                with transaction.atomic():
                    done.append((row, run(row)))
            except RuleViolation as refusal:
                refused.append((row, refusal))
        if len(done) == 1:
            self.announce(request, *done[0], say)
        elif done:
            text = ngettext("%(act)s: %(count)d done.", "%(act)s: %(count)d done.", len(done))
            text %= {"act": self._act_label(request), "count": len(done)}
            self.message_user(request, text, messages.SUCCESS)
        for row, refusal in refused[:MOST_REASONS]:
            text = str(refusal) if len(rows) == 1 or str(refusal).startswith(str(row)) else f"{row}: {refusal}"
            self.message_user(request, text, messages.ERROR)
        if len(refused) > MOST_REASONS:
            text = _("%(count)d more were refused for reasons such as these.")
            self.message_user(request, text % {"count": len(refused) - MOST_REASONS}, messages.ERROR)
        return [result for _row, result in done]

    def _act_label(self, request) -> str:
        name = name_of_act(request)
        acts = {**self.get_actions(request), **self.get_actions(request, action_location=FORM_PAGE)}
        return str(acts[name].description).rstrip("…") if name in acts else _("Done")

    def _act_page(self, request, form: ActForm) -> HttpResponse:
        """The page with the questions of an act."""
        hidden = [(ACTION_CHECKBOX_NAME, row.pk) for row in form.rows]
        if name := name_of_act(request):
            hidden.append(("action" if "action" in request.POST else FORM_ACTION, name))
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
            "back_url": change_url(form.row) if ACT in request.GET and form.row else request.get_full_path(),
            "is_destructive": name_of_act(request) in DESTRUCTIVE,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, form.template, context)


def _told(answer: object, result: object) -> object:
    """What was declared, or the declared function's answer to what the act returned."""
    return answer(result) if callable(answer) else answer
