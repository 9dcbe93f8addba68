"""Which CHECKs a row plainly keeps. What can be seen here need not be asked of the database, rule by rule, row by row.

Only “yes” is certain. Whatever is unclear (an expression, a text to be sorted, a column that is computed) is asked as
ever, and the database looks at every row once more when it is written.
"""

import datetime
import operator
from decimal import Decimal, InvalidOperation

from django.db import models
from django.db.models import F, Q

type Answer = bool | None  # None: unclear

# A CHECK is kept unless it is false, so what compares with NULL is taken as what helps: true, below a NOT false.
OF_NULL = (True, False)

ORDERED = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
KINDS = (bool, (int, Decimal), str, datetime.datetime, datetime.date)


def plainly_holds(constraint: models.BaseConstraint, row: models.Model) -> bool:
    """Whether the row keeps the CHECK beyond doubt."""
    return isinstance(constraint, models.CheckConstraint) and _answer(constraint.condition, row) is True


def _answer(condition: object, row: models.Model, depth: int = 0) -> Answer:
    """One “yes” decides an OR, one “no” an AND, whatever is unclear. `depth` counts the NOTs around the condition."""
    depth += getattr(condition, "negated", False)
    if not isinstance(condition, Q) or condition.connector == Q.XOR or depth >= len(OF_NULL):
        return None
    decisive = condition.connector == Q.OR
    of_null = OF_NULL[depth]
    found = [
        _answer(part, row, depth) if isinstance(part, Q) else _compare(part, row, of_null)
        for part in condition.children
    ]
    answer = decisive if decisive in found else None if None in found else not decisive
    return answer if answer is None or not condition.negated else not answer


def _compare(part: object, row: models.Model, of_null: bool) -> Answer:
    if not isinstance(part, tuple):
        return None
    name, _separator, lookup = part[0].partition("__")
    known, value = _value(row, name)
    if not known:
        return None
    wanted = part[1]
    if lookup == "isnull":
        return (value is None) is wanted
    if wanted is None:
        return value is None if lookup in ("", "exact") else None
    if isinstance(wanted, F):
        known, wanted = _value(row, wanted.name)
    if not known or value is None or wanted is None:
        return of_null if known else None
    return _any_equal(value, wanted) if lookup == "in" else _related(lookup or "exact", value, wanted)


def _value(row: models.Model, name: str) -> tuple[bool, object]:
    """Whether what is in the column is known here, and what it is."""
    options = row._meta
    field = options.pk if name == "pk" else next((f for f in options.concrete_fields if f.name == name), None)
    if field is None or field.generated or field.attname not in row.__dict__:
        return False, None
    value = row.__dict__[field.attname]
    return not hasattr(value, "resolve_expression"), value


def _any_equal(value: object, wanted: object) -> Answer:
    if not isinstance(wanted, list | tuple | set | frozenset):
        return None
    found = [_related("exact", value, each) for each in wanted]
    return True if True in found else None if None in found else False


def _related(lookup: str, value: object, wanted: object) -> Answer:
    """Compare two values of one kind."""
    kind = next((kind for kind in KINDS if isinstance(value, kind)), None)
    if kind is None or kind is not next((kind for kind in KINDS if isinstance(wanted, kind)), None):
        return None
    if lookup == "exact":
        return value == wanted
    if kind is str or lookup not in ORDERED:
        return None
    try:
        return ORDERED[lookup](value, wanted)
    except (InvalidOperation, TypeError):  # not a number; an instant without a time zone
        return None
