"""The model's own rules, asked once per write, with each message at the value that it is about."""

from collections import defaultdict
from collections.abc import Collection

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import models
from rest_framework.exceptions import ErrorDetail, ValidationError

from ..fields import KeyField


def full_clean(row: models.Model, *, sent: set[str], writable: set[str], left_out: Collection[str] = ()) -> None:
    """What Model.full_clean() asks, raising REST framework's error; messages about what isn't `writable` are general.

    Of single values only those that were `sent` are looked at; references were found already.
    """
    found: dict[str, list[ErrorDetail]] = defaultdict(list)
    closed = {f.name for f in row._meta.concrete_fields if not f.editable}
    checked = {f.name for f in row._meta.concrete_fields if f.name in sent - closed and not f.is_relation}

    def collect(error: DjangoValidationError, at: str = NON_FIELD_ERRORS) -> None:
        parts = error.error_dict if hasattr(error, "error_dict") else {at: error.error_list}
        for name, errors in parts.items():
            key = name if name in writable else "non_field_errors"
            for one in errors:
                detail = ErrorDetail(" ".join(one.messages), code=one.code or "invalid")
                if detail not in found[key]:
                    found[key].append(detail)

    try:
        row.clean_fields(exclude={f.name for f in row._meta.fields} - checked)
    except DjangoValidationError as error:
        collect(error)
    if not found:
        try:
            row.clean()
        except DjangoValidationError as error:
            collect(error)
    closed -= _computed_keys(row)
    for constraint in row._meta.constraints:
        if constraint.name in left_out:
            continue
        try:
            constraint.validate(row.__class__, row, exclude=closed)
        except DjangoValidationError as error:
            collect(error, _subject(constraint, row))
    if found:
        raise ValidationError(found)


def _computed_keys(row: models.Model) -> set[str]:
    """Bring the key columns up to date: each stands, in constraints, for the column that it is computed from."""
    keys = [field for field in row._meta.concrete_fields if isinstance(field, KeyField)]
    for field in keys:
        field.compute(row)
    return {field.name for field in keys}


def _subject(constraint: models.BaseConstraint, row: models.Model) -> str:
    """The value that a constraint is about, if it is one."""
    if isinstance(constraint, models.UniqueConstraint):
        names = list(constraint.fields)
    else:
        names = [name for name in constraint.condition.referenced_base_fields if name != "pk"]
    fields = [row._meta.get_field(name) for name in names]
    named = [f.source if isinstance(f, KeyField) else f.name for f in fields]
    if isinstance(constraint, models.UniqueConstraint) and named:
        return named[-1]
    return named[0] if len(named) == 1 else NON_FIELD_ERRORS
