"""What the database says when it stops a write that no rule had caught: the constraint's own sentence."""

import re
from functools import cache

from django.apps import apps
from django.db import DataError, InterfaceError, OperationalError, models
from django.utils.translation import gettext as _

from . import triggers
from .errors import InvalidInput, RuleViolation
from .transactions import PASSING

SQLITE_CHECK = re.compile(r"CHECK constraint failed: (\w+)")
SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)")


@cache
def _constraints() -> dict[str, models.BaseConstraint]:
    return {c.name: c for model in apps.get_models() for c in model._meta.constraints}


def _named(error: Exception) -> models.BaseConstraint | None:
    """PostgreSQL names the constraint; SQLite names a CHECK, and of a UNIQUE its columns."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        return _constraints().get(diagnosis.constraint_name)
    text = str(error)
    if found := SQLITE_CHECK.search(text):
        return _constraints().get(found[1])
    if found := SQLITE_UNIQUE.search(text):
        return _unique_over(found[1].split(", "))
    return None


def _unique_over(columns: list[str]) -> models.UniqueConstraint | None:
    table = columns[0].split(".")[0]
    names = {column.split(".")[-1] for column in columns}
    for constraint in _constraints().values():
        if not isinstance(constraint, models.UniqueConstraint):
            continue
        model = next(m for m in apps.get_models() if constraint in m._meta.constraints)
        own = {model._meta.get_field(name).column for name in constraint.fields}
        if model._meta.db_table == table and own == names:
            return constraint
    return None


def is_temporary(error: OperationalError | InterfaceError) -> bool:
    """Whether the database is only busy, full or away, and not asked for something that it doesn't have."""
    state = getattr(error.__cause__, "sqlstate", None)
    if state is not None:
        return state in PASSING or state[:2] in ("08", "53", "57")
    missing = ("no such", "has no column", "syntax error")
    return not any(words in str(error) for words in missing)


def without_values(error: BaseException) -> str:
    """What the database says without the row that it is about: PostgreSQL quotes it, with hashes and all."""
    return str(error).partition("\nDETAIL:")[0]


def refusal(error: Exception) -> RuleViolation:
    """The refusal that a person can read for an IntegrityError or DataError."""
    if isinstance(error, DataError):
        return InvalidInput(_("A value is too large or has the wrong form."))
    if sentence := triggers.refusal(error):
        return RuleViolation(sentence, code="frozen")
    constraint = _named(error)
    if isinstance(constraint, models.UniqueConstraint):
        return RuleViolation(constraint.violation_error_message, code="duplicate")
    if constraint is not None:
        return InvalidInput(constraint.violation_error_message, code=constraint.violation_error_code)
    if "foreign key" in str(error).lower():
        return RuleViolation(_("Other records refer to this one, or it refers to one that is gone."), code="in_use")
    if "not null" in str(error).lower():
        return InvalidInput(_("A value that is needed is missing."), code="required")
    return RuleViolation(_("The database refused the change."), code="conflict")
