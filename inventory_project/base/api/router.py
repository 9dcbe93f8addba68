"""Addresses of the viewsets, with or without the slash at the end, and which viewset shows which model."""

from django.db import models
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

_viewsets: dict[type[models.Model], type[GenericViewSet]] = {}
_prefixes: dict[str, type[GenericViewSet]] = {}
_further: set[str] = set()


class ApiRouter(SimpleRouter):
    """The addresses of one app."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"

    def register(self, prefix: str, viewset: type[GenericViewSet], basename: str | None = None) -> None:
        super().register(prefix, viewset, basename)
        _viewsets[viewset.queryset.model] = viewset
        _prefixes[prefix] = viewset


def viewset_of(model: type[models.Model]) -> type[GenericViewSet]:
    """The viewset that shows a model."""
    return _viewsets[model]


def serializer_of(model: type[models.Model]):
    """The serializer that describes a model."""
    return _viewsets[model].serializer_class


def prefixes() -> dict[str, type[GenericViewSet]]:
    """Every list of the API by the first part of its address."""
    return dict(_prefixes)


def show_at_root(prefix: str) -> None:
    """Let the root name an address below which there are no records."""
    _further.add(prefix)


def at_root() -> list[str]:
    """What the root names."""
    return sorted([*_prefixes, *_further])


def address_of(row: models.Model) -> str:
    """Where a record is found."""
    viewset = _viewsets[row.__class__]
    prefix = next(prefix for prefix, candidate in _prefixes.items() if candidate is viewset)
    return f"/api/v1/{prefix}/{row.pk}/"
