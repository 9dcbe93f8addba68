"""One factory per model, in a module per app."""

from importlib import import_module
from inspect import isclass

from django.db.models import Model
from factory.django import DjangoModelFactory

MODULES = ("accounts", "catalog", "stock", "sales", "billing")


def factory_of(model: type[Model]) -> type[DjangoModelFactory]:
    """The model's factory: the class in its app's module that is named after it."""
    module = import_module(f"{__name__}.{model._meta.app_label}")
    found = getattr(module, f"{model.__name__}Factory", None)
    if not (isclass(found) and issubclass(found, DjangoModelFactory)):
        raise LookupError(f"{module.__name__} has no {model.__name__}Factory")
    return found
