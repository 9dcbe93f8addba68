"""The grid of a role: what is ticked becomes the fewest changes of its names and patterns."""

import json

import pytest
from django.contrib import admin

from accounts.grid import Entry, merged, sections, split, switches
from accounts.models import Role
from accounts.permissions import expand, known_permissions
from tests.back_office import Desk, errors_of, url
from tests.factories.accounts import RoleFactory

MIXED = ["stock.view_*", "!stock.view_lot", "sales.view_order", "*.ship_*"]


def grid():
    return sections(admin.site._registry)


def boxes() -> list[str]:
    return [cell.permission for section in grid() for row in section.rows for cell in row.cells]


def sent(before, *, tick=(), untick=(), switch_on=(), switch_off=(), others=None, live=False, fixed=()) -> list[str]:
    """What becomes of a list when its page is sent with some boxes changed."""
    on, rest = split(before, grid())
    ticked = (expand(before) | set(tick)) - set(untick)
    switched = (on | set(switch_on)) - set(switch_off)
    rest = rest if others is None else others
    return merged(Entry(before, frozenset(ticked), frozenset(switched), rest, live, frozenset(fixed)), grid())


def test_every_permission_that_a_page_asks_for_has_a_box():
    written_by_services = {"inventory", "stockitem", "stockmovement", "reservation"}
    missing = {name for name in known_permissions() if name.partition(".")[2].rpartition("_")[2] != "idempotencyrecord"}
    assert {name.rpartition("_")[2] for name in missing - set(boxes())} <= written_by_services


@pytest.mark.parametrize("before", [[], ["*"], ["*.view_*"], MIXED, ["stock.*", "!stock.see_*"], ["*.ship_*"]])
@pytest.mark.parametrize("live", [True, False])
def test_saving_without_a_change_keeps_the_list_as_it_is(before, live):
    assert sent(before, live=live) == before


@pytest.mark.parametrize("live", [True, False])
def test_single_boxes(live):
    assert sent(MIXED, tick=["sales.confirm_order"], live=live) == [*MIXED, "sales.confirm_order"]
    assert sent(MIXED, untick=["sales.view_order"], live=live) == ["stock.view_*", "!stock.view_lot", "*.ship_*"]
    assert sent(MIXED, untick=["stock.view_bin"], live=live) == [*MIXED, "!stock.view_bin"]
    assert sent(MIXED, tick=["stock.view_lot"], live=live) == ["stock.view_*", "sales.view_order", "*.ship_*"]


def test_a_switch_without_the_script_gives_and_takes_what_it_covers():
    assert sent(MIXED, switch_on=["catalog.*"]) == [*MIXED, "catalog.*"]
    assert sent(MIXED, switch_off=["stock.view_*"]) == ["sales.view_order", "*.ship_*"]


def test_a_switch_with_the_script_means_what_the_boxes_say():
    catalog = expand(["catalog.*"])
    assert sent([], switch_on=["catalog.*"], tick=catalog, live=True) == ["catalog.*"]
    some = catalog - {"catalog.delete_product"}
    assert sent([], switch_on=["catalog.*"], tick=some, live=True) == ["catalog.*", "!catalog.delete_product"]
    stock = expand(["stock.view_*"])
    assert sent(["stock.view_*"], switch_off=["stock.view_*"], untick=stock, live=True) == []


@pytest.mark.parametrize("live", [True, False])
def test_patterns_without_a_box_are_typed(live):
    assert sent(["*.view_*"], others=["*.ship_*"], live=live) == ["*.view_*", "*.ship_*"]
    assert sent(["*.view_*", "*.ship_*"], others=[], live=live) == ["*.view_*"]


def test_what_was_closed_to_the_editor_stays():
    before = ["stock.*", "!stock.see_cost_inventory"]
    fixed = ["stock.*", "stock.see_cost_inventory"]
    assert sent(before, switch_off=["stock.*"], tick=["stock.see_cost_inventory"], live=True, fixed=fixed) == before


def test_switches_cover_what_they_stand_for():
    for pattern in switches(grid()):
        assert expand([pattern]), pattern


# --- on the page --------------------------------------------------------------------------------------------------


def post(desk: Desk, role: Role, before, ticked=(), switched=(), others="", live="1"):
    data = {"name": role.name, "description": "", "permissions": others, "permissions-before": json.dumps(before)}
    data |= {"permissions-box": list(ticked), "permissions-switch": list(switched), "permissions-live": live}
    return desk.client.post(url(Role, "change", role.pk), data)


def box(page: str, name: str, value: str) -> str:
    """The tag of a box."""
    return page.split(f'name="permissions-{name}" value="{value}"', 1)[1].split(">", 1)[0]


@pytest.mark.django_db
def test_the_page_shows_where_each_tick_comes_from():
    page = Desk().open(Role, "change", RoleFactory(permissions=MIXED).pk).content.decode()
    assert "checked" in box(page, "switch", "stock.view_*")
    assert "checked" in box(page, "box", "stock.view_bin")
    assert 'title="stock.view_bin: through stock.view_*"' in page
    assert "checked" not in box(page, "box", "stock.view_lot")
    assert "taken out by !stock.view_lot" in page
    assert "checked" in box(page, "box", "sales.ship_order")
    assert "*.ship_*</textarea>" in page
    assert "<script>" not in page
    assert 'style="' not in page.split('class="role-grid"')[1].split("</table>")[0]


@pytest.mark.django_db
def test_what_is_ticked_is_saved():
    role = RoleFactory(permissions=MIXED)
    ticked = (expand(MIXED) | {"sales.confirm_order"}) - {"stock.view_bin"}
    response = post(Desk(), role, MIXED, ticked, ["stock.view_*"], "*.ship_*")
    assert response.status_code == 302, errors_of(response)
    role.refresh_from_db()
    assert role.permissions == [*MIXED, "!stock.view_bin", "sales.confirm_order"]


@pytest.mark.django_db
def test_what_the_editor_lacks_is_closed_and_says_why():
    desk = Desk("accounts.*", "stock.view_*")
    page = desk.open(Role, "change", RoleFactory(permissions=["stock.view_bin"]).pk).content.decode()
    assert "disabled" not in box(page, "box", "stock.view_lot")
    assert "disabled" in box(page, "box", "sales.view_order")
    assert "disabled" in box(page, "switch", "stock.*")
    assert "you lack it yourself, so you can&#x27;t give it" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forged",
    [
        {"ticked": ["sales.view_order"]},
        {"switched": ["*"]},
        {"switched": ["stock.*"]},
        {"others": "sales.*"},
        {"others": "*\n!sales.confirm_order"},
        {"before": ["*"]},
        {"before": ["billing.*"], "switched": ["billing.*"]},
    ],
    ids=str,
)
@pytest.mark.parametrize("live", ["0", "1"])
def test_a_forged_page_gives_nothing_that_the_editor_lacks(forged, live):
    desk = Desk("accounts.*", "stock.view_*")
    role = RoleFactory(permissions=["stock.view_bin"])
    post(desk, role, **{"before": ["stock.view_bin"], "ticked": ["stock.view_bin"], "live": live, **forged})
    role.refresh_from_db()
    assert expand(role.permissions) <= desk.user.get_all_permissions()


@pytest.mark.django_db
@pytest.mark.parametrize("nonsense", ["", "{}", "[1, null]", "no json", "[" * 5000])
def test_a_page_that_nobody_drew_is_no_failure(nonsense):
    role = RoleFactory(permissions=["stock.view_bin"])
    data = {"name": "x", "permissions-before": nonsense, "permissions-box": ["nonsense.view_it"]}
    response = Desk().client.post(url(Role, "change", role.pk), data)
    assert "“nonsense.view_it” is no known permission" in errors_of(response)


@pytest.mark.django_db
def test_roles_of_the_product_are_copied_not_changed():
    desk, role = Desk(), Role.objects.get(name="Sales")
    page = desk.open(Role, "change", role.pk)
    assert "comes with the product" in page.context["locked"]
    assert 'name="_save"' not in page.content.decode()
    assert 'class="role-grid"' in page.content.decode()
    assert desk.client.post(url(Role, "change", role.pk), {"name": "x"}).status_code == 403
    copy = desk.open(Role, "add", copy=role.pk)
    assert copy.context["adminform"].form["name"].value() == "Copy of Sales"
    data = {"name": "Copy of Sales", "permissions": "", "permissions-before": json.dumps(role.permissions)}
    data |= {
        "permissions-box": list(expand(role.permissions)),
        "permissions-live": "0",
        "permissions-switch": "sales.*",
    }
    desk.client.post(url(Role, "add"), data)
    assert not Role.objects.filter(is_system=True, name="Copy of Sales").exists()
    assert Role.objects.get(name="Copy of Sales").is_system is False


@pytest.mark.django_db
def test_who_may_only_look_sees_the_grid():
    page = Desk("accounts.view_role").open(Role, "change", RoleFactory(permissions=["stock.view_*"]).pk)
    text = page.content.decode()
    assert "disabled" in box(text, "box", "stock.view_bin")
    assert 'name="permissions-before"' not in text
