"""The grid in a form: what it sends, what it shows, and which of its boxes are not for whoever edits."""

import json
from collections.abc import Iterable, Sequence

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.grid import EVERYTHING, STEPS, Cell, Entry, Section, merged, sections, sources, split
from accounts.permissions import EXCEPT, expand, known_permissions
from accounts.wording import step_label

TEMPLATE = "admin/role_grid.html"


def lines_of(text: object) -> list[str]:
    """Names, one a line."""
    return list(dict.fromkeys(line.strip() for line in str(text or "").splitlines() if line.strip()))


class Shown:
    """A grid as it is drawn: each box with its state, where that comes from, and why it may be closed."""

    def __init__(self, entries: Sequence[str], mine: Iterable[str] | None, name: str = "permissions") -> None:
        """`mine` is what whoever edits may do; None: nothing can be changed here."""
        self.entries, self.name, self.is_open = list(entries), name, mine is not None
        self.mine = frozenset(mine or ())
        self.sections = sections(admin.site._registry)
        self.held = expand(self.entries)
        self.on, self.others = split(self.entries, self.sections)

    @property
    def top(self) -> dict[str, object]:
        """The switches over all apps."""
        return {"all": self.switch(EVERYTHING, _("all")), "columns": self._columns(f"*.{step}_*" for step in STEPS)}

    @property
    def headings(self) -> list[str]:
        return [step_label(step) for step in STEPS]

    @property
    def groups(self) -> list[dict[str, object]]:
        return [self._group(section) for section in self.sections]

    def _group(self, section: Section) -> dict[str, object]:
        rows = [
            {
                "label": row.label,
                "all": self.switch(row.pattern, _("all")),
                "plain": [self.box(cell) if cell else None for cell in row.plain],
                "steps": [self.box(cell) for cell in row.steps],
            }
            for row in section.rows
        ]
        return {
            "label": section.label,
            "all": self.switch(section.pattern, _("all")),
            "columns": self._columns(section.columns),
            "rows": rows,
        }

    def box(self, cell: Cell) -> dict[str, object]:
        """One permission."""
        given, taken = sources(self.entries, cell.permission)
        notes = []
        if given:
            notes.append(_("through %(names)s") % {"names": ", ".join(given)})
        if taken and given:
            notes.append(_("taken out by %(names)s") % {"names": ", ".join(taken)})
        is_closed = not self.is_open or cell.permission not in self.mine
        if self.is_open and is_closed:
            notes.append(_("you lack it yourself, so you can't give it"))
        return {
            "name": f"{self.name}-box",
            "value": cell.permission,
            "label": cell.label,
            "is_on": cell.permission in self.held,
            "is_closed": is_closed,
            "is_given": bool(given) and not taken,
            "is_taken": bool(taken),
            "note": "; ".join(notes),
        }

    def _columns(self, patterns: Iterable[str]) -> list[dict[str, object]]:
        return [self.switch(pattern, label) for pattern, label in zip(patterns, self.headings, strict=True)]

    def switch(self, pattern: str, label: str) -> dict[str, object]:
        """One pattern that has a box of its own."""
        is_closed = not self.is_open or not expand([pattern]) <= self.mine
        note = _("also what is added to the product later")
        if self.is_open and is_closed:
            note += "; " + _("you lack some of it yourself, so you can't give it")
        return {
            "name": f"{self.name}-switch",
            "value": pattern,
            "label": label,
            "is_on": pattern in self.on,
            "is_closed": is_closed,
            "note": note,
        }

    @property
    def others_text(self) -> str:
        return "\n".join(self.others)

    @property
    def taken_out(self) -> list[str]:
        return [name for name in self.entries if name.startswith(EXCEPT)]

    def fixed(self) -> frozenset[str]:
        """The boxes and switches that could not be changed."""
        names = [self.top["all"], *self.top["columns"]]
        for group in self.groups:
            names += [group["all"], *group["columns"]]
            for row in group["rows"]:
                names += [row["all"], *(box for box in row["plain"] if box), *row["steps"]]
        return frozenset(box["value"] for box in names if box["is_closed"])


def draw(shown: Shown, **attrs: object) -> str:
    """The grid as a piece of a page."""
    return render_to_string(TEMPLATE, {"grid": shown, "before": json.dumps(shown.entries), "attrs": flatatt(attrs)})


class PermissionGrid(forms.Widget):
    """Sends its boxes, its switches, the other patterns as lines, and what it showed at first."""

    mine: frozenset[str] = frozenset()

    class Media:
        css = {"all": ["back_office/roles.css"]}
        js = ["back_office/roles.js"]

    def format_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value or ""

    def value_from_datadict(self, data, files, name):
        if f"{name}-before" not in data:
            return data.get(name, "")  # sent as lines, without the grid
        return Entry(
            before=_list(data.get(f"{name}-before")),
            ticked=frozenset(data.getlist(f"{name}-box")),
            switched=frozenset(data.getlist(f"{name}-switch")),
            others=lines_of(data.get(name)),
            is_live=data.get(f"{name}-live") == "1",
        )

    def value_omitted_from_data(self, data, files, name):
        return name not in data and f"{name}-before" not in data

    def id_for_label(self, id_):
        return ""  # a grid of many boxes; the label is its caption

    def render(self, name, value, attrs=None, renderer=None):
        if isinstance(value, Entry):
            value = _as_sent(value)
        entries = value if isinstance(value, list) else lines_of(value)
        return draw(Shown(entries, self.mine, name), id=(attrs or {}).get("id", ""))


class PermissionsField(forms.Field):
    """A role's list of names and patterns, edited as a grid."""

    widget = PermissionGrid
    default_error_messages = {"unknown_box": gettext_lazy("“%(name)s” is no known permission.")}

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        if not isinstance(value, Entry):
            return lines_of(value)
        grid = sections(admin.site._registry)
        if unknown := sorted(value.ticked - known_permissions()):
            raise ValidationError(self.error_messages["unknown_box"], code="unknown_box", params={"name": unknown[0]})
        fixed = Shown(value.before, self.widget.mine).fixed()
        return merged(Entry(**{**vars(value), "fixed": fixed}), grid)

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != list(initial or [])
        except ValidationError:
            return True


def _as_sent(entry: Entry) -> list[str]:
    """What a form that came back shows: as far as possible what was ticked."""
    try:
        return merged(entry, sections(admin.site._registry))
    except ValidationError:
        return list(entry.before)


def _list(text: object) -> list[str]:
    """The list that a page was drawn from; an unreadable one is an empty one."""
    try:
        found = json.loads(str(text))
    except ValueError:
        return []
    return [name for name in found if isinstance(name, str)][:500] if isinstance(found, list) else []
