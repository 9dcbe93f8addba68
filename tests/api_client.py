"""Calling the API in tests, as programs do: with a key."""

from collections.abc import Iterable

from django.db import models
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import create_token
from inventory_project.base.api.router import prefixes
from inventory_project.base.api.viewsets import ApiViewSet
from inventory_project.urls import urlpatterns as _urlpatterns  # noqa: F401  (fills the list of addresses)
from tests.factories.accounts import SuperuserFactory, UserFactory

VIEWSETS: dict[str, type[ApiViewSet]] = prefixes()
MODELS: dict[str, type[models.Model]] = {prefix: viewset.queryset.model for prefix, viewset in VIEWSETS.items()}


def client_for(user: User) -> APIClient:
    """A program with a key of the user."""
    token, key = create_token(user, "test")
    type(token).objects.filter(pk=token.pk).update(last_used_at=timezone.now())  # so that calls cost what they do later
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client


def root_client() -> APIClient:
    """A program that may do everything."""
    return client_for(SuperuserFactory())


def clerk_client(*permissions: str) -> APIClient:
    """A program that may do what is named, and nothing else."""
    return client_for(UserFactory(permissions=permissions))


def address(row: models.Model, *steps: str) -> str:
    """Where a record is, or one of its acts: `address(order, "confirm")`."""
    prefix = next(prefix for prefix, model in MODELS.items() if isinstance(row, model))
    return "/".join(["/api/v1", prefix, str(row.pk), *steps]) + "/"


def ids(results: Iterable[dict]) -> list[int]:
    return [row["id"] for row in results]
