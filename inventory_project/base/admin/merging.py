"""Two people at one form: what they changed in different fields is kept of both, what they changed alike is asked.

A form carries what its fields held when it was opened. When it comes back and the record has been changed meanwhile,
each field has three values: as opened, as saved by the other, as entered. Only if all three differ is there a conflict.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django import forms

SEEN = "seen"  # the hidden field
NEVER_COMPARED = (forms.FileField,)


@dataclass(frozen=True)
class Conflict:
    """A field that both have changed, to different values."""

    name: str
    before: str
    theirs: str


def text_of(field: forms.Field, value: object) -> str:
    """A value as the browser sends it back if nobody touches it."""
    if isinstance(field, forms.BooleanField):
        return "on" if value else ""
    value = field.prepare_value(value)
    if not isinstance(field, forms.ModelChoiceField) and hasattr(field.widget, "format_value"):
        value = field.widget.format_value(value)
    value = value[0] if isinstance(value, list | tuple) and len(value) == 1 else value
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def entries_of(form: forms.BaseModelForm) -> dict[str, str]:
    """What the fields of a form hold in the database."""
    return {
        name: text_of(field, form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
        if not isinstance(field, NEVER_COMPARED) and not field.disabled
    }


def seen_by(forms_: Iterable[forms.BaseModelForm], version_of) -> str:
    """What the person at the page sees: of each form its state and its entries."""
    seen = {
        form.prefix or "": {"version": version_of(form.instance), "entries": entries_of(form)}
        for form in forms_
        if getattr(form.instance, "pk", None)
    }
    return json.dumps(seen)


def remembered(form: forms.BaseModelForm) -> tuple[str, Mapping[str, str]] | None:
    """The state and the entries that the form was opened with, if the page has sent them."""
    try:
        mine = json.loads(form.data.get(SEEN, ""))[form.prefix or ""]
        version, entries = mine["version"], mine["entries"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if isinstance(version, str) and isinstance(entries, dict):
        return version, {str(name): str(value) for name, value in entries.items()}
    return None


def merge(form: forms.BaseModelForm, before: Mapping[str, str]) -> tuple[list[str], list[Conflict]]:
    """Take over what only the other has changed; return those names, and the conflicts."""
    taken, conflicts = [], []
    now = entries_of(form)
    for name, theirs in now.items():
        base = before.get(name)
        if base is None or theirs == base:
            continue
        field = form.fields[name]
        mine = text_of(field, form[name].data)
        if mine == theirs:
            continue
        if mine == base:
            taken.append(name)
        else:
            conflicts.append(Conflict(name, base, theirs))
    _take(form, {name: now[name] for name in taken})
    return taken, conflicts


def _take(form: forms.BaseModelForm, entries: Mapping[str, str]) -> None:
    """Let the form hold the other's values, as if they had been entered."""
    if not entries:
        return
    form.data = form.data.copy()
    for name, text in entries.items():
        form.data[form.add_prefix(name)] = text
        if not text and isinstance(form.fields[name], forms.BooleanField):
            del form.data[form.add_prefix(name)]
        form.errors.pop(name, None)
        form.cleaned_data[name] = getattr(form.instance, name)
