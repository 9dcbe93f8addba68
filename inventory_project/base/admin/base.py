"""What all admin classes share: bounded lists, constant queries, refusals as sentences, the next steps as buttons."""

from collections.abc import Mapping, Sequence
from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ActionLocation, IncorrectLookupParameters
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError, IntegrityError, models
from django.forms import DateTimeField
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst, smart_split
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory_project.base import database_errors
from inventory_project.base.errors import RuleViolation
from inventory_project.base.fields import Amount, Percent, Price
from inventory_project.base.replicas import read_late
from inventory_project.base.searching import matching

from .acts import ACT, FORM_ACTION, FORM_PAGE, Acts
from .columns import load_facts
from .deleting import Deleting
from .exports import GivesExports
from .forms import (
    ALL_THE_SAME,
    BackOfficeForm,
    DayInput,
    DecimalNumberField,
    InstantInput,
    KnownLabelSelect,
    PercentInput,
    PriceInput,
    WholeNumberField,
    capitalize_choices,
    name_rows,
)
from .history import WithHistory
from .list_editing import EditsInList
from .listing import BoundedPaginator, OfferedOrder, RelatedFilter, Tab, TabFilter, is_id, search_words, unquoted
from .offers import RelatedLink, offered_columns, offered_filters, offered_related, offered_tabs
from .once import answer_once
from .steps import NextSteps

MOST_REFERENCES = 1_000
FILTER_STEPS = ("exact", "id__exact", "isnull", "istartswith", "since", "until")  # as the filters write addresses


class Discretion:
    """Mixin: some columns and fields are shown only to those with a further permission."""

    needs: Mapping[str, str] = {}  # name of a column or field -> the permission that shows it

    def _may_see(self, request, name: object) -> bool:
        permission = self.needs.get(name if isinstance(name, str) else getattr(name, "__name__", ""))
        return permission is None or request.user.has_perm(permission)

    def has_add_permission(self, request, *args) -> bool:
        """Nobody can add a row without filling what has to be filled."""
        filled = (f.name for f in self.opts.fields if f.editable and not f.blank and not f.has_default())
        return super().has_add_permission(request, *args) and all(self._may_see(request, name) for name in filled)

    def get_list_display(self, request):
        return [column for column in super().get_list_display(request) if self._may_see(request, column)]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if not self.needs:
            return fieldsets
        shown = [
            (title, {**options, "fields": [name for name in options["fields"] if self._may_see(request, name)]})
            for title, options in fieldsets
        ]
        return [(title, options) for title, options in shown if options["fields"]]


class BaseAdmin(Discretion, NextSteps, Acts, GivesExports, EditsInList, Deleting, WithHistory, admin.ModelAdmin):
    """A model's pages. Concrete classes declare; what happens is here and in the archetypes."""

    form = BackOfficeForm
    paginator = BoundedPaginator
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    delete_confirmation_max_display = 20
    formfield_overrides = {
        models.IntegerField: {"form_class": WholeNumberField},
        Price: {"form_class": DecimalNumberField, "widget": PriceInput},
        Percent: {"form_class": DecimalNumberField, "widget": PercentInput},
        Amount: {"form_class": DecimalNumberField, "widget": PriceInput},
        models.DateField: {"widget": DayInput},
        models.DateTimeField: {"form_class": DateTimeField, "widget": InstantInput},
    }

    # What concrete classes may declare besides Django's own options:
    tabs: Sequence[Tab] = ()
    list_prefetch_related: Sequence[str] = ()
    sorted_when_many: Sequence[str] = ()  # the columns by which an index sorts many rows; none named: by any column
    form_select_related: Sequence[str] = ()  # relations of relations that the record's page names
    is_short_list = False  # few rows: other forms offer them all in a plain select
    related_links: Sequence[str] = ()  # reverse relations to link to, with counts
    purpose: object = ""  # a sentence on what the rows are for, while there are none
    page_note = ""  # a sentence on the list and the record's page
    import_label = gettext_lazy("Import")  # of the button on lists whose rows can be imported
    in_search = False  # found by the search box at the top of every page

    # --- lists --------------------------------------------------------------------------------------------------

    def get_queryset(self, request):
        queryset = super().get_queryset(request).fetch_mode(models.FETCH_PEERS)
        page = getattr(request.resolver_match, "url_name", "") or ""
        if page.endswith("_changelist"):
            return queryset.prefetch_related(*self.list_prefetch_related)
        if page.endswith("_change"):
            relations = [field.name for field in self.opts.fields if field.is_relation]
            return queryset.select_related(*relations, *self.form_select_related)
        return queryset

    def get_tabs(self, request) -> Sequence[Tab]:
        """The list's tabs; the first, “All”, comes by itself."""
        return self.tabs

    def all_tabs(self, request) -> Sequence[Tab]:
        """The tabs of this app and those that apps above have added."""
        return [*self.get_tabs(request), *offered_tabs(request, self.model)]

    def get_list_display(self, request):
        return [*super().get_list_display(request), *offered_columns(request, self.model)]

    def get_list_filter(self, request):
        tabs = [TabFilter] if self.all_tabs(request) else []
        return [*tabs, *super().get_list_filter(request), *offered_filters(request, self.model)]

    def get_search_results(self, request, queryset, search_term):
        words = [unquoted(word) for word in smart_split(search_words(search_term))]
        fields = self.get_search_fields(request)
        if not (words and fields):
            return queryset, False
        return queryset.filter(matching(self.model, fields, words)), False

    def changelist_view(self, request, extra_context=None):
        if ERROR_FLAG in request.GET:
            self.message_user(request, _("That filter was not understood; showing all."), messages.WARNING)
            return HttpResponseRedirect(request.path)
        self.require_action(request, request.POST.get("action", ""), ActionLocation.CHANGE_LIST)
        context = {"page_note": self.page_note, "purpose": self.purpose, "export_url": self.export_url(request)}
        context |= extra_context or {}
        if request.method == "GET":
            return read_late(partial(self._list_page, request, context), user_id=request.user.pk)
        return super().changelist_view(request, context)

    def _list_page(self, request, context):
        response = super().changelist_view(request, context)
        return response.render() if hasattr(response, "render") else response

    def get_changelist(self, request, **kwargs):
        return OfferedOrder

    @property
    def list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def lookup_allowed(self, lookup, value, request):
        """Only what the list's own filters ask for, and rows of one related record, to which other pages lead.

        Django would compare any column in any way: also one that is hidden, what is inside of JSON, or by a pattern
        that takes for ever.
        """
        column = lookup.split("__")[0]
        names = {name for field in self.opts.get_fields() for name in (field.name, getattr(field, "attname", ""))}
        if column not in names:
            return super().lookup_allowed(lookup, value, request)
        if not self._may_see(request, column):
            return False
        if lookup not in self._lookups(request):
            raise IncorrectLookupParameters(lookup)
        return True

    def _lookups(self, request) -> set[str]:
        """What may stand in the address of the list."""
        declared = [spec[0] if isinstance(spec, tuple) else spec for spec in self.get_list_filter(request)]
        paths = [path for path in declared if isinstance(path, str)]
        relations = [field.name for field in self.opts.fields if field.is_relation]
        found = {f"{path}__{step}" for path in paths for step in FILTER_STEPS} | set(paths) | {"id__in"}
        return found | {f"{name}__id__exact" for name in relations}

    def get_changelist_instance(self, request):
        try:
            changelist = super().get_changelist_instance(request)
        except (ValueError, OverflowError) as problem:  # a typed-in address, for instance ?product__id__exact=x
            raise IncorrectLookupParameters(problem) from problem
        if not self.is_export(request):
            changelist.result_list = self.edited_rows(request, changelist)
            load_facts(changelist.list_display, changelist.result_list)
        return changelist

    @property
    def media(self):
        media = super().media
        for item in self.list_filter:
            if isinstance(item, tuple) and item[1] is RelatedFilter:
                return media + RelatedFilter.media(self.opts.get_field(item[0].split("__")[0]), self.admin_site)
        return media

    # --- forms --------------------------------------------------------------------------------------------------

    def label(self, row: models.Model) -> str:
        """How the row is named where it is searched for."""
        return str(row)

    def get_autocomplete_fields(self, request):
        return [field.name for field in self.opts.fields if self._is_searched(field)]

    def _is_searched(self, field: models.Field) -> bool:
        if not field.is_relation or not self.admin_site.is_registered(field.related_model):
            return False
        return not getattr(self.admin_site.get_model_admin(field.related_model), "is_short_list", False)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownLabelSelect(db_field, self.admin_site))
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if self.admin_site.is_registered(db_field.related_model):
            target = self.admin_site.get_model_admin(db_field.related_model)
            if self._is_searched(db_field):
                name_rows(field, target, request)
            else:
                field.label_from_instance = getattr(target, "label", str)
        return field

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        capitalize_choices(field)
        if field and field.widget.use_fieldset:  # Django then gives it a legend, but no label
            field.widget.attrs.setdefault("aria-label", capfirst(str(field.label)))
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_change_related = field.widget.can_delete_related = False  # done on their own pages
        return field

    def get_fieldsets(self, request, obj=None):
        """A new record has no facts yet, only what can be entered."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            return fieldsets
        facts = set(self.get_readonly_fields(request, obj))
        kept = []
        for title, options in fieldsets:
            fields = [f for f in options["fields"] if isinstance(f, tuple) or f not in facts]
            fields = [tuple(n for n in f if n not in facts) if isinstance(f, tuple) else f for f in fields]
            if fields := [f for f in fields if f]:
                kept.append((title, {**options, "fields": fields}))
        return kept

    def get_inlines(self, request, obj):
        """Without those of which the record has too many to edit on one page; their list is linked to."""
        inlines = super().get_inlines(request, obj)
        return [inline for inline in inlines if obj is None or not self._is_crowded(inline, obj)]

    def _is_crowded(self, inline, obj: models.Model) -> bool:
        limit = getattr(inline, "limit", 0)
        if not limit:
            return False
        parent = inline.fk_name or next(f.name for f in inline.model._meta.fields if f.related_model is self.model)
        return inline.model._base_manager.filter(**{parent: obj})[: limit + 1].count() > limit

    def get_changeform_initial_data(self, request):
        """What the address says of the new record, without relations that can't be."""
        relations = {field.name for field in self.opts.fields if field.is_relation}
        said = super().get_changeform_initial_data(request)
        return {name: value for name, value in said.items() if name not in relations or is_id(value)}

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal, form.viewer = getattr(request, "refusal", None), request.user
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """What a service refuses is shown in the form, with everything that was entered, and nothing is written."""
        if object_id and request.method == "GET" and ACT in request.GET:
            return self._open_act(request, object_id)
        if object_id is None:
            return answer_once(request, lambda: self._save_or_explain(request, None, form_url, extra_context))
        return self._save_or_explain(request, object_id, form_url, extra_context)

    def _save_or_explain(self, request, object_id, form_url, extra_context):
        self.require_action(request, request.POST.get(FORM_ACTION, ""), FORM_PAGE)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (RuleViolation, IntegrityError, DataError) as problem:
            request.refusal = self._as_refusal(problem)
            return super().changeform_view(request, object_id, form_url, extra_context)

    @staticmethod
    def _as_refusal(problem: Exception) -> RuleViolation:
        return problem if isinstance(problem, RuleViolation) else database_errors.refusal(problem)

    def save_form(self, request, form, change):
        if merged := getattr(form, "merged", ()):
            names = ", ".join(str(form.fields[name].label) for name in merged)
            text = _("%(who)s had changed %(fields)s meanwhile; that was kept as well.")
            who = getattr(form.instance, "updated_by", None) or _("The system")
            self.message_user(request, text % {"who": who, "fields": names}, messages.WARNING)
        return super().save_form(request, form, change)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and obj:
            context["heading"] = str(self.get_object(request, str(obj.pk)) or obj) if context["errors"] else str(obj)
            context["buttons"] = self.get_buttons(request, obj)
            context["related"] = self.get_related(request, obj)
            if not self.has_change_permission(request, obj):
                context["title"] = obj
        context["page_note"] = self.page_note
        if not self._is_popup(request):
            context["further_submit"] = self.get_further_submit(request, obj)
        if asked := getattr(context["adminform"].form, "asked", None):
            context["further_submit"] = (ALL_THE_SAME, _("Save all the same"), asked.key)
        return super().render_change_form(request, context, add, change, form_url, obj)

    # --- related rows and actions -----------------------------------------------------------------------------------

    def get_related(self, request, obj: models.Model) -> list[RelatedLink]:
        """Links to the lists of what belongs to the record."""
        links = offered_related(request, obj)
        for name in self.related_links:
            relation = self.opts.get_field(name)
            model, path = relation.related_model, f"{relation.field.name}__id__exact"
            if not request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"):
                continue
            count = getattr(obj, name).order_by()[: MOST_REFERENCES + 1].count()
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            text = f"{MOST_REFERENCES:,}+" if count > MOST_REFERENCES else count
            links.append(RelatedLink(model._meta.verbose_name_plural, text, f"{url}?{path}={quote(obj.pk)}"))
        return links

    def response_action(self, request, queryset, action_location=ActionLocation.CHANGE_LIST):
        for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
            try:
                self.opts.pk.to_python(chosen)
            except ValidationError as problem:
                raise BadRequest(problem) from problem
        return super().response_action(request, queryset, action_location)
