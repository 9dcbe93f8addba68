"""Searching words in columns of a record and of those it refers to, by indexes however many rows there are.

“Number or customer's name” asks two tables at once, and no index answers that: the database reads both from end to
end. So the related table is asked first, and what it found are numbers, which the index of the reference answers.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.db.models.constants import LOOKUP_SEP

MOST_RELATED = 1_000
"""Related records beyond which a word is so common that reading along soon finds enough rows."""

LOOKUPS = {"=": "in", "^": "istartswith"}
"""What stands before a field: with “=” the whole value is meant, as it is written or in capitals; any index of the
column answers that."""

# Where a value is, and how it is compared.
type Column = tuple[str, str]


def matching(model: type[models.Model], fields: Iterable[str], words: Sequence[str]) -> Q:
    """That every word is in one of the fields, which are named as in an admin's `search_fields`. Asks one question
    for each related table."""
    columns = [(field.lstrip("".join(LOOKUPS)), LOOKUPS.get(field[0], "icontains")) for field in fields]
    return reduce(and_, _each(model, columns, words), Q())


def _each(model: type[models.Model], columns: Iterable[Column], words: Sequence[str]) -> list[Q]:
    """For each word, that one of the columns has it."""
    own: list[Column] = []
    related: dict[str, list[Column]] = {}
    for path, lookup in columns:
        step, _, rest = path.partition(LOOKUP_SEP)
        if rest and _leads_to_one(model, step):
            related.setdefault(step, []).append((rest, lookup))
        else:
            own.append((path, lookup))
    found = [_has(own, word) for word in words]
    for step, rest in related.items():
        there = _related(model, step, rest, words)
        found = [one | other for one, other in zip(found, there, strict=True)]
    return found


def _related(model: type[models.Model], step: str, columns: list[Column], words: Sequence[str]) -> list[Q]:
    """For each word, that the related record has it."""
    target = model._meta.get_field(step).related_model
    conditions = _each(target, columns, words)
    has = {f"has_{number}": condition for number, condition in enumerate(conditions)}
    rows = target._base_manager.filter(reduce(or_, conditions)).annotate(**has).order_by().values_list("pk", *has)
    found = list(rows[: MOST_RELATED + 1])
    if len(found) > MOST_RELATED and len(words) > 1:  # the other words may be rare
        return [_related(model, step, columns, [word])[0] for word in words]
    if len(found) > MOST_RELATED:
        joined = [(f"{step}{LOOKUP_SEP}{path}", lookup) for path, lookup in columns]
        return [_has(joined, word) for word in words]
    return [Q((f"{step}{LOOKUP_SEP}in", [row[0] for row in found if row[1 + n]])) for n in range(len(words))]


def _has(columns: Iterable[Column], word: str) -> Q:
    """That one of the columns has the word."""
    compared = [(f"{path}{LOOKUP_SEP}{lookup}", lookup) for path, lookup in columns]
    conditions = [Q((name, [word, word.upper()] if lookup == "in" else word)) for name, lookup in compared]
    return reduce(or_, conditions, Q(pk__in=[]))


def _leads_to_one(model: type[models.Model], step: str) -> bool:
    try:
        return isinstance(model._meta.get_field(step), models.ForeignKey)
    except FieldDoesNotExist:
        return False
