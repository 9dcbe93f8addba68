"""People and roles for tests."""

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from accounts.models import Role, User, UserRole

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    """An active account without any role. `roles=[...]` gives it some, `permissions=[...]` a role of its own."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    first_name = "Ada"
    last_name = factory.Sequence(lambda n: f"Lovelace {n}")

    @factory.post_generation
    def roles(self, create, extracted, **kwargs):
        for role in extracted or ():
            UserRole.objects.create(user=self, role=role)

    @factory.post_generation
    def permissions(self, create, extracted, **kwargs):
        if extracted:
            UserRole.objects.create(user=self, role=RoleFactory(permissions=list(extracted)))


class StaffFactory(UserFactory):
    """Someone who may sign in to the back office."""

    is_staff = True


class SuperuserFactory(StaffFactory):
    """Someone who may do everything."""

    is_superuser = True


class RoleFactory(DjangoModelFactory):
    class Meta:
        model = Role

    name = factory.Sequence(lambda n: f"Role {n}")
    permissions = factory.LazyFunction(lambda: ["catalog.view_product"])


class UserRoleFactory(DjangoModelFactory):
    class Meta:
        model = UserRole

    user = factory.SubFactory(UserFactory)
    role = factory.SubFactory(RoleFactory)
