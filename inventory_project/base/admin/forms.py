"""Forms of the back office: they show a refusal at the field at fault, and notice a second editor."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from inventory_project.base.errors import RuleViolation
from inventory_project.base.fields import KeyField

from .merging import merge, remembered

type Naming = Callable[[models.Model], str]

PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
ID = re.compile(r"[0-9]{1,18}")
ALL_THE_SAME = "all_the_same"  # the button that saves in spite of a doubt
VERSION = "version"  # the hidden field that says which state of the row the form was opened with


def version_of(row: models.Model | None) -> str:
    """The state of a row, to be compared when the form comes back; '' for a new one."""
    stamp = getattr(row, "updated_at", None)
    return stamp.isoformat() if stamp and row.pk else ""


def add_refusal(form: forms.BaseForm, refusal: RuleViolation) -> None:
    """Show what a service refused, at its field if the form has it (`lines/0/quantity` is the field `quantity`)."""
    name = refusal.field.rsplit("/", 1)[-1]
    form.add_error(name if name in form.fields else None, str(refusal))


def capitalize_choices(field: forms.Field | None) -> None:
    """Let what is chosen from begin as all else that stands by itself does; records keep their names."""
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        field.choices = [
            (value, label if isinstance(label, list | tuple) else capfirst(str(label)))
            for value, label in field.choices
        ]


def name_rows(
    field: forms.ModelChoiceField, target: admin.ModelAdmin, request: HttpRequest, name_of: Naming | None = None
) -> None:
    """Let rows that are searched for be called as everywhere. An address or a forged entry can name any of them, so
    who may not view them is told the number that they sent; what a record refers to is called by its name."""
    field.name_of = name_of or getattr(target, "label", str)
    field.label_from_instance = field.name_of if target.has_view_permission(request) else _number_of


def _number_of(row: models.Model) -> str:
    return _("number %(id)s") % {"id": row.pk}


def _in_words(field: forms.Field, text: str) -> str:
    """An entry as people read it."""
    if isinstance(field, forms.BooleanField):
        return _("yes") if text else _("no")
    if isinstance(field, forms.ModelChoiceField) and ID.fullmatch(text):
        row = field.queryset.filter(pk=text).first()
        return field.label_from_instance(row) if row else text
    choices = dict(getattr(field, "choices", None) or ()) if isinstance(field, forms.ChoiceField) else {}
    return str(choices.get(text, text)) or "–"


@dataclass(frozen=True)
class Doubt:
    """Entries that are allowed and rarely meant. `key` says which, so that others are asked about anew."""

    field: str
    text: str
    key: str


class BackOfficeForm(forms.ModelForm):
    """A record's form. `refusal` is what the service answered when these entries were first sent."""

    refusal: RuleViolation | None = None
    asked: Doubt | None = None  # what is asked about before anything is saved
    viewer: AbstractBaseUser | None = None  # who looks at it
    settled = ""  # the key of what was asked about and is meant
    merged: Sequence[str] = ()  # the fields that somebody else has changed meanwhile, and this person has not

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        if self.instance.pk and not self.is_bound:
            self._name_choices()

    def _name_choices(self) -> None:
        """Tell the search fields what is chosen, from rows that are loaded already: one form may have 50 lines."""
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if isinstance(widget, KnownLabelSelect):
                chosen = getattr(self.instance, name, None)
                name_of = getattr(field, "name_of", field.label_from_instance)
                widget.known = {str(chosen.pk): name_of(chosen)} if chosen else {}

    def clean(self):
        cleaned = super().clean()
        if self.refusal:
            add_refusal(self, self.refusal)
        if self.instance.pk:
            self._mind_the_other()
        if not self.errors and (doubt := self.doubt()):
            self._ask(doubt)
        return cleaned

    def doubt(self) -> Doubt | None:
        """What of the entries is to be asked about."""
        return None

    def _ask(self, doubt: Doubt) -> None:
        if self.data.get(ALL_THE_SAME) == doubt.key:
            self.settled = doubt.key
            return
        self.asked = doubt
        self.add_error(doubt.field, f"{doubt.text} {_('Nothing was saved yet: change it, or save all the same.')}")

    def _mind_the_other(self) -> None:
        """Keep what somebody else has saved since the form was opened; ask where both have changed the same field."""
        opened = remembered(self)
        if opened is None:  # a page that says no more than its version
            sent = self.data.get(VERSION) if self.prefix is None else ""
            if sent and sent != version_of(self.instance):
                self.add_error(
                    None, self._told(_("%(who)s changed this on %(when)s, after you had opened it. %(how)s"))
                )
            return
        version, entries = opened
        if version == version_of(self.instance):
            return
        self.merged, conflicts = merge(self, entries)
        for conflict in conflicts:
            field = self.fields[conflict.name]
            words = {"before": _in_words(field, conflict.before), "theirs": _in_words(field, conflict.theirs)}
            text = self._told(_("%(who)s changed this from “%(before)s” to “%(theirs)s” on %(when)s. %(how)s"), **words)
            self.add_error(conflict.name, text)

    def _told(self, text: str, **more: str) -> str:
        when = date_format(timezone.localtime(self.instance.updated_at), "DATETIME_FORMAT")
        who = getattr(self.instance, "updated_by", None) or _("The system")
        how = _("Your entries are still here: save again to replace what was saved then, or reload the page to see it.")
        return text % {"who": who, "when": when, "how": how, **more}

    def _post_clean(self) -> None:
        # The rules of a row read its relations; with one of them missing they can't be asked yet.
        relations = {field.name for field in self._meta.model._meta.fields if field.is_relation}
        if relations.isdisjoint(self.errors):
            super()._post_clean()

    def _update_errors(self, errors) -> None:
        """A broken constraint over one column is shown at that column, once."""
        found = getattr(errors, "error_dict", {})
        for error in found.pop(NON_FIELD_ERRORS, []):
            at = found.setdefault(self._field_of(error), [])
            if str(error.message) not in [str(other.message) for other in at]:
                at.append(error)
        super()._update_errors(errors)

    def _field_of(self, error: ValidationError) -> str:
        options = self._meta.model._meta
        for constraint in options.constraints:
            if str(constraint.violation_error_message) != str(error.message):
                continue
            condition = getattr(constraint, "condition", None)
            names = getattr(constraint, "fields", None) or getattr(condition, "referenced_base_fields", ())
            fields = [options.get_field(name) for name in names]
            columns = {field.source if isinstance(field, KeyField) else field.name for field in fields}
            if len(columns) == 1 and columns <= set(self.fields):
                return columns.pop()
        return NON_FIELD_ERRORS


class PlainNumber:
    """Mixin: digits as everybody writes them. Python also takes 1_000 and the digits of other scripts."""

    def to_python(self, value):
        if isinstance(value, str) and value.strip() and not PLAIN_NUMBER.fullmatch(value.strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class WholeNumberField(PlainNumber, forms.IntegerField):
    """A whole number."""


class DecimalNumberField(PlainNumber, forms.DecimalField):
    """A number with decimals."""


class PriceInput(forms.NumberInput):
    """Shows 12.50, not 12.5000."""

    decimals = 2

    def format_value(self, value):
        whole, point, decimals = (super().format_value(value) or "").partition(".")
        decimals = decimals[: self.decimals] + decimals[self.decimals :].rstrip("0")
        return f"{whole}{point}{decimals}" if decimals else whole


class PercentInput(PriceInput):
    """Shows 5, not 5.000."""

    decimals = 0


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs=None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class InstantInput(forms.DateTimeInput):
    """The browser's own calendar and clock; entered and shown in the business time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs=None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class SearchSelect(AutocompleteSelect):
    """An autocomplete that shows a form again whatever was sent as its choice."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [item for item in map(str, value) if ID.fullmatch(item)], attr)


class KnownLabelSelect(SearchSelect):
    """An autocomplete whose present choice is already known, so that a table of lines asks nothing per line."""

    known: Mapping[str, str] = {}

    def optgroups(self, name, value, attr=None):
        chosen = [str(item) for item in value if item not in (None, "")]
        if not chosen or not set(chosen) <= set(self.known):
            return super().optgroups(name, value, attr) if chosen else [(None, self._blank(name), 0)]
        options = self._blank(name)
        options += [self.create_option(name, pk, self.known[pk], True, len(options)) for pk in chosen]
        return [(None, options, 0)]

    def _blank(self, name: str) -> list[dict[str, object]]:
        return [] if self.is_required else [self.create_option(name, "", "", False, 0)]


class KnownChoice(forms.ModelChoiceField):
    """A choice among rows that were read together with those of other lines."""

    known: Callable[[], Mapping[str, models.Model]] = staticmethod(dict)

    def to_python(self, value):
        return self.known().get(str(value)) or super().to_python(value)


def search_field(relation: models.ForeignKey, **kwargs) -> forms.ModelChoiceField:
    """A form field that searches for a record, as the admin's own form of that relation does."""
    kwargs.setdefault("label", capfirst(str(relation.verbose_name)))
    return forms.ModelChoiceField(
        relation.remote_field.model._default_manager.all(),
        widget=SearchSelect(relation, admin.site),
        **kwargs,
    )
