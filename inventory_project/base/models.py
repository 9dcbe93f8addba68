"""The five archetypes. Each of the 39 models is exactly one of them (docs/map.md lists which)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from .actor import current_actor_id
from .errors import LOCKED_DOCUMENT, InvalidTransition, RuleViolation
from .fields import CreatedAt, CreatedBy, KeyField, LongText, Text, UpdatedAt, UpdatedBy
from .plain_checks import plainly_holds


class StampedQuerySet(models.QuerySet):
    """Bulk writes keep the change stamp and the name of who acts, as save() does."""

    def _stamps(self) -> dict[str, object]:
        names = {field.name for field in self.model._meta.concrete_fields}
        stamps = {"updated_at": timezone.now(), "updated_by_id": current_actor_id()}
        return {k: v for k, v in stamps.items() if k.removesuffix("_id") in names}

    def update(self, **kwargs) -> int:
        return super().update(**{**self._stamps(), **kwargs})

    update.alters_data = True

    def bulk_update(self, objs, fields, batch_size=None) -> int:
        objs = list(objs)
        stamps = self._stamps()
        for obj in objs:
            for name, value in stamps.items():
                setattr(obj, name, value)
        names = [name.removesuffix("_id") for name in stamps]
        return super().bulk_update(objs, [*fields, *(n for n in names if n not in fields)], batch_size)

    bulk_update.alters_data = True


class Stamped(models.Model):
    """Every row says when it was written and when it last changed."""

    created_at = CreatedAt()
    updated_at = UpdatedAt()

    objects = StampedQuerySet.as_manager()

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Check every field; a related row at hand is there, nobody has to ask the database for it again."""
        relations = (field for field in self._meta.concrete_fields if field.is_relation and field.is_cached(self))
        at_hand = {field.name for field in relations if getattr(self, field.name) is not None}
        super().clean_fields(exclude={*(exclude or ()), *at_hand})

    def get_constraints(self):
        """Those that have to be asked of the database: Django asks it about each, in a statement of its own."""
        return [
            (model, [each for each in constraints if not plainly_holds(each, self)])
            for model, constraints in super().get_constraints()
        ]

    def validate_constraints(self, exclude: Iterable[str] | None = None) -> None:
        """Check every constraint; a key column stands for the column that it is computed from."""
        exclude = set(exclude or ())
        for field in self._meta.concrete_fields:
            if isinstance(field, KeyField):
                field.compute(self)
                if field.source not in exclude:
                    exclude.discard(field.name)
        super().validate_constraints(exclude=exclude)


class Tracked(Stamped):
    """Every row that people edit also says who."""

    created_by = CreatedBy()
    updated_by = UpdatedBy()

    class Meta:
        abstract = True


class ReferenceQuerySet(StampedQuerySet):
    """Named sets of reference rows."""

    def active(self) -> Self:
        """Those that new documents may use."""
        return self.filter(is_active=True)


class Reference(Tracked):
    """Something with a name that documents refer to. Retired, not deleted, once anything refers to it."""

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        abstract = True


class Line(Tracked):
    """A part of its parent: written with it, deleted with it. `PARENT` names the foreign key."""

    PARENT: ClassVar[str]

    class Meta:
        abstract = True

    @property
    def parent(self) -> models.Model:
        return getattr(self, self.PARENT)


class State(Tracked):
    """A balance that only services write."""

    class Meta:
        abstract = True


class AppendOnly(StampedQuerySet):
    """The ledger is written once; a mistake is put right by a further row."""

    def update(self, **kwargs) -> int:
        raise RuleViolation(_("Rows of the ledger are never changed; reverse them instead."), code="append_only")

    def delete(self):
        raise RuleViolation(_("Rows of the ledger are never deleted; reverse them instead."), code="append_only")

    update.alters_data = delete.alters_data = True


class Ledger(models.Model):
    """An append-only fact. The database refuses UPDATE and DELETE by trigger."""

    created_at = CreatedAt()
    created_by = CreatedBy()

    objects = AppendOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise RuleViolation(_("Rows of the ledger are never changed; reverse them instead."), code="append_only")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise RuleViolation(_("Rows of the ledger are never deleted; reverse them instead."), code="append_only")


@dataclass(frozen=True)
class Act:
    """One step of a document's life: from which statuses it may be taken, and where it can lead."""

    label: str
    sources: frozenset[str]
    targets: frozenset[str]


def act(label, sources: Iterable[str], to: Iterable[str] = ()) -> Act:
    """Declare a step; without `to` the status stays as it is."""
    sources = frozenset(map(str, sources))
    return Act(label, sources, frozenset(map(str, to)) or sources)


class Document(Tracked):
    """Numbered, with a status and lines. Editable while it is a draft, then advanced by its acts only.

    `NUMBER` names the number's column, `SERIES` its prefix, `EDITABLE` the statuses in which header and
    lines may be edited, `ACTS` every legal step: the one table that services, admin and API all read. `OPEN_LATER`
    names the fields that may be changed after that, and in which statuses; the notes may in every one.
    """

    NUMBER: ClassVar[str]
    SERIES: ClassVar[str]
    EDITABLE: ClassVar[frozenset[str]]
    ACTS: ClassVar[Mapping[str, Act]]
    OPEN_LATER: ClassVar[Mapping[str, Collection[str]]] = {}

    notes = LongText()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return getattr(self, self.NUMBER)

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE

    @property
    def allowed_actions(self) -> list[str]:
        """The steps that the status allows now; permission and stock may still refuse one."""
        return [name for name, step in self.ACTS.items() if self.status in step.sources]

    def may(self, name: str) -> None:
        """Raise InvalidTransition unless the status allows the step `name`."""
        if name not in self.allowed_actions:
            raise InvalidTransition(
                _("%(document)s is %(status)s; “%(act)s” is not possible now.")
                % {"document": self, "status": self.get_status_display().lower(), "act": self.ACTS[name].label},
                current_status=self.status,
                allowed_actions=self.allowed_actions,
            )

    def require_editable(self) -> None:
        """Raise InvalidTransition unless header and lines may still be edited."""
        if not self.is_editable:
            raise InvalidTransition(
                LOCKED_DOCUMENT % {"document": self, "status": self.get_status_display().lower()},
                current_status=self.status,
                allowed_actions=self.allowed_actions,
            )

    @property
    def open_fields(self) -> frozenset[str]:
        """The fields that may still be changed once header and lines may not."""
        return frozenset({"notes", *(name for name, when in self.OPEN_LATER.items() if self.status in when)})

    def require_open(self, names: Iterable[str]) -> None:
        """Raise InvalidTransition unless each of these fields may be changed now."""
        if not self.open_fields.issuperset(names):
            self.require_editable()

    def advance(self, status: str, **changes: object) -> None:
        """Write the new status together with what belongs to it. Only services call this, holding the row's lock."""
        self.status = status
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=["status", *changes, "updated_at", "updated_by"])


def number_field(label) -> Text:
    """The column of a document's number: given at creation, never typed."""
    return Text(label, max_length=40, editable=False)
