"""Fields that take JSON at its word: a number is a number, a text is a text."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ..fields import INTEGER_MAX

ID_MAX = 9_223_372_036_854_775_807
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?", re.ASCII)


class StrictText(serializers.CharField):
    """A text; a number is not taken for one."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictEmail(serializers.EmailField):
    """An email address."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictChoice(serializers.ChoiceField):
    """One of the known values, as a text."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class StrictInteger(serializers.IntegerField):
    """A JSON integer: no text, no 1.0, no true; never beyond what both databases hold."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("min_value", -INTEGER_MAX - 1)
        kwargs.setdefault("max_value", INTEGER_MAX)
        super().__init__(**kwargs)

    def to_internal_value(self, data: object) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class StrictBigInteger(StrictInteger):
    """An id."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", ID_MAX)
        super().__init__(**kwargs)


class StrictDecimal(serializers.DecimalField):
    """A number, or a text of ASCII digits with at most one point."""

    def to_internal_value(self, data: object) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
            self.fail("invalid")
        if isinstance(data, str) and not PLAIN_NUMBER.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data) + 0  # there is no -0


class ShortList(serializers.ListField):
    """At most so many entries. Their number is looked at before any of them: a body could hold a million."""

    def to_internal_value(self, data: object) -> list:
        if isinstance(data, list) and len(data) > self.max_length:
            raise serializers.ValidationError(
                self.error_messages["max_length"].format(max_length=self.max_length), code="max_length"
            )
        return super().to_internal_value(data)


class StrictBoolean(serializers.BooleanField):
    """true or false; not 1, not "yes"."""

    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictDate(serializers.DateField):
    """A day, as YYYY-MM-DD."""

    def to_internal_value(self, value: object):
        if not (isinstance(value, str) and value.isascii()):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class StrictDateTime(serializers.DateTimeField):
    """An instant in ISO 8601; without an offset it is taken as UTC."""

    def to_internal_value(self, value: object):
        if not (isinstance(value, str) and value.isascii()):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ssZ")
        return super().to_internal_value(value)


class IdField(serializers.PrimaryKeyRelatedField):
    """A reference by id. Lines of one request share a look-up: `known` holds what it found."""

    default_error_messages: ClassVar = {
        "does_not_exist": _("No {kind} has the id {id}."),
        "incorrect_type": _("Give the id of a {kind}: a whole number."),
    }
    known: Mapping[int, models.Model] | None = None

    def to_internal_value(self, data: object) -> models.Model:
        kind = self.get_queryset().model._meta.verbose_name
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("incorrect_type", kind=kind)
        found = None
        if 0 < data <= ID_MAX:
            found = self.get_queryset().filter(pk=data).first() if self.known is None else self.known.get(data)
        if found is None:
            self.fail("does_not_exist", kind=kind, id=data)
        return found


def bounds(model: type[models.Model], name: str) -> dict[str, object]:
    """The limits that a named CHECK of the model sets to one number, with its sentence, as arguments of a field."""
    for constraint in model._meta.constraints:
        if not isinstance(constraint, models.CheckConstraint) or constraint.condition.connector != "AND":
            continue
        limits = dict(part for part in constraint.condition.children if isinstance(part, tuple))
        if limits and set(limits) <= {f"{name}__gte", f"{name}__lte"} and not constraint.condition.negated:
            sentence = constraint.violation_error_message
            found = {"min_value": limits.get(f"{name}__gte"), "max_value": limits.get(f"{name}__lte")}
            return {
                **{limit: value for limit, value in found.items() if isinstance(value, int | Decimal)},
                "error_messages": dict.fromkeys(found, sentence),
            }
    return {}
