"""What all views of the API share: who acts, which parameters are known, one effect per key, trial runs."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers, viewsets
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from ..actor import set_actor
from ..caching import Shelf
from ..replicas import read_late
from ..transactions import in_transaction
from ..trials import trying
from .conditional import etag, unchanged, version_of
from .exceptions import InvalidParameters, parameter_error
from .filters import ApiFilterBackend, filterset_of, order_of, refuse_unknown
from .idempotency import answer_once, fingerprint_of, key_of
from .pagination import KeysetPagination, terms_of
from .router import address_of, viewset_of
from .rows import Row, fetch, finish
from .serializers import ActInput
from .shapes import Selection, select
from .values import Kind

SHAPING = frozenset({"fields", "expand"})
PAGING = frozenset({"limit", "cursor", "count", "ordering"})
OF_WHAT_IS_KEPT = ("Location", "ETag")
"""Headers that a trial leaves out: nothing will be found there."""


class ApiViewSet(viewsets.GenericViewSet):
    """Base of the viewsets of all models: reading them.

    `filterset_fields`, `search_fields` and `ordering_fields` say what its list offers; `ordering` its own order.
    """

    filter_backends = [ApiFilterBackend]
    pagination_class = KeysetPagination
    filterset_fields: tuple[str, ...] = ()
    search_fields: tuple[str, ...] = ()
    ordering_fields: tuple[str, ...] = ()
    ordering: tuple[str, ...] = ("-id",)
    lookup_value_regex = "[0-9]{1,18}"
    metadata_class = None

    required_perm: str | None = None
    """The permission of the present act; acts set it with @action."""
    input_class: type[ActInput] | None = None
    """What the present act needs to know; acts set it with @action."""
    output_class: type[serializers.Serializer] | None = None
    """What the present act answers with, if it is no record."""
    lists: "type[ApiViewSet] | None" = None
    """The viewset of the records that the present action lists, if not the viewset's own; set with @action."""
    makes: type[models.Model] | None = None
    """The kind of record that the present act makes and answers with; set with @action."""
    takes: Mapping[str, Kind] | None = None
    """The parameters of the present action, if it answers with no records of the viewset; set with @action."""

    def initial(self, request, *args, **kwargs) -> None:
        self.idempotency_key = key_of(request) if request.method == "POST" else ""
        if self.idempotency_key:
            self.fingerprint = fingerprint_of(request._request)  # before anybody reads the body as a stream
        super().initial(request, *args, **kwargs)
        set_actor(request.user)
        if any("\x00" in value for value in self.kwargs.values()):
            self.not_found()
        refuse_unknown(request, self.known_parameters())
        if request.method == "POST" and hasattr(self, "post"):
            self.post = partial(self._post_once, self.post)

    def known_parameters(self) -> set[str]:
        """The parameters of the address that the present action reads."""
        shaping = SHAPING if self.takes is None else self.takes
        if self.request.method == "POST":
            return {"dry_run", *shaping}
        if self.takes is not None:
            return set(shaping)
        listed = self.lists or (self.__class__ if self.action == "list" else None)
        if listed is None:
            return set(SHAPING)
        search = {"search"} if listed.search_fields else set()
        return {*SHAPING, *PAGING, *search, *filterset_of(listed).base_filters}

    def asked(self) -> dict[str, object]:
        """The parameters in `takes` that were given, as what they mean."""
        found, errors = {}, []
        for name in self.request.query_params.keys() & self.takes.keys():
            try:
                found[name] = self.takes[name].parse(self.request.query_params[name])
            except ValidationError as error:
                allowed = (error.params or {}).get("allowed")
                facts = {"allowed": allowed} if allowed else {}
                errors.append(parameter_error(name, " ".join(error.messages), error.code or "invalid", **facts))
        if errors:
            raise InvalidParameters(*errors)
        return found

    # Reading.

    kept_on: Shelf | None = None
    """Where pages of the list are kept, for kinds that are read often and change seldom, and hide nothing."""

    def list(self, request, *args, **kwargs) -> Response:
        """A page of the list."""
        if self.kept_on is None or "expand" in request.query_params:
            return read_late(lambda: self.page_of(self.filter_queryset(self.get_queryset())), user_id=request.user.pk)
        address = sha256(request.build_absolute_uri().encode()).hexdigest()
        data, headers = self.kept_on.get(address, self._page_to_keep)
        return Response(data, headers=headers)

    def _page_to_keep(self) -> tuple[object, dict[str, str]]:
        page = self.page_of(self.filter_queryset(self.get_queryset()))
        return page.data, dict(page.headers)

    def retrieve(self, request, *args, **kwargs) -> HttpResponse:
        """One record, with its lines."""
        return self.answer(self.get_queryset().filter(pk=kwargs["pk"]))

    def page_of(self, queryset) -> Response:
        """A page of the queryset as `?fields=`, `?expand=`, `?ordering=` and the cursor want it."""
        terms = terms_of(queryset.model, order_of(self, self.request))
        return self.paginator.page(queryset, self.selection(detail=False), terms, self.request)

    def selection(self, *, detail: bool) -> Selection:
        """What the request wants to see, and may."""
        wanted = {name: self.request.query_params.get(name) for name in SHAPING}
        return select(self.serializer_class, self.request.user, detail=detail, **wanted)

    def answer(self, queryset, *, status: int = 200, location: str = "") -> HttpResponse:
        """The one record of the queryset, with its ETag; 304 without it if the caller has it already."""
        selection = self.selection(detail=True)
        version = selection.shape.version
        rows = fetch(queryset, selection, also=["id", version])
        if not rows:
            self.not_found()
        pk, changed = rows[0]["id"], rows[0][version]
        (row,) = finish(rows, selection, self.request.build_absolute_uri)
        state = "".join(str(int(row[name])) for name in self.volatile if name in row)
        tag = etag(version_of(pk, changed), state)
        whole = not selection.expand.keys() - selection.shape.nested.keys()
        if self.request.method == "GET" and whole and unchanged(self.request, tag):
            return HttpResponse(status=304, headers={"ETag": tag})
        headers = {"ETag": tag} if whole else {}
        if location:
            headers["Location"] = self.request.build_absolute_uri(location)
        return Response(row, status=status, headers=headers)

    volatile: tuple[str, ...] = ()
    """Computed yes-or-no fields that change without the record being written."""

    def children(self, field: str) -> Response:
        """The records whose foreign key `field` is the record of the address, as their own viewset lists them."""
        if not self.get_queryset().filter(pk=self.kwargs["pk"]).exists():
            self.not_found()
        view = self._sibling(self.lists, "list")
        view.check_permissions(self.request)
        return view.page_of(view.filter_queryset(view.get_queryset().filter(**{field: self.kwargs["pk"]})))

    def answer_with(self, row: models.Model) -> HttpResponse:
        """The record that an act has made, as its own viewset shows it, with its address."""
        view = self._sibling(viewset_of(row.__class__), "retrieve")
        return view.answer(view.get_queryset().filter(pk=row.pk), status=201, location=address_of(row))

    def shown(self, made: Sequence[models.Model]) -> Sequence[Row]:
        """The records that an act has made, as their own viewset lists them."""
        if not made:
            return []
        view = self._sibling(viewset_of(made[0].__class__), "list")
        selection = select(view.serializer_class, self.request.user, detail=False)
        queryset = view.get_queryset().filter(pk__in=[row.pk for row in made]).order_by("pk")
        return finish(fetch(queryset, selection), selection, self.request.build_absolute_uri)

    def _sibling(self, viewset: "type[ApiViewSet]", action: str) -> "ApiViewSet":
        return viewset(request=self.request, args=(), kwargs={}, action=action, format_kwarg=None)

    def not_found(self) -> None:
        """Say that there is no such record."""
        name = self.queryset.model._meta.verbose_name
        raise NotFound(_("There is no such %(name)s.") % {"name": name})

    # Writing.

    def _post_once(self, handler, request, *args, **kwargs) -> HttpResponse:
        """Every POST: as a trial that is taken back, once per key, or simply in one transaction."""
        effect = partial(handler, request, *args, **kwargs)
        if self._is_trial():
            return in_transaction(partial(self._tried, effect))
        if self.idempotency_key:
            once = partial(answer_once, request, self.idempotency_key, self.fingerprint, effect)
            return in_transaction(once)
        return in_transaction(effect)

    def may_be_told(self, model: type[models.Model]) -> bool:
        """Whether a trial says which records of the model would be written."""
        return self.request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")

    def _tried(self, effect: Callable[[], HttpResponse]) -> HttpResponse:
        with trying() as trial:
            response = effect()
            for name, rows in trial.noted.items():
                if self.may_be_told(rows[0].__class__):
                    response.data.setdefault(name, self.shown(rows))
        transaction.set_rollback(True)
        for name in OF_WHAT_IS_KEPT:
            del response[name]
        response["Dry-Run"] = "true"
        return response

    def _is_trial(self) -> bool:
        text = self.request.query_params.get("dry_run", "false")
        if text not in ("true", "false"):
            raise InvalidParameters(
                parameter_error("dry_run", _("dry_run must be true or false."), allowed=["true", "false"])
            )
        return text == "true"
