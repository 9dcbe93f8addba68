"""Whole documents with lines that are not theirs: ids of other parents' lines, parts of other records, forged counts.

Made for every table of lines in the back office, as the registry has them.
"""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import models, transaction

from inventory_project.integrity import check_all
from tests.back_office import Desk, url
from tests.factories import factory_of

pytestmark = pytest.mark.django_db

INLINES = [
    pytest.param(model, inline, id=f"{model._meta.label}-{inline.model.__name__}")
    for model, model_admin in admin.site._registry.items()
    for inline in model_admin.inlines
]


class Case:
    """Two parents with a line each, and a person who edits the first."""

    def __init__(self, parent: type[models.Model], inline, desk: Desk | None = None) -> None:
        self.line_model, self.name = inline.model, self._to(inline.model, parent)
        self.desk, self.seer = desk or Desk(), Desk()
        self.mine, self.theirs = (factory_of(inline.model)() for _which in "ab")
        self.page = url(parent, "change", getattr(self.mine, f"{self.name}_id"))
        shown = self.seer.client.get(self.page)
        self.entries = self.seer.entries(shown)
        formsets = [each.formset for each in shown.context["inline_admin_formsets"]]
        formset = next(each for each in formsets if each.model is inline.model)
        self.prefix, self.fields = formset.prefix, [name for name in formset.forms[0].fields if name != "DELETE"]

    @staticmethod
    def _to(line: type[models.Model], parent: type[models.Model]) -> str:
        own = (field for field in line._meta.fields if field.name not in ("created_by", "updated_by"))
        return next(field.name for field in own if field.related_model is parent)

    def send(self, *, drop: str = "", **changes: object):
        """Save the page of the first parent with some entries of its lines changed: `0-id` is the first line's id."""
        data = self.entries | {f"{self.prefix}-{name}": value for name, value in changes.items()}
        data = {name: value for name, value in data.items() if not drop or not name.startswith(drop)}
        with transaction.atomic():
            return self.desk.client.post(self.page, data)

    def row(self, line: models.Model, index: int) -> dict[str, object]:
        """All that a form says of a line, as if it were the first parent's."""
        values = {name: getattr(line, line._meta.get_field(name).attname) for name in self.fields}
        return {f"{index}-{name}": "" if value is None else value for name, value in values.items()}

    def state(self) -> tuple[list[tuple], list[tuple]]:
        """The other's line and parent, and whose each line is."""
        other = getattr(self.theirs, self.name)
        lines = self.line_model._base_manager.filter(pk__in=[self.mine.pk, self.theirs.pk])
        return (
            list(self.line_model._base_manager.filter(pk=self.theirs.pk).values_list()),
            list(type(other)._base_manager.filter(pk=other.pk).values_list()),
            list(lines.order_by("pk").values_list("pk", f"{self.name}_id")),
        )

    def attacks(self) -> Iterator[tuple[str, dict[str, object]]]:
        """What an attacker sends, by what it is."""
        theirs, parent = self.theirs.pk, getattr(self.theirs, f"{self.name}_id")
        stolen, mine = self.row(self.theirs, 0), self.row(self.mine, 1)
        yield "the id of another's line", {"0-id": theirs}
        yield "another's line as it is", stolen | {"0-id": theirs}
        yield "another's line besides", self.row(self.theirs, 1) | {"TOTAL_FORMS": 2, "INITIAL_FORMS": 2}
        yield "another's line, to be deleted", {"0-id": theirs, "0-DELETE": "on"}
        yield (
            "another's line besides, to be deleted",
            self.row(self.theirs, 1) | {"1-DELETE": "on", "TOTAL_FORMS": 2, "INITIAL_FORMS": 2},
        )
        yield "another's line as a new one", self.row(self.theirs, 1) | {"TOTAL_FORMS": 2, "INITIAL_FORMS": 1}
        yield "another parent for one's own line", {f"0-{self.name}": parent}
        yield "one's own line twice", mine | {"TOTAL_FORMS": 2, "INITIAL_FORMS": 2}
        yield "no line of one's own", {"0-id": "", "INITIAL_FORMS": 1}
        yield "all lines as new ones", {"0-id": theirs, "INITIAL_FORMS": 0}
        for counts in ((10**9, 1), (-1, -1), (2, 10**9), (0, 1), ("x", "1"), ("", ""), ("١", "0"), ("1e3", "0")):
            yield f"counts {counts}", {"0-id": theirs, "TOTAL_FORMS": counts[0], "INITIAL_FORMS": counts[1]}
        for key in (-1, 0, 2**70, "x", "1\x00", f"{theirs},{self.mine.pk}", "null"):
            yield f"the id {key}", {"0-id": key, "0-DELETE": "on"}

    def parts(self) -> Iterator[tuple[str, object]]:
        """What the other's line names: another product's lot, another order's line, another warehouse's bin."""
        for name in self.fields:
            field = self.line_model._meta.get_field(name)
            if isinstance(field, models.ForeignKey) and name != self.name:
                other = getattr(self.theirs, field.attname) or factory_of(field.related_model)().pk
                yield name, other


def is_whole() -> list[str]:
    return [each.invariant.name for each in check_all() if each.is_violation]


@pytest.mark.parametrize(("parent", "inline"), INLINES)
def test_nobody_reaches_the_lines_of_another_through_a_form(parent, inline):
    case = Case(parent, inline)
    before = case.state()
    for what, sent in case.attacks():
        answer = case.send(**sent)
        assert answer.status_code in (200, 302, 400), what
        assert case.state() == before or not case.line_model._base_manager.filter(pk=case.mine.pk).exists(), what
        assert case.state()[:2] == before[:2], what
    for index in ("TOTAL_FORMS", "INITIAL_FORMS", ""):
        assert case.send(drop=f"{case.prefix}-{index}").status_code in (200, 302, 400)
    assert case.state()[:2] == before[:2]
    assert is_whole() == []


@pytest.mark.parametrize(("parent", "inline"), INLINES)
def test_a_line_names_no_part_of_something_else(parent, inline):
    """What is taken of it leaves every invariant whole, and the line right in the eyes of its own rules."""
    case = Case(parent, inline)
    before = case.state()
    for name, other in case.parts():
        answer = case.send(**{f"0-{name}": other})
        assert answer.status_code in (200, 302), name
        line = case.line_model._base_manager.get(pk=case.mine.pk)
        line.full_clean()
        assert case.state()[:2] == before[:2]
    new = case.row(case.theirs, 1) | {"1-id": "", "TOTAL_FORMS": 2}
    case.send(**new)
    for line in case.line_model._base_manager.filter(**{case.name: getattr(case.mine, f"{case.name}_id")}):
        line.full_clean()
    assert is_whole() == []


@pytest.mark.parametrize(("parent", "inline"), INLINES)
@pytest.mark.parametrize("sees", [True, False], ids=["sees lines", "sees none"])
def test_lines_are_not_written_by_who_may_only_write_the_document(parent, inline, sees):
    options, line = parent._meta, inline.model._meta
    held = [f"{options.app_label}.{step}_{options.model_name}" for step in ("view", "change")]
    if sees:
        held.append(f"{line.app_label}.view_{line.model_name}")
    case = Case(parent, inline, Desk(*held))
    kept = [field.attname for field in line.concrete_fields if field.name not in ("updated_at", "updated_by")]
    lines = case.line_model._base_manager.order_by("pk").values_list(*kept)
    before = list(lines)
    row = {f"0-{name}": 7 for name in case.fields if name not in ("id", case.name)}
    for sent in (row, {"0-DELETE": "on"}, case.row(case.theirs, 1) | {"1-id": "", "TOTAL_FORMS": 2}):
        assert case.send(**sent).status_code in (200, 302, 403)
        assert list(lines.all()) == before
