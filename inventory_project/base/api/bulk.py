"""Many records in one request: each checked as it is alone, all written together, and an answer for each."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import DataError, IntegrityError, models, transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from ..database_errors import refusal
from ..errors import RuleViolation
from .exceptions import ApiProblem, MissingPermission, pointers
from .fields import IdField, ShortList, StrictBoolean
from .serializers import ActInput, ids_in

MOST = 500
ATOMIC = _("true (the default): all or none. false: those that are right, and a result for each.")


def rows_field(serializer_class: type[serializers.BaseSerializer]) -> ShortList:
    """Up to 500 entries that look like those of the serializer, which are checked one by one later."""
    described = extend_schema_field(serializer_class(many=True, partial=True))
    kind = described(type("Rows", (ShortList,), {}))
    return kind(child=serializers.DictField(), min_length=1, max_length=MOST)


class BulkInput(ActInput):
    """Entries, and whether one that is wrong stops the others."""

    atomic = StrictBoolean(required=False, default=True, help_text=ATOMIC)


class BulkResult(serializers.Serializer):
    """What came of one entry."""

    index = serializers.IntegerField()
    result = serializers.ChoiceField(choices=["created", "updated", "unchanged", "done", "refused"])
    id = serializers.IntegerField(required=False, help_text="Of the record.")
    errors = serializers.ListField(child=serializers.DictField(), required=False, help_text="Why it was refused.")


class BulkAnswer(serializers.Serializer):
    """One result for each entry, in their order."""

    results = BulkResult(many=True)


@dataclass
class Entry:
    """One entry of a request, from what was sent to what came of it."""

    index: int
    data: Mapping[str, object]
    values: dict[str, object] | None = None
    before: models.Model | None = None
    row: models.Model | None = None
    result: str = "done"
    errors: list[dict[str, str]] = field(default_factory=list)

    def refuse(self, errors: Iterable[dict[str, str]]) -> None:
        self.result, self.errors = "refused", list(errors)

    def refuse_as(self, problem: Exception) -> None:
        """Refused by a service or, at last, by the database."""
        known = problem if isinstance(problem, RuleViolation) else refusal(problem)
        path = known.field.removeprefix("lines/0")
        pointer = path if path.startswith("/") or not path else f"/{path}"
        self.refuse([{"pointer": pointer, "code": known.code, "message": str(known)}])

    def answer(self) -> dict[str, object]:
        found: dict[str, object] = {"index": self.index, "result": self.result}
        if self.errors:
            found["errors"] = self.errors
        elif self.row is not None:
            found["id"] = self.row.pk
        return found


def check(
    child: serializers.Serializer,
    data: Sequence[Mapping[str, object]],
    key: Callable[[Mapping[str, object]], Hashable] = lambda entry: None,
    known: Mapping[Hashable, models.Model] | None = None,
) -> list[Entry]:
    """Check each entry with the one serializer, as a change of the record that it names or as a new one."""
    for name, one in child.fields.items():
        if isinstance(one, IdField) and not one.read_only:
            one.known = one.get_queryset().in_bulk(ids_in(data, name))
    entries, seen = [], set()
    for index, sent in enumerate(data):
        entry, name = Entry(index, sent), key(sent)
        entry.before = (known or {}).get(name)
        child.instance, child.partial, child.initial_data = entry.before, entry.before is not None, sent
        try:
            if name is not None and name in seen:
                raise ValidationError([ErrorDetail(_("An entry before this one is about the same."), "duplicate")])
            seen.add(name)
            entry.values = child.run_validation(sent)
            entry.row = getattr(child, "row", None)
        except ValidationError as error:
            entry.refuse(pointers(error.detail))
        entries.append(entry)
    return entries


def require_all(entries: Sequence[Entry]) -> None:
    """All or none: refuse the request if any entry was refused, with the place of each error in it."""
    errors = [
        {**error, "pointer": f"/items/{entry.index}{error['pointer']}"} for entry in entries for error in entry.errors
    ]
    if errors:
        detail = " ".join(dict.fromkeys(error["message"] for error in errors))
        raise ApiProblem("invalid", detail, errors=errors)


def write(entries: Sequence[Entry], run: Callable[[Sequence[Entry]], object], *, atomic: bool) -> list[object]:
    """Write those that are right together. If that is refused and not all are needed, each one by itself."""
    good = [entry for entry in entries if not entry.errors]
    if atomic:
        require_all(entries)
        return [run(good)]
    try:
        with transaction.atomic():
            return [run(good)] if good else []
    except (RuleViolation, IntegrityError, DataError):
        return list(_one_by_one(good, run))


def _one_by_one(entries: Sequence[Entry], run: Callable[[Sequence[Entry]], object]) -> Iterable[object]:
    for entry in entries:
        if entry.row is not None and entry.before is None:
            entry.row.pk, entry.row._state.adding = None, True  # as before the attempt that was taken back
        try:
            with transaction.atomic():
                yield run([entry])
        except (RuleViolation, IntegrityError, DataError) as problem:
            entry.refuse_as(problem)


def upsert(
    view, child: serializers.Serializer, key: Callable, known: Callable, save: Callable[..., object]
) -> list[Entry]:
    """Write what the body of the request lists: what `known` finds by `key` is changed, the rest is new.

    `save(rows, fields, paths=..., by=...)` writes: of records that exist only these fields.
    """
    sent = view.sent()
    keys = {key(entry) for entry in sent["items"]} - {None}
    entries = check(child, sent["items"], key, known(keys))
    sort_out(entries, view.request.user)

    def run(chosen: Sequence[Entry]) -> None:
        touched = [entry for entry in chosen if entry.result != "unchanged"]
        alone = len(chosen) == 1 < len(entries)
        paths = ["lines/0" if alone and not sent["atomic"] else f"lines/{entry.index}" for entry in touched]
        fields = {name for entry in touched for name in entry.values}
        save([entry.row for entry in touched], fields, paths=paths, by=view.request.user)

    write(entries, run, atomic=sent["atomic"])
    return entries


def sort_out(entries: Iterable[Entry], user) -> None:
    """Say of each entry whether it makes, changes or leaves a record, and whether the user may."""
    for entry in entries:
        if entry.errors:
            continue
        if entry.before is None:
            entry.result = "created"
        else:
            columns = [entry.row._meta.get_field(name).attname for name in entry.values]
            same = all(getattr(entry.before, name) == getattr(entry.row, name) for name in columns)
            entry.result = "unchanged" if same else "updated"
    for result, step in (("created", "add"), ("updated", "change")):
        touched = next((entry for entry in entries if entry.result == result), None)
        if touched:
            options = touched.row._meta
            permission = f"{options.app_label}.{step}_{options.model_name}"
            if not user.has_perm(permission):
                raise MissingPermission(permission)


class EachByItself:
    """Mixin for viewsets with acts on many lines, of which those that are wrong need not stop the others."""

    def each_by_itself(self, input_class: type[ActInput]) -> dict[str, object] | None:
        """What was sent, with its lines unchecked, if `atomic` is false."""
        if not isinstance(self.request.data, Mapping) or self.request.data.get("atomic") is not False:
            return None
        fields = {name: one for name, one in input_class._declared_fields.items() if name != "items"}
        rows = ShortList(child=serializers.DictField(), min_length=1, max_length=MOST)
        envelope = type("Envelope", (ActInput,), {**fields, "items": rows})(data=self.request.data)
        envelope.is_valid(raise_exception=True)
        return envelope.parameters()


def act_on_each(
    data: Sequence[Mapping[str, object]], child: serializers.Serializer, run: Callable[[Sequence[Entry]], object]
) -> tuple[list[dict[str, object]], list]:
    """Run an act for all entries that are right; the result of each, and what the act returned."""
    entries = check(child, data)
    done = write(entries, run, atomic=False)
    return [entry.answer() for entry in entries], done
