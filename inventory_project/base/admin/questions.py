"""The questions of acts: plain forms, and forms with a row for each line of a document."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from inventory_project.base.errors import RuleViolation

from .forms import SearchSelect, add_refusal, capitalize_choices, name_rows, search_field


class ActForm(forms.Form):
    """The questions of an act. The cleaned values are the keyword arguments of its service."""

    title = gettext_lazy("%(object)s")
    submit = gettext_lazy("Continue")
    intro = ""
    method = "post"
    template = "admin/act.html"
    more_submits: Sequence[tuple[str, object]] = ()  # names and labels of further buttons; a form asks `chose` for them
    required_css_class = "required"

    def __init__(self, *args, rows: Sequence[models.Model] = (), request: HttpRequest, **kwargs) -> None:
        self.rows, self.request = list(rows), request
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for field in self.fields.values():
            capitalize_choices(field)
            if isinstance(field.widget, SearchSelect):
                name_rows(field, admin.site.get_model_admin(field.queryset.model), request)

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

    def chose(self, name: str) -> bool:
        """Whether the form was sent with that one of its further buttons."""
        return name in self.data

    def refuse(self, refusal: RuleViolation) -> None:
        """Show what the service refused, at the field at fault."""
        add_refusal(self, refusal)

    def fill(self) -> None:
        """Enter what is most likely in a form that was not sent yet, where nothing was entered by hand."""


class SourceForm(ActForm):
    """Asks what a new document is to be made from."""

    method = "get"

    def __init__(self, *args, relation: models.ForeignKey, title: object, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.title = title
        self.fields[relation.name] = search_field(relation)


class ConfirmForm(ActForm):
    """Asks nothing but whether it is meant."""


def meant(title: object, submit: object, intro: object) -> type[ConfirmForm]:
    """The question whether an act that is not taken back is meant: what it is called, and what it leads to."""
    return type("MeantForm", (ConfirmForm,), {"title": title, "submit": submit, "intro": intro})


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
    most: int | None = None
    codes: str = ""  # JSON: what a scanner may read for this line, and how many units one scan stands for


class GridForm(ActForm):
    """Questions about each line of a document, in a table.

    With `counts`, the entry that holds units, lines can be scanned, and one button fills in `most` of every line.
    """

    fact_labels: Sequence[str] = ()
    counts = ""  # the name of the entry that a scan raises
    groups = ""  # JSON: what the button is called when the lines make no, one or several documents
    fill_label: object = ""  # what the button is called that enters all there can be
    nothing = gettext_lazy("There is nothing left to do here.")  # said when there are no lines

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(self.get_lines())
        self.asked: list[models.Model] = []  # the lines that `parameters` handed to the service, in its order
        for line in self.lines:
            for name, field in self.get_entries(line).items():
                field.widget.attrs.setdefault("aria-label", f"{capfirst(str(field.label))}: {self.name_of(line)}")
                if name == self.counts:
                    field.widget.attrs |= {"data-counts": "", "inputmode": "numeric"}
                capitalize_choices(field)
                self.fields[f"{name}-{line.pk}"] = field

    def name_of(self, line: models.Model) -> str:
        """How a line is read out."""
        return str(getattr(line, "product", line))

    def most(self, line: models.Model) -> int | None:
        """How many there can be of a line, if that is known."""
        return None

    def get_codes(self) -> Mapping[int, Mapping[str, int]]:
        """By id of the line: the folded codes that name it, with the units of one scan; nothing if none is scanned."""
        return {}

    def refuse(self, refusal: RuleViolation) -> None:
        """Show it in the line that it is about: `lines/2/quantity` counts those that were `asked`."""
        path = refusal.field.split("/")
        name = ""
        if len(path) == 3 and path[0] in ("lines", "items") and path[1].isdigit() and int(path[1]) < len(self.asked):
            name = f"{path[2]}-{self.asked[int(path[1])].pk}"
        elif len(path) == 2 and path[0] == "quantities":
            name = f"{self.counts}-{path[1]}"
        if name in self.fields:
            self.add_error(name, str(refusal))
        else:
            super().refuse(refusal)

    def fill(self) -> None:
        """Enter all there can be on the lines on which nothing was entered."""
        for line in self.lines:
            if not any(self.initial.get(f"{name}-{line.pk}") for name in self.get_entries(line)):
                self.initial[f"{self.counts}-{line.pk}"] = self.most(line)

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

    @cached_property
    def grid(self) -> list[GridRow]:
        codes = self.get_codes() if self.counts else {}
        return [
            GridRow(
                line,
                self.get_facts(line),
                [self[f"{name}-{line.pk}"] for name in self.get_entries(line)],
                self.most(line),
                json.dumps(codes[line.pk]) if codes.get(line.pk) else "",
            )
            for line in self.lines
        ]

    @property
    def can_be_scanned(self) -> bool:
        """Whether any line has a code."""
        return any(row.codes for row in self.grid)

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
