"""The archetypes at the API: one base class each. Concrete viewsets declare what is theirs, in a few lines."""

from collections.abc import Callable, Mapping

from django.db import models, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.response import Response

from ..models import Document, Line
from ..references import refuse_while_referenced
from ..services import lock, save_document, save_lines
from ..transactions import in_transaction
from .conditional import require_match, version_of
from .router import address_of
from .serializers import Nothing
from .views import ApiViewSet


def nothing_to_do(document: Document) -> None:
    """For documents without totals."""


class LedgerViewSet(ApiViewSet):
    """Facts are read; what makes and reverses them are acts."""


class Acts(ApiViewSet):
    """Acts on a record: a service does each, and the record as it is then is the answer."""

    def records(self, row: models.Model) -> models.QuerySet:
        """The record as a queryset, to be read back."""
        return self.queryset.model._default_manager.filter(pk=row.pk)

    def perform(self, service: Callable[..., object], **more: object) -> HttpResponse:
        """Run an act's service on the record of the address, and answer with the record as it is then.

        If the service has made another one, the header Location names it.
        """
        row = self.found()
        made = service(row, **self.sent(), **more, by=self.request.user)
        address = address_of(made) if isinstance(made, models.Model) and not isinstance(made, row.__class__) else ""
        return self.answer(self.records(row), location=address)

    def found(self) -> models.Model:
        """The record of the address, not locked: services do that themselves."""
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            self.not_found()
        return found

    def sent(self) -> dict[str, object]:
        """What the act was told, checked: what was left out is left to the service's defaults."""
        serializer = (self.input_class or Nothing)(data=self.request.data, context={"view": self})
        serializer.is_valid(raise_exception=True)
        return serializer.parameters()


class Locking(Acts):
    """Changing a record: nobody else does meanwhile, and nobody's change is written over unseen."""

    def locked(self) -> models.Model:
        """The record of the address, locked, and still as the caller knows it (If-Match)."""
        if self.lock_before:
            self.lock_first(self.found())
        queryset = self.queryset.model._base_manager.select_for_update(of=("self",), no_key=True)
        row = queryset.filter(pk__in=self.get_queryset().filter(pk=self.kwargs["pk"]).values("pk")).first()
        if row is None:
            self.not_found()
        require_match(self.request, version_of(row.pk, row.updated_at))
        return row

    lock_before: tuple[str, ...] = ()
    """The references of the record that the order of locks puts before it, the first first."""

    def lock_first(self, row: models.Model) -> None:
        """Lock what comes before the record, so that two who write the same documents never wait for each other."""
        for path in self.lock_before:
            ahead = row
            for step in path.split("__"):
                ahead = getattr(ahead, step) if ahead else None
            if ahead:
                lock(ahead)

    def checked(self, row: models.Model | None = None, *, partial: bool = False):
        """The serializer of the body, found to be right."""
        data, context = self.request.data, {"view": self}
        serializer = self.serializer_class(row, data=data, partial=partial, context=context)
        serializer.is_valid(raise_exception=True)
        return serializer


class Writable(Locking):
    """Creating, changing and deleting, with the rules that are the same for all."""

    def create(self, request, *args, **kwargs) -> HttpResponse:
        """Write a new record."""
        row = self.add(self.checked())
        return self.answer(self.records(row), status=201, location=address_of(row))

    def update(self, request, *args, **kwargs) -> HttpResponse:
        """Write a record anew: what is needed must be sent, the rest stays."""
        return self._change(partial=False)

    def partial_update(self, request, *args, **kwargs) -> HttpResponse:
        """Change the fields that are sent."""
        return self._change(partial=True)

    def destroy(self, request, *args, **kwargs) -> Response:
        """Delete a record that nothing refers to."""
        in_transaction(lambda: self.remove(self.locked()))
        return Response(status=204)

    def _change(self, *, partial: bool) -> HttpResponse:
        def change() -> HttpResponse:
            row = self.locked()
            self.require_open(row)
            self.save(self.checked(row, partial=partial))
            return self.answer(self.records(row))

        return in_transaction(change)

    # What the archetypes do differently.

    def require_open(self, row: models.Model) -> None:
        """Refuse, before anything else, records that may not be edited any more."""

    def add(self, serializer) -> models.Model:
        serializer.row.save()
        return serializer.row

    def save(self, serializer) -> None:
        serializer.row.save()

    def remove(self, row: models.Model) -> None:
        row.delete()


class ReferenceViewSet(Writable):
    """Named things. Once anything refers to one, it is deactivated instead of deleted."""

    ordering = ("id",)

    def remove(self, row: models.Model) -> None:
        self.refuse_if_referenced(row)
        row.delete()

    def refuse_if_referenced(self, row: models.Model) -> None:
        """Say in words what refers to the record, and what to do instead of deleting it."""
        has_flag = any(field.name == "is_active" for field in row._meta.concrete_fields)
        refuse_while_referenced(row, instead=_("Deactivate it instead (is_active: false).") if has_flag else "")


class StateViewSet(Locking):
    """Balances are written by services; what people may note on them is changed here."""

    def partial_update(self, request, *args, **kwargs) -> HttpResponse:
        """Change the notes and the fields that only guide people."""
        with transaction.atomic():
            row = self.locked()
            serializer = self.checked(row, partial=True)
            serializer.row.save(update_fields=[*serializer.validated_data, "updated_at", "updated_by"])
            return self.answer(self.records(row))


class LineViewSet(Writable):
    """Parts of a document or a reference: written while their parent may be edited, and its totals follow."""

    recalculate: Callable[[models.Model], None] | None = None

    ordering = ("id",)

    def require_open(self, row: Line) -> None:
        if isinstance(row.parent, Document):
            row.parent.require_editable()

    def add(self, serializer) -> models.Model:
        self.lock_first(serializer.row)
        self.require_open(serializer.row)
        self.save(serializer)
        return serializer.row

    def save(self, serializer) -> None:
        self._write(serializer.row, save=[serializer.row])

    def remove(self, row: Line) -> None:
        self._write(row, delete=[row])

    def _write(self, row: Line, **lines: list[Line]) -> None:
        save_lines(row.parent, recalculate=self.__class__.recalculate, by=self.request.user, **lines)


class DocumentViewSet(Writable):
    """Numbered documents: made by their service, edited while a draft, then advanced by their acts."""

    create_service: Callable[..., Document]
    recalculate: Callable[[Document], None] | None = None

    def require_open(self, row: Document) -> None:
        """After the draft the few fields that stay open can be sent, by PATCH, and no other."""
        sent = self.request.data
        if self.request.method == "PATCH" and isinstance(sent, Mapping):
            row.require_open(sent)
        else:
            row.require_editable()

    def add(self, serializer) -> models.Model:
        return self.__class__.create_service(**serializer.parameters(), by=self.request.user)

    def save(self, serializer) -> None:
        recalculate = self.__class__.recalculate or nothing_to_do
        changed = list(serializer.validated_data)
        save_document(serializer.row, changed=changed, recalculate=recalculate, by=self.request.user)

    def remove(self, row: Document) -> None:
        """A draft goes with its lines, and what its lines claimed elsewhere is given back."""
        row.require_editable()
        lines = list(row.items.all()) if hasattr(row, "items") else []
        save_lines(row, delete=lines, recalculate=self.__class__.recalculate, by=self.request.user)
        refuse_while_referenced(row, instead=_("Cancel it instead."))
        row.delete()

    @action(detail=False, url_path=r"by-number/(?P<number>[^/]+?)", url_name="by-number")
    def by_number(self, request, number: str) -> HttpResponse:
        """The document with a number."""
        return self.answer(self.get_queryset().filter(**{self.queryset.model.NUMBER: number}))
