"""One base class per archetype: references, documents, lines, balances, the ledger."""

from collections.abc import Callable, Mapping, Sequence

from django.contrib import messages
from django.contrib.admin.options import ActionLocation
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpResponseRedirect
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory_project.base.errors import LOCKED_DOCUMENT, RuleViolation
from inventory_project.base.models import Document, Line
from inventory_project.base.services import refresh, save_document, save_lines

from .base import BaseAdmin
from .columns import change_url, status, tone_of
from .listing import Tab
from .offers import RelatedLink
from .questions import ActForm, SourceForm

type Recalculate = Callable[[models.Model], None]

ACTIVE_TABS = (
    Tab("active", gettext_lazy("Active"), models.Q(is_active=True)),
    Tab("inactive", gettext_lazy("Inactive"), models.Q(is_active=False)),
)


class ReferenceAdmin(BaseAdmin):
    """Something with a name. Retired rather than deleted once it is in use."""


class DocumentAdmin(BaseAdmin):
    """A numbered document: edited while it is a draft, then advanced by its acts."""

    recalculate: Recalculate = staticmethod(lambda document: None)  # brings totals up to date after an edit
    leads_on = True
    steps: Sequence[str] = ()  # the statuses of the ordinary way, in order
    beside: Mapping[str, str] = {}  # a status that is no step -> the step that it stands beside
    parents: Sequence[str] = ()  # the documents that this one came of, to link to
    # Steps that come later, shown greyed: act -> status -> what has to happen first.
    not_yet: Mapping[str, Mapping[str, object]] = {}

    def get_list_display(self, request):
        return (self.model.NUMBER, *super().get_list_display(request), status)

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        actions = super().get_actions(request, action_location)
        actions.pop("delete_selected", None)  # a document is cancelled; a draft is deleted on its own page
        return actions

    def has_delete_permission(self, request, obj=None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_editable)

    def get_readonly_fields(self, request, obj=None):
        """After the draft all but the few fields that stay open."""
        fixed = super().get_readonly_fields(request, obj)
        if obj is None or obj.is_editable:
            return fixed
        names = flatten_fieldsets(self.fieldsets)
        return (*fixed, *(name for name in names if name not in fixed and name not in obj.open_fields))

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if form.refusal is None and self._comes_late(request, obj):
            state = {"document": obj, "status": obj.get_status_display().lower()}
            form.refusal = RuleViolation(LOCKED_DOCUMENT % state, code="invalid_state")
        return form

    def _comes_late(self, request, obj: Document | None) -> bool:
        """Whether the page was opened as a draft's, and the document has been advanced since."""
        if request.method != "POST" or obj is None or obj.is_editable:
            return False
        return any(f.editable and f.name in request.POST and f.name not in obj.open_fields for f in self.opts.fields)

    def offers(self, name: str, obj: Document) -> bool:
        return name not in obj.ACTS or name in obj.allowed_actions or obj.status in self.not_yet.get(name, ())

    def blocked(self, name: str, obj: Document) -> str:
        return str(self.not_yet.get(name, {}).get(obj.status, "")) or super().blocked(name, obj)

    def get_related(self, request, obj: Document) -> list[RelatedLink]:
        """First the documents that it came of, then those that came of it."""
        found = [(self.opts.get_field(name), getattr(obj, name)) for name in self.parents]
        links = [
            RelatedLink(field.verbose_name, row, change_url(row))
            for field, row in found
            if row and request.user.has_perm(f"{row._meta.app_label}.view_{row._meta.model_name}")
        ]
        return [*links, *super().get_related(request, obj)]

    def create(self, request, header: dict[str, object], lines: list[dict[str, object]]) -> Document:
        """Write a new document with the service that every door uses."""
        raise NotImplementedError

    def save_model(self, request, obj, form, change) -> None:
        if change:  # a new one is written together with its lines
            nothing = {"recalculate": lambda document: None}
            save_document(obj, changed=form.changed_data, **nothing, by=request.user)

    def save_related(self, request, form, formsets, change) -> None:
        """The lines follow the header, and the totals come last."""
        if not change:
            lines = [line for formset in formsets for line in formset.entered()]
            refresh(form.instance, self.create(request, dict(form.cleaned_data), lines))
            form.instance._state.adding = False
            return
        saved = [line for formset in formsets for line in formset.save(commit=False)]
        gone = [line for formset in formsets for line in formset.deleted_objects]
        if not (saved or gone or form.instance.is_editable):
            return
        save_lines(form.instance, save=saved, delete=gone, recalculate=self.recalculate, by=request.user)

    def delete_model(self, request, obj) -> None:
        """A draft goes with its lines; the lock is taken and the status asked once more before."""
        with transaction.atomic():
            save_lines(obj, by=request.user)
            obj.delete()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and obj:
            context["show_save_and_add_another"] = False  # that is for those who enter one record after the other
            context["status_label"], context["status_tone"] = obj.get_status_display(), tone_of(obj.status)
            context["stepper"] = self._stepper(obj)
            if not obj.is_editable:
                context["locked"] = self._locked_note(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_post_save_add(self, request, obj):
        """On to its own page, where the next step is, for those who may see it."""
        if self.has_view_or_change_permission(request, obj):
            return HttpResponseRedirect(change_url(obj))
        return super().response_post_save_add(request, obj)

    def _locked_note(self, request, document: Document) -> str:
        """What can still be edited, if anything, and by whom the rest is changed: by the acts."""
        state = {"document": document, "status": document.get_status_display().lower()}
        if not self.has_change_permission(request, document):
            return LOCKED_DOCUMENT % state
        names = [name for name in flatten_fieldsets(self.fieldsets) if name in document.open_fields]
        labels = get_text_list(
            [_("“%(field)s”") % {"field": capfirst(str(self.opts.get_field(name).verbose_name))} for name in names],
            _("and"),
        )
        text = _("%(document)s is %(status)s. Only %(fields)s can still be edited.")
        return text % {**state, "fields": labels}

    def _stepper(self, document: Document) -> list[dict[str, object]]:
        """The ordinary way from draft to done, and how far the document has come; nothing for side exits."""
        stands_at = self.beside.get(document.status, document.status)
        if stands_at not in self.steps:
            return []
        labels = dict(type(document)._meta.get_field("status").choices)
        labels[stands_at] = document.get_status_display()
        reached = self.steps.index(stands_at)
        is_over = reached == len(self.steps) - 1
        states = ["done"] * reached + ["done" if is_over else "now"] + [""] * (len(self.steps) - reached - 1)
        return [{"label": labels[step], "state": state} for step, state in zip(self.steps, states, strict=True)]


class AddFromSource:
    """Mixin of documents that are made from another: it is chosen first, or comes along as `?order=7`."""

    source = ""  # the field that names it
    add_form: type[ActForm]

    def write(self, request, source: models.Model, answers: dict[str, object]) -> Document:
        """Write the new document with the service that every door uses."""
        raise NotImplementedError

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        relation = self.opts.get_field(self.source)
        if not self.admin_site.get_model_admin(relation.related_model).has_view_permission(request):
            raise PermissionDenied
        chosen = request.GET.get(self.source, "")
        known = chosen.isascii() and chosen.isdigit()
        rows = list(relation.related_model._default_manager.filter(pk=chosen)) if known else []
        if not rows:
            title = _("Add %(document)s") % {"document": self.opts.verbose_name}
            return self._act_page(request, SourceForm(relation=relation, title=title, request=request))
        return self.ask(
            request,
            self.add_form,
            lambda source, answers: self.write(request, source, answers),
            rows=rows,
            then=lambda result: change_url(result[0] if isinstance(result, list) else result),
        )


class LineAdmin(BaseAdmin):
    """The lines of all parents in one list; each is edited as its parent allows."""

    recalculate: Recalculate | None = None

    def get_readonly_fields(self, request, obj=None):
        parent = (self.model.PARENT,) if obj else ()  # a line does not move to another parent
        return (*super().get_readonly_fields(request, obj), *parent)

    def has_change_permission(self, request, obj=None) -> bool:
        return super().has_change_permission(request, obj) and self._is_open(obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_open(obj)

    @staticmethod
    def _is_open(line: Line | None) -> bool:
        return line is None or not isinstance(line.parent, Document) or line.parent.is_editable

    def save_model(self, request, obj, form, change) -> None:
        save_lines(obj.parent, save=[obj], recalculate=self.recalculate, by=request.user)

    def delete_model(self, request, obj) -> None:
        save_lines(obj.parent, delete=[obj], recalculate=self.recalculate, by=request.user)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and not self._is_open(obj):
            state = {"document": obj.parent, "status": obj.parent.get_status_display().lower()}
            context["locked"] = LOCKED_DOCUMENT % state
        return super().render_change_form(request, context, add, change, form_url, obj)


class ServiceWritten(BaseAdmin):
    """Rows that only services write: adding opens the act that makes one, deleting the act that undoes one."""

    add_act = ""  # the permission asked for and the method run by the add button
    undo_act = ""  # the action that stands for deleting

    def has_add_permission(self, request) -> bool:
        return getattr(self, f"has_{self.add_act}_permission")(request)

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        actions = super().get_actions(request, action_location)
        actions.pop("delete_selected", None)
        return actions

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return getattr(self, f"{self.add_act}_page")(request)

    def delete_view(self, request, object_id, extra_context=None):
        """Deleting is undoing: the same page as the button of that act."""
        if not getattr(self, f"has_{self.undo_act}_permission")(request):
            raise PermissionDenied
        rows = self.get_queryset(request).filter(pk=self._pk(object_id))
        row = rows.first()
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.offers(self.undo_act, row):
            self.message_user(request, self.page_note, messages.WARNING)
            return HttpResponseRedirect(change_url(row))
        return getattr(self, self.undo_act)(request, rows) or HttpResponseRedirect(self._after(row))

    def _pk(self, object_id: str) -> int:
        text = unquote(object_id)
        return int(text) if text.isascii() and text.isdigit() else 0

    def _after(self, row: models.Model) -> str:
        still = self.model._base_manager.filter(pk=row.pk).exists()
        return change_url(row) if still else self.list_url


class StateAdmin(ServiceWritten):
    """A balance: its notes and thresholds are edited, its figures come from the ledger."""

    def save_model(self, request, obj, form, change) -> None:
        # Only what was edited: the figures may have moved on since the page was opened.
        obj.save(update_fields=[*form.changed_data, "updated_at", "updated_by"])


class LedgerAdmin(ServiceWritten):
    """Facts: read, and put right by a further fact."""

    def has_change_permission(self, request, obj=None) -> bool:
        return False


class RecordAdmin(BaseAdmin):
    """What the installation itself writes down: a list that says all there is to say, and is changed by nobody."""

    list_display_links = None

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """No record has a page of its own."""
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(self.list_url)

    def history_view(self, request, object_id, extra_context=None):
        return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
