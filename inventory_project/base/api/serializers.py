"""What goes in and out: a serializer per model describes both, takes what is sent, and never guesses."""

from collections.abc import Callable, Mapping
from copy import copy
from itertools import islice
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.validators import UniqueValidator

from .exceptions import MissingPermission
from .fields import (
    ID_MAX,
    IdField,
    StrictBigInteger,
    StrictBoolean,
    StrictChoice,
    StrictDate,
    StrictDateTime,
    StrictDecimal,
    StrictEmail,
    StrictInteger,
    StrictText,
    bounds,
)
from .validation import full_clean

MOST_UNKNOWN = 20  # are named in a refusal; a body could hold a hundred thousand
STAMPS = ("created_at", "updated_at", "created_by", "updated_by")


class Strict(serializers.Serializer):
    """Refuses what it doesn't know or doesn't let anyone write, instead of leaving it aside.

    `line` is the class in which the service that takes the values wants each of `items`, which it calls lines.
    """

    line: ClassVar[Callable[..., object] | None] = None

    def parameters(self) -> dict[str, object]:
        """What was sent, as the service's arguments."""
        values = dict(self.validated_data)
        if self.line and "items" in values:
            values["lines"] = [self.__class__.line(**item) for item in values.pop("items")]
        return values

    def to_internal_value(self, data: object) -> dict:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        unknown = islice((name for name in data if name not in self.fields), MOST_UNKNOWN)
        closed = (name for name, field in self.fields.items() if field.read_only and name in data)
        refused = {name: [self._refusal(name)] for name in (*closed, *unknown)}
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**error.detail, **refused}) from error
        if refused:
            raise ValidationError(refused)
        return value

    def _refusal(self, name: str) -> ErrorDetail:
        if name in self.fields:
            return ErrorDetail(_("“%(name)s” can't be set here.") % {"name": name}, code="read_only")
        facts = {"name": name, "names": ", ".join(sorted(field.field_name for field in self._writable_fields))}
        message = _("There is no field “%(name)s”. Those that can be set here: %(names)s.") % facts
        return ErrorDetail(message, code="unknown_field")


class ApiSerializer(Strict, serializers.ModelSerializer):
    """Base of the serializers of all models.

    `Meta.expandable` names the references that `?expand=` may replace by the record; `Meta.computed` the properties
    of the model that are shown, with the columns that each needs; `Meta.guarded` the columns that need a permission
    to be seen and written; `Meta.create_only` what can't be changed later; `Meta.left_to_service` the constraints that
    the service sees to itself.
    """

    serializer_field_mapping: ClassVar = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: StrictText,
        models.TextField: StrictText,
        models.EmailField: StrictEmail,
        models.IntegerField: StrictInteger,
        models.BigIntegerField: StrictBigInteger,
        models.BooleanField: StrictBoolean,
        models.DecimalField: StrictDecimal,
        models.DateField: StrictDate,
        models.DateTimeField: StrictDateTime,
    }
    serializer_related_field = IdField
    serializer_choice_field = StrictChoice

    row: models.Model
    """After validation: the record as it would be written."""

    def build_standard_field(self, field_name, model_field):
        if isinstance(model_field, models.GeneratedField):
            plain = copy(model_field.output_field)
            plain.name, plain.verbose_name, plain.editable = field_name, model_field.verbose_name, False
            return super().build_standard_field(field_name, plain)
        kind, arguments = super().build_standard_field(field_name, model_field)
        if not arguments.get("read_only") and issubclass(kind, StrictInteger | StrictDecimal):
            arguments |= bounds(self.Meta.model, field_name)
        if issubclass(kind, StrictChoice) and model_field.blank:
            arguments["allow_blank"] = True  # shown as empty, too, where only services write it
        unique = [v for v in arguments.get("validators", ()) if not isinstance(v, UniqueValidator)]
        return kind, {**arguments, **({"validators": unique} if "validators" in arguments else {})}

    def get_uniqueness_extra_kwargs(self, field_names, declared_fields, extra_kwargs):
        return extra_kwargs, {}  # the model's constraints say it, with their own sentences

    def get_validators(self) -> list:
        return []

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for name in self.fixed:
            fields[name].read_only = True
        return fields

    @property
    def fixed(self) -> tuple[str, ...]:
        """What the record was given when it was made, and keeps."""
        return getattr(self.Meta, "create_only", ()) if self.instance is not None else ()

    def to_internal_value(self, data: object) -> dict:
        if isinstance(data, Mapping):
            left_out = self._hidden(data) | {
                name for name in self.fixed if name in data and self._is_unchanged(name, data[name])
            }
            data = {name: value for name, value in data.items() if name not in left_out} if left_out else data
        return super().to_internal_value(data)

    def _hidden(self, data: Mapping) -> set[str]:
        """What is not shown to whoever sends it, and was sent as it is shown: null. They may not write it either."""
        guarded = getattr(self.Meta, "guarded", {})
        names = [name for name in guarded if name in data and not self.fields[name].read_only]
        user = self.context["view"].request.user if names else None
        hidden = {name for name in names if not user.has_perm(guarded[name].permission)}
        for name in hidden:
            if data[name] is not None:
                raise MissingPermission(guarded[name].permission)
        return hidden

    def _is_unchanged(self, name: object, value: object) -> bool:
        """Whether what can't be changed was sent as it is, as by a program that sends back what it has read."""
        columns = {column.name: column for column in self.Meta.model._meta.concrete_fields}
        if name not in self.fixed or name not in columns:
            return False
        present = getattr(self.instance, columns[name].attname)
        if value is None or columns[name].is_relation:
            return type(value) is type(present) and value == present
        try:
            return self.fields[name].to_internal_value(value) == present
        except ValidationError:
            return False

    def _refusal(self, name: str) -> ErrorDetail:
        if name in self.fixed:
            text = _("“%(name)s” is set when the record is made, and stays. Leave it out, or send it as it is.")
            return ErrorDetail(text % {"name": name}, code="read_only")
        return super()._refusal(name)

    def validate(self, attrs: dict) -> dict:
        """Ask the model, once, whether the record as it would be written is right."""
        nested = {name for name, field in self.fields.items() if isinstance(field, serializers.BaseSerializer)}
        self.row = copy(self.instance) if self.instance is not None else self.Meta.model()
        sent = {name for name in attrs if name not in nested and not self.fields[name].write_only}
        for name in sent:
            setattr(self.row, name, attrs[name])
        full_clean(
            self.row,
            sent=sent,
            writable={field.field_name for field in self._writable_fields},
            left_out=getattr(self.Meta, "left_to_service", ()),
        )
        return attrs


class Lines(serializers.ListSerializer):
    """The lines of one document: their references are looked up together, one query per kind."""

    most = 500

    def to_internal_value(self, data: object) -> list[dict]:
        if isinstance(data, list) and len(data) > self.most:
            raise ValidationError(
                [ErrorDetail(_("At most %(most)d lines at once.") % {"most": self.most}, code="max_length")]
            )
        for name, field in self.child.fields.items():
            if isinstance(field, IdField) and not field.read_only:
                field.known = field.get_queryset().in_bulk(ids_in(data, name))
        return super().to_internal_value(data)


def ids_in(data: object, name: str) -> set[int]:
    """The ids that entries name, to be looked up together."""
    entries = [entry.get(name) for entry in data if isinstance(entry, Mapping)] if isinstance(data, list) else []
    return {value for value in entries if isinstance(value, int) and 0 < value <= ID_MAX}


class LineInput(ApiSerializer):
    """A line as part of its document: the service that takes it checks it together with the others.

    Its `Meta` inherits from that of the line's own serializer, and makes the reference to the parent read-only.
    """

    def validate(self, attrs: dict) -> dict:
        return attrs


class LineOfAct(Strict):
    """A line that an act is told."""

    class Meta:
        list_serializer_class = Lines


class ActInput(Strict):
    """What an act needs to know beyond the document itself."""


class Nothing(ActInput):
    """An act that needs nothing but the document."""


class Reason(ActInput):
    """Why."""

    reason = StrictText(max_length=300)


class OptionalReason(ActInput):
    """Why, if that is to be said."""

    reason = StrictText(max_length=300, required=False, allow_blank=True)


class Quantities(ActInput):
    """How many of which lines; without it, all that is open."""

    quantities = serializers.DictField(
        child=StrictInteger(min_value=0), required=False, help_text="Units by id of the line."
    )

    def validate_quantities(self, value: dict[str, int]) -> dict[int, int]:
        wrong = [name for name in value if not (name.isascii() and name.isdigit() and len(name) < 19)]
        if wrong:
            raise ValidationError({name: [_("Give the id of a line.")] for name in wrong})
        return {int(name): number for name, number in value.items()}
