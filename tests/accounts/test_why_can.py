"""Why can this person do that, or not?"""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Role
from accounts.queries import who_may_give, why_can
from accounts.wording import describe
from sales.models import Order
from tests.api_client import client_for
from tests.back_office import Desk, url
from tests.factories.accounts import RoleFactory, StaffFactory, SuperuserFactory, UserFactory

pytestmark = pytest.mark.django_db
WHY, MATRIX = "admin:accounts_role_why", "admin:accounts_role_matrix"


def told(user, permission: str) -> str:
    return " ".join(why_can(user, permission).sentences())


def test_the_role_and_the_pattern_that_give_it():
    user = UserFactory(roles=[Role.objects.get(name="Sales")], last_name="Byron")
    assert told(user, "sales.confirm_order") == (
        "Ada Byron may: Orders: confirm (sales.confirm_order). The role “Sales” gives it by “sales.*”."
    )


def test_the_role_that_takes_it_out():
    user = UserFactory(roles=[Role.objects.get(name="Warehouse operator")])
    text = told(user, "stock.see_expected_stockcount")
    assert "may not: See expected quantities of blind counts" in text
    assert "gives it by “stock.*”, but takes it out again by “!stock.see_expected_stockcount”" in text


def test_what_is_missing_and_which_roles_would_give_it():
    user = UserFactory(roles=[Role.objects.get(name="Auditor")])
    text = told(user, "billing.void_payment")
    assert "None of its roles gives it: Auditor." in text
    assert "These roles give it: “Accountant”, “Administrator”." in text  # the more modest first
    assert "has no role" in told(UserFactory(), "billing.void_payment")


def test_superusers_and_the_deactivated():
    assert "is a superuser" in told(SuperuserFactory(), "billing.void_payment")
    assert "is deactivated" in told(SuperuserFactory(is_active=False), "billing.void_payment")


def test_who_could_give_it():
    chief = UserFactory(permissions=["accounts.*", "billing.*"])
    UserFactory(permissions=["accounts.*"])
    UserFactory(permissions=["billing.*"])
    UserFactory(permissions=["*"], is_active=False)
    boss = SuperuserFactory()
    assert set(who_may_give("billing.void_payment")) == {chief, boss}


def test_every_permission_has_words():
    from accounts.permissions import known_permissions

    for name in known_permissions():
        assert describe(name) != name
    assert len({describe(name) for name in known_permissions()}) == len(known_permissions())


def test_the_page_answers_by_words_and_by_name():
    user = StaffFactory(roles=[Role.objects.get(name="Sales")])
    for asked in ("sales.confirm_order", "Orders: confirm", "orders: CONFIRM "):
        page = Desk().client.get(reverse(WHY, query={"user": user.pk, "permission": asked}))
        assert "gives it by “sales.*”" in page.content.decode()
    page = Desk().client.get(reverse(WHY, query={"user": user.pk, "permission": "sales.fly_order"}))
    assert "is no known permission" in page.content.decode()


def test_others_are_asked_about_by_those_who_may_see_them():
    desk, other = Desk("catalog.view_product"), StaffFactory()
    assert desk.client.get(reverse(WHY, query={"user": other.pk})).status_code == 403
    page = desk.client.get(reverse(WHY, query={"user": desk.user.pk, "permission": "catalog.view_product"}))
    assert "gives it by “catalog.view_product”" in page.content.decode()


def test_the_command_says_the_same(capsys):
    user = UserFactory(username="ada", roles=[Role.objects.get(name="Sales")])
    call_command("why_can", "ADA", "sales.confirm_order")
    assert "gives it by “sales.*”" in capsys.readouterr().out
    call_command("why_can", user.username, "billing.void_payment")
    assert "Who may give roles and has it: nobody." in capsys.readouterr().out
    with pytest.raises(CommandError, match="sales.confirm_order"):
        call_command("why_can", "ada", "sales.fly_order")
    with pytest.raises(CommandError, match="no user"):
        call_command("why_can", "bob", "sales.confirm_order")


def test_a_refused_page_names_what_is_missing_and_who_could_help():
    SuperuserFactory(last_name="Secret")
    text = Desk("catalog.view_product").client.get(url(Order, "changelist")).content.decode()
    assert "Orders: view" in text
    assert "sales.view_order" in text
    assert "“Sales”" in text
    assert "Secret" not in text


def test_a_refused_call_names_what_is_missing_and_who_could_help():
    SuperuserFactory(last_name="Secret")
    answer = client_for(UserFactory()).get("/api/v1/orders/")
    data = answer.json()
    assert (answer.status_code, data["permission"], data["permission_label"]) == (
        403,
        "sales.view_order",
        "Orders: view",
    )
    assert data["roles"][0] == "Auditor"  # the most modest first
    assert data["roles"][-1] == "Administrator"
    assert "Orders: view" in data["detail"]
    assert "Secret" not in answer.content.decode()


def test_an_action_of_the_list_that_is_not_open_is_refused_by_name():
    from tests.factories.sales import OrderFactory

    order = OrderFactory()
    for response in (
        (desk := Desk("sales.view_order")).press_all([order], "confirm"),
        desk.press(order, "confirm"),
    ):
        assert response.status_code == 403
        assert "sales.confirm_order" in response.content.decode()


def test_all_roles_are_compared_on_a_page_and_as_a_file():
    RoleFactory(name="=2+2", permissions=["sales.confirm_order"])
    desk = Desk("accounts.view_role")
    page = desk.client.get(reverse(MATRIX)).content.decode()
    assert "Warehouse operator" in page
    file = desk.client.get(reverse(f"{MATRIX}_csv"))
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0][3:5] == ["'=2+2", "Accountant"]
    by_name = {row[2]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert by_name["sales.confirm_order"]["'=2+2"] == "x"
    assert by_name["sales.confirm_order"]["Auditor"] == ""
    assert Desk("accounts.view_user").client.get(reverse(MATRIX)).status_code == 403
