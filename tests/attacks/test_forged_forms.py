"""Forms that send more than was asked: what a page does not offer is not written, whatever is sent along."""

import pytest
from django.contrib import admin
from django.db import models

from accounts.models import Role, User
from tests.back_office import Desk, url
from tests.factories import MODULES, factory_of
from tests.factories.accounts import RoleFactory, StaffFactory

pytestmark = pytest.mark.django_db

WRITTEN = {"updated_at", "updated_by"}  # by every change
KINDS = [model for model in admin.site._registry if model._meta.app_label in MODULES]


def forged(column: models.Field, other: User) -> object:
    """A value that the column could have, and has not."""
    if column.is_relation:
        return other.pk
    if column.choices:
        return [value for value, _label in column.flatchoices][-1]
    if isinstance(column, models.BooleanField):
        return "on"
    if isinstance(column, models.DateTimeField | models.DateField):
        return "2001-01-01"
    return "4711"


@pytest.mark.parametrize("model", KINDS, ids=lambda model: model._meta.label)
def test_what_a_page_does_not_offer_is_not_written(model):
    row, desk, other = factory_of(model)(), Desk(), StaffFactory()
    page = desk.open(model, "change", row.pk)
    offered = set(page.context["adminform"].form.fields)
    hidden = [column for column in model._meta.concrete_fields if column.name not in offered | WRITTEN]
    before = model._base_manager.filter(pk=row.pk).values(*[column.name for column in hidden]).get()
    data = desk.entries(page) | {column.name: forged(column, other) for column in hidden}
    desk.client.post(url(model, "change", row.pk), data)
    assert model._base_manager.filter(pk=row.pk).values(*before).get() == before


def test_flags_of_people_and_roles_are_not_for_everybody():
    """Who may write accounts and roles, and is nobody special, makes nobody special, oneself least of all."""
    desk = Desk("accounts.*")
    friend, role = StaffFactory(), RoleFactory(permissions=["accounts.view_user"])
    everything = Role.objects.get(name="Administrator")
    lines = {"user_roles-TOTAL_FORMS": 1, "user_roles-INITIAL_FORMS": 0, "user_roles-0-role": everything.pk}
    for user in (friend, desk.user):
        desk.edit(user, is_superuser="on")
        desk.client.post(url(User, "change", user.pk), desk.entries(desk.open(User, "change", user.pk)) | lines)
        user = User.objects.get(pk=user.pk)
        assert not user.is_superuser
        assert everything not in user.roles.all()
    data = desk.entries(desk.open(Role, "change", role.pk))
    for name in ("permissions", "permissions_list", "permissions_0", "permissions_text"):
        desk.client.post(url(Role, "change", role.pk), data | {name: "*", "is_system": "on"})
        role.refresh_from_db()
        assert (role.permissions, role.is_system) == (["accounts.view_user"], False)
