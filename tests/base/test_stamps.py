"""Every row says when and by whom, however it was written."""

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import User
from catalog.models import Category
from inventory_project.base.actor import acting_as, current_actor_id
from inventory_project.base.models import Ledger, Tracked
from inventory_project.base.services import service
from tests.factories import factory_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> tuple[User, User]:
    return tuple(User.objects.create_user(name, f"{name}@example.com", "secret") for name in ("anna", "ben"))


def test_who_creates_and_who_changes_is_written_down(people):
    anna, ben = people
    with acting_as(anna):
        category = Category.objects.create(name="Tools")
    with acting_as(ben):
        category.name = "Hand tools"
        category.save()

    category.refresh_from_db()
    assert (category.created_by, category.updated_by) == (anna, ben)
    assert category.created_at < category.updated_at


def test_update_of_many_rows_stamps_them(people):
    _anna, ben = people
    Category.objects.create(name="Tools")
    before = Category.objects.get().updated_at
    with acting_as(ben):
        Category.objects.update(description="new")

    category = Category.objects.get()
    assert category.updated_by == ben
    assert category.updated_at > before


def test_bulk_writes_stamp_too(people):
    anna, ben = people
    with acting_as(anna):
        rows = Category.objects.bulk_create([Category(name="A"), Category(name="B")])
    with acting_as(ben):
        Category.objects.bulk_update(rows, ["description"])

    assert {(row.created_by, row.updated_by) for row in Category.objects.all()} == {(anna, ben)}


def test_the_system_writes_without_a_name():
    category = Category.objects.create(name="Tools")

    assert (category.created_by, category.updated_by) == (None, None)


def test_the_database_stamps_rows_of_other_programs(people):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO category (name, description, is_active) VALUES ('Raw', '', %s)", [True])

    category = Category.objects.get(name="Raw")
    assert category.created_at is not None
    assert category.updated_at is not None


def test_a_service_acts_for_its_user_and_no_longer(people):
    anna, _ben = people

    @service
    def actor_inside(*, by):
        return current_actor_id()

    assert actor_inside(by=anna) == anna.pk
    assert current_actor_id() is None


def test_a_service_that_fails_writes_nothing(people):
    anna, _ben = people

    @service
    def fail(*, by):
        Category.objects.create(name="Half done")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail(by=anna)
    assert not Category.objects.exists()


# Their factories call a service, which acts for whom it is told.
MADE_BY_SERVICE = {"StockMovement", "Reservation", "Payment"}
TRACKED = [model for model in apps.get_models() if issubclass(model, Tracked | Ledger)]


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model.__name__)
def test_every_model_knows_who_wrote_it_whichever_way(people, model):
    anna, ben = people
    with acting_as(anna):
        first, second = factory_of(model)(), factory_of(model)()
    made = model._base_manager.filter(pk__in=[first.pk, second.pk])
    if model.__name__ not in MADE_BY_SERVICE:
        assert {row.created_by for row in made} == {anna}
    if issubclass(model, Ledger):
        return
    with acting_as(ben):
        model.objects.filter(pk=first.pk).update(created_at=first.created_at)
        model.objects.bulk_update([second], ["created_at"])
    assert {row.updated_by for row in made.all()} == {ben}
