"""A role's permissions as a grid: models down, view, add, change, delete and further steps across.

A role keeps its names and patterns. The grid shows what they amount to, and turns what was ticked and unticked there
back into the fewest changes of that list: nothing that nobody touched is written anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.permissions import APPS, EXCEPT, expand, further_steps, is_granted
from accounts.wording import extra_label, step_label
from inventory_project.base.models import Ledger, State

STEPS = ("view", "add", "change", "delete")
EVERYTHING = "*"
# Services write these rows: there is no door at which the step could be taken.
NO_STEPS = {Ledger: ("add", "change", "delete"), State: ("add", "delete")}


@dataclass(frozen=True)
class Cell:
    """One permission of one model."""

    permission: str
    label: str


@dataclass(frozen=True)
class Row:
    """A model: its four plain permissions (None where there is nothing to do), its steps, and the switch for all."""

    label: str
    pattern: str
    plain: Sequence[Cell | None]
    steps: Sequence[Cell]

    @property
    def cells(self) -> list[Cell]:
        return [cell for cell in (*self.plain, *self.steps) if cell]


@dataclass(frozen=True)
class Section:
    """An app: its switches and its models."""

    label: str
    pattern: str
    columns: Sequence[str]
    rows: Sequence[Row]


def sections(shown: Iterable[type[models.Model]]) -> list[Section]:
    """The grid of the models to be shown."""
    shown = set(shown)
    found = []
    for app in APPS:
        config = apps.get_app_config(app)
        rows = sorted((_row(model) for model in config.get_models() if model in shown), key=lambda row: row.label)
        if rows:
            columns = [f"{app}.{step}_*" for step in STEPS]
            found.append(Section(str(config.verbose_name), f"{app}.*", columns, rows))
    return found


def _row(model: type[models.Model]) -> Row:
    options = model._meta
    name = f"{options.app_label}.%s_{options.model_name}"
    without = {step for base, steps in NO_STEPS.items() if issubclass(model, base) for step in steps}
    plain = [None if step in without else Cell(name % step, step_label(step)) for step in STEPS]
    acts = [step for step in further_steps(model) if step not in STEPS]
    steps = [Cell(name % step, step_label(step)) for step in acts]
    steps += [Cell(f"{options.app_label}.{code}", extra_label(label)) for code, label in options.permissions]
    return Row(capfirst(str(options.verbose_name_plural)), name % EVERYTHING, plain, steps)


def switches(grid: Sequence[Section]) -> list[str]:
    """Every pattern that the grid has a box for."""
    found = [EVERYTHING, *(f"*.{step}_*" for step in STEPS)]
    for section in grid:
        found += [section.pattern, *section.columns, *(row.pattern for row in section.rows)]
    return found


@dataclass(frozen=True)
class Entry:
    """What was sent of a grid. `is_live`: the page kept boxes and switches in step, so each box means what it says;
    otherwise only boxes that were changed by hand count."""

    before: Sequence[str]
    ticked: frozenset[str]
    switched: frozenset[str]
    others: Sequence[str]
    is_live: bool = False
    fixed: frozenset[str] = field(default_factory=frozenset)  # boxes and switches that could not be changed


def split(entries: Sequence[str], grid: Sequence[Section]) -> tuple[set[str], list[str]]:
    """The switches that are on, and the names and patterns that the grid has no box for."""
    boxes = {cell.permission for section in grid for row in section.rows for cell in row.cells}
    known = set(switches(grid))
    on = {name for name in entries if name in known}
    others = [name for name in entries if name not in known and name.removeprefix(EXCEPT) not in boxes]
    return on, others


def merged(entry: Entry, grid: Sequence[Section]) -> list[str]:
    """The role's new list: as it was, with the fewest changes that make it what was ticked."""
    boxes = [cell.permission for section in grid for row in section.rows for cell in row.cells]
    on, others = split(entry.before, grid)
    switched = (entry.switched - entry.fixed) | (on & entry.fixed)
    gone = (on - switched) | (set(others) - set(entry.others))
    result = [name for name in entry.before if name not in gone]
    result += [name for name in switches(grid) if name in switched and name not in on]
    result += [name for name in entry.others if name not in result]
    had = expand(entry.before)
    typed = [name.removeprefix(EXCEPT) for name in set(others) ^ set(entry.others)]
    for name in boxes:
        counts = entry.is_live and not is_granted(name, typed)
        if name not in entry.fixed and (counts or (name in entry.ticked) != (name in had)):
            _set(result, name, wanted=name in entry.ticked)
    return _without_needless(result, entry.before)


def _set(entries: list[str], name: str, *, wanted: bool) -> None:
    """Make the list give the permission, or not give it."""
    if (name in expand(entries)) == wanted:
        return
    if not wanted:
        if name in entries:
            entries.remove(name)
        if name in expand(entries):
            entries.append(EXCEPT + name)
        return
    if EXCEPT + name in entries:
        entries.remove(EXCEPT + name)
    if taken := [other for other in entries if other.startswith(EXCEPT) and is_granted(name, [other[1:]])]:
        text = _("“%(pattern)s” takes “%(name)s” out: remove that pattern first.")
        raise ValidationError(text, code="taken_out", params={"pattern": taken[0], "name": name})
    if name not in expand(entries):
        entries.append(name)


def _without_needless(entries: Sequence[str], before: Sequence[str]) -> list[str]:
    """Without taking out what nothing gives any more, as happens when a switch is turned off."""
    return [n for n in entries if not _takes_nothing(n, entries) or (n in before and _takes_nothing(n, before))]


def _takes_nothing(name: str, entries: Sequence[str]) -> bool:
    if not name.startswith(EXCEPT):
        return False
    given = [other for other in entries if not other.startswith(EXCEPT)]
    return not any(is_granted(one, given) for one in expand([name.removeprefix(EXCEPT)]))


def sources(entries: Sequence[str], permission: str) -> tuple[list[str], list[str]]:
    """The patterns that give a permission, and the entries that take it out: what a box says about itself."""
    given = [n for n in entries if not n.startswith(EXCEPT) and n != permission and is_granted(permission, [n])]
    taken = [name for name in entries if name.startswith(EXCEPT) and is_granted(permission, [name[1:]])]
    return given, taken
