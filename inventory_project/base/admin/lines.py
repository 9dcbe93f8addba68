"""A parent's lines in the parent's form: read together, checked together, shown what a service refused of one."""

from functools import partial

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BaseInlineFormSet
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.text import capfirst

from inventory_project.base.errors import RuleViolation
from inventory_project.base.models import Document

from .base import BaseAdmin, Discretion
from .forms import BackOfficeForm, KnownChoice, KnownLabelSelect, capitalize_choices, name_rows
from .listing import is_id


class LineForm(BackOfficeForm):
    """One line. A line that nobody touched is as it was, and needs no proof; nor does one that nobody may add."""

    def _post_clean(self) -> None:
        if self.has_changed():
            super()._post_clean()

    def validate_constraints(self) -> None:
        """That no two lines of the parent are alike the formset sees, without a question per line.

        A line that somebody else has added meanwhile the database refuses.
        """
        exclude = self._get_validation_exclusions()
        uniques = [rule for rule in self.instance._meta.constraints if isinstance(rule, models.UniqueConstraint)]
        parent = getattr(self.instance, "PARENT", "")
        if not any(rule.condition for rule in uniques if parent in rule.fields):
            exclude.add(parent)
        try:
            self.instance.validate_constraints(exclude=exclude)
        except ValidationError as problem:
            self._update_errors(problem)


class LineFormSet(BaseInlineFormSet):
    """Lines of one parent; what they name is read at once for all of them."""

    refusal: RuleViolation | None = None
    new_objects = changed_objects = deleted_objects = ()  # as long as save() was not called

    def __init__(self, *args, **kwargs) -> None:
        self._rows: dict[str, dict[str, models.Model]] = {}
        super().__init__(*args, **kwargs)

    def add_fields(self, form, index) -> None:
        super().add_fields(form, index)
        if tick := form.fields.get(DELETION_FIELD_NAME):
            tick.widget.attrs["aria-label"] = capfirst(str(tick.label))
        own = form.fields[self._pk_field.name]
        form.fields[self._pk_field.name] = KnownChoice(own.queryset, required=False, widget=own.widget)
        form.fields[self._pk_field.name].initial = own.initial
        if self.is_bound:
            for name, field in form.fields.items():
                if isinstance(field, KnownChoice):
                    field.known = partial(self._named, name, field.queryset)

    def _named(self, name: str, rows: models.QuerySet) -> dict[str, models.Model]:
        """The rows that the entries of this name are about, by id as it was sent."""
        if name not in self._rows:
            sent = {self.data.get(f"{self.add_prefix(index)}-{name}", "") for index in range(self.total_form_count())}
            self._rows[name] = {str(row.pk): row for row in rows.filter(pk__in=[each for each in sent if is_id(each)])}
        return self._rows[name]

    def kept(self) -> list[BackOfficeForm]:
        """The rows that were filled in, without those to be deleted."""
        return [form for form in self.forms if form.has_changed() and form not in self.deleted_forms]

    def entered(self) -> list[dict[str, object]]:
        """The values of a new parent's lines, as its service takes them."""
        own = {self.fk.name, self.model._meta.pk.name, DELETION_FIELD_NAME}
        return [{name: v for name, v in form.cleaned_data.items() if name not in own} for form in self.kept()]

    def get_unique_error_message(self, unique_check):
        """In the words of the rule."""
        for rule in self.model._meta.total_unique_constraints:
            if set(rule.fields) == set(unique_check):
                return str(rule.get_violation_error_message())
        return super().get_unique_error_message(unique_check)

    def clean(self) -> None:
        """Show what the service refused at the row that it named (`lines/2/quantity`) of a new parent."""
        super().clean()
        path = self.refusal.field.split("/") if self.refusal and not self.instance.pk else []
        if len(path) < 2 or path[0] not in ("lines", "items") or not path[1].isdigit():
            return
        for row in self.kept()[int(path[1]) :][:1]:
            row.add_error(path[-1] if path[-1] in row.fields else None, str(self.refusal))


class LineInline(Discretion, admin.TabularInline):
    """A parent's lines in the parent's form."""

    form = LineForm
    formset = LineFormSet
    extra = 0
    new_rows = 1  # empty rows of a new parent
    limit = 200  # of a parent with more lines the page only links to them
    max_num = most_read = 300  # more are never read, whatever a form says that it sends: each row costs time
    formfield_overrides = BaseAdmin.formfield_overrides

    def get_queryset(self, request):
        return super().get_queryset(request).fetch_mode(models.FETCH_PEERS)

    def has_add_permission(self, request, obj) -> bool:
        return super().has_add_permission(request, obj) and self._is_open(obj)

    def has_change_permission(self, request, obj=None) -> bool:
        return super().has_change_permission(request, obj) and self._is_open(obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_open(obj)

    @staticmethod
    def _is_open(parent: models.Model | None) -> bool:
        return not isinstance(parent, Document) or parent.is_editable

    def get_extra(self, request, obj=None, **kwargs) -> int:
        return self.extra if obj else self.new_rows

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **{"absolute_max": self.most_read, **kwargs})
        formset.refusal, formset.form.viewer = getattr(request, "refusal", None), request.user
        return formset

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if self.admin_site.is_registered(db_field.related_model):
            target = self.admin_site.get_model_admin(db_field.related_model)
            kwargs = {"widget": KnownLabelSelect(db_field, self.admin_site), "form_class": KnownChoice, **kwargs}
            field = super().formfield_for_foreignkey(db_field, request, **kwargs)
            name_rows(field, target, request)
            return field
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget  # no add, change and view links beside every field of every line
        capitalize_choices(field)
        if field:
            field.widget.attrs.setdefault("aria-label", capfirst(str(field.label)))  # the heading labels no entry
        return field
