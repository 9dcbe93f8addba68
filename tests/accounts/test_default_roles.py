"""The roles that come with the product."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command

from accounts.default_roles import ROLES
from accounts.models import Role
from accounts.permissions import expand, known_permissions, validate_permissions
from inventory_project.base.discretion import SEE_COST
from tests.factories.accounts import RoleFactory, UserFactory

pytestmark = pytest.mark.django_db


def may(role: str, permission: str) -> bool:
    return UserFactory(roles=[Role.objects.get(name=role)]).has_perm(permission)


def test_six_come_along():
    names = ["Accountant", "Administrator", "Auditor", "Catalog manager", "Sales", "Warehouse operator"]
    assert sorted(Role.objects.values_list("name", flat=True)) == names
    assert all(Role.objects.values_list("is_system", flat=True))


@pytest.mark.parametrize("name", ROLES)
def test_each_holds_known_permissions_only(name):
    validate_permissions(Role.objects.get(name=name).permissions)


def test_migrating_again_leaves_them_as_they_were_changed_to():
    role = Role.objects.get(name="Sales")
    role.permissions = ["sales.view_order"]
    role.save()
    Role.objects.get(name="Auditor").delete()
    call_command("migrate", verbosity=0)
    role.refresh_from_db()
    assert role.permissions == ["sales.view_order"]
    assert Role.objects.filter(name="Auditor").exists()
    assert Role.objects.count() == 6


@pytest.mark.parametrize(
    ("role", "can", "cannot"),
    [
        ("Administrator", "accounts.delete_user billing.void_payment stock.adjust_inventory", ""),
        (
            "Catalog manager",
            "catalog.change_product stock.view_inventory stock.see_cost_inventory",
            "stock.adjust_inventory sales.view_order",
        ),
        (
            "Warehouse operator",
            "stock.adjust_inventory stock.post_goodsreceipt sales.ship_order sales.receive_salesreturn "
            "sales.view_order catalog.view_product",
            "sales.confirm_order sales.approve_salesreturn catalog.change_product billing.view_invoice",
        ),
        (
            "Sales",
            "sales.confirm_order sales.add_customer stock.view_inventory billing.view_invoice billing.add_invoice",
            "billing.view_payment billing.issue_invoice billing.pay_invoice stock.adjust_inventory "
            "stock.see_cost_inventory",
        ),
        (
            "Accountant",
            "billing.pay_invoice billing.issue_creditnote sales.view_order stock.view_inventory "
            "stock.see_cost_inventory",
            "sales.confirm_order stock.adjust_inventory accounts.change_role",
        ),
        (
            "Auditor",
            "billing.view_payment accounts.view_user stock.see_cost_inventory",
            "billing.pay_invoice catalog.change_product",
        ),
    ],
)
def test_what_each_may_do(role, can, cannot):
    assert [name for name in can.split() if not may(role, name)] == []
    assert [name for name in cannot.split() if may(role, name)] == []


def test_administrators_may_do_everything_and_auditors_change_nothing():
    assert expand(["*"]) == known_permissions()
    auditor = expand(Role.objects.get(name="Auditor").permissions)
    assert all(".view_" in name or name == SEE_COST for name in auditor)
    every = {
        model
        for app in ("accounts", "catalog", "stock", "sales", "billing")
        for model in apps.get_app_config(app).get_models()
    }
    assert len(auditor) >= len(every)


def test_whoever_counts_blind_does_not_see_what_is_expected():
    assert may("Warehouse operator", "stock.enter_stockcount")
    assert not may("Warehouse operator", "stock.see_expected_stockcount")


def test_what_one_role_takes_out_another_may_give():
    counter, chief = Role.objects.get(name="Warehouse operator"), RoleFactory(permissions=["stock.see_*"])
    assert UserFactory(roles=[counter, chief]).has_perm("stock.see_expected_stockcount")


def test_taking_out_what_nobody_knows_is_refused():
    with pytest.raises(ValidationError, match="is no known permission"):
        validate_permissions(["stock.*", "!stock.fly_lot"])
