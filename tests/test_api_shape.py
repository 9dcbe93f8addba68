"""How the API's code is kept together: what the base promises and the concrete viewsets must not undo."""

import inspect

import pytest

from inventory_project.base.api.serializers import ApiSerializer, Lines
from inventory_project.base.api.shapes import shape_of
from inventory_project.base.api.viewsets import (
    DocumentViewSet,
    LedgerViewSet,
    LineViewSet,
    ReferenceViewSet,
    StateViewSet,
)
from inventory_project.base.models import Document, Ledger, Line, Reference, State
from tests.api_client import MODELS, VIEWSETS

ARCHETYPES = {
    Reference: ReferenceViewSet,
    Line: LineViewSet,
    Document: DocumentViewSet,
    State: StateViewSet,
    Ledger: LedgerViewSet,
}
EVERY = pytest.mark.parametrize("prefix", sorted(MODELS))


@EVERY
def test_each_viewset_is_of_its_models_archetype(prefix):
    [expected] = [viewset for base, viewset in ARCHETYPES.items() if issubclass(MODELS[prefix], base)]
    assert issubclass(VIEWSETS[prefix], expected)


@EVERY
def test_each_viewset_and_serializer_is_written_out(prefix):
    viewset = VIEWSETS[prefix]
    assert f"class {viewset.__name__}(" in inspect.getsource(inspect.getmodule(viewset))
    assert isinstance(viewset.serializer_class.Meta.fields, tuple)
    assert issubclass(viewset.serializer_class, ApiSerializer)


@EVERY
def test_every_declared_name_exists(prefix):
    viewset = VIEWSETS[prefix]
    shape = shape_of(viewset.serializer_class)
    columns = {field.name for field in MODELS[prefix]._meta.concrete_fields}
    assert set(viewset.ordering_fields) <= columns
    assert set(viewset.volatile) <= set(shape.computed)
    assert set(getattr(viewset.serializer_class.Meta, "create_only", ())) <= set(viewset.serializer_class().fields)
    assert {name for needed in shape.computed.values() for name in needed} <= columns
    assert set(shape.guarded) <= set(shape.names)


@EVERY
def test_nested_lines_look_their_references_up_together(prefix):
    for field in VIEWSETS[prefix].serializer_class().fields.values():
        if hasattr(field, "child") and hasattr(field.child, "fields"):
            assert isinstance(field, Lines)


@EVERY
def test_the_parent_of_a_line_is_locked_before_it(prefix):
    """Documents come before their lines in the order of locks."""
    model, viewset = MODELS[prefix], VIEWSETS[prefix]
    if issubclass(model, Line) and issubclass(model._meta.get_field(model.PARENT).related_model, Document):
        assert viewset.lock_before[-1] == model.PARENT
        above = VIEWSETS[next(p for p, m in MODELS.items() if m is model._meta.get_field(model.PARENT).related_model)]
        assert viewset.lock_before[:-1] == tuple(f"{model.PARENT}__{path}" for path in above.lock_before)
