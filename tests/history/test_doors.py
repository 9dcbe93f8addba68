"""Every kind of record that people edit, through the back office and the API: each change is recorded once."""

import pytest

from inventory_project.base.models import Line
from inventory_project.history.tables import recorded
from inventory_project.models import ChangeHistory
from tests.api_client import MODELS, address, client_for
from tests.back_office import Desk
from tests.factories import factory_of
from tests.factories.accounts import SuperuserFactory
from tests.factories.billing import PaymentFactory

from .changes import newest_id, of, since

pytestmark = pytest.mark.django_db

RECORDED = {prefix: model for prefix, model in MODELS.items() if model._meta.label_lower in recorded()}
EVERY = pytest.mark.parametrize("prefix", sorted(RECORDED))
# What can simply be written into a record of most kinds; the first that a form offers is taken.
ENTRIES = [
    ("notes", "another note"),
    ("description", "another description"),
    ("contact_name", "Someone Else"),
    ("first_name", "Grace"),
    ("location", "Pier 7"),
    ("name", "Another name"),
    ("line2", "Back door"),
    ("reason", "another reason"),
    ("quantity", 1),
    ("quantity", 3),
    ("minimum_quantity", 4),
    ("supplier_sku", "OTHER-1"),
    ("counted_quantity", 4),
    ("condition", "damaged"),
]
# Nothing but references; payments, which are voided instead; and lines that have all that there is already.
WITHOUT_ENTRY = {"user-roles", "payments", "shipment-items", "credit-note-items"}


def is_changed(change: ChangeHistory, column: str) -> bool:
    return change.what == "changed" and column in change.changes


def test_all_that_people_edit_is_recorded():
    unrecorded = {model.__name__ for prefix, model in MODELS.items() if prefix not in RECORDED}
    assert unrecorded == {"StockMovement", "StockItem", "Reservation"}  # facts and balances: their own history
    assert "inventory_project.apitoken" in recorded()


def test_whatever_sounds_like_a_secret_is_one():
    for each in recorded().values():
        for field in each.fields:
            telling = {"password", "secret", "token", "digest", "hash", "otp"} & set(field.name.split("_"))
            assert not telling, (each.label, field.name)


@EVERY
def test_a_change_through_the_api(prefix):
    if prefix in WITHOUT_ENTRY:
        pytest.skip("nothing to write into it")
    row, boss = factory_of(RECORDED[prefix])(), SuperuserFactory()
    client = client_for(boss)
    fields = {f.name for f in row._meta.concrete_fields if f.editable}
    start = newest_id()
    for name, value in ENTRIES:
        if name in fields and getattr(row, name) != value:
            answer = client.patch(address(row), {name: value})
            if answer.status_code == 200:
                break
    else:
        pytest.fail(f"nothing of {prefix} could be changed")
    [change] = [c for c in of(row, start) if is_changed(c, name)]
    assert (change.actor_id, change.door, change.request_id) == (boss.pk, "api", answer["X-Request-ID"])
    assert change.changes[name][1] == value
    assert {c.request_id for c in since(start)} == {answer["X-Request-ID"]}


@EVERY
def test_a_change_through_the_back_office(prefix):
    if prefix in WITHOUT_ENTRY:
        pytest.skip("nothing to write into it")
    row, desk = factory_of(RECORDED[prefix])(), Desk()
    start = newest_id()
    fields = desk.open(type(row), "change", row.pk).context["adminform"].form.fields
    for name, value in ENTRIES:
        if name in fields and getattr(row, name) != value:
            answer = desk.edit(row, **{name: value})
            if answer.status_code == 302:
                break
    else:
        pytest.fail(f"nothing of {prefix} could be changed")
    [change] = [c for c in of(row, start) if is_changed(c, name)]
    assert (change.actor_id, change.door, change.request_id) == (desk.user.pk, "admin", answer["X-Request-ID"])
    assert change.changes[name][1] == value


@EVERY
def test_creating_and_deleting(prefix):
    start = newest_id()
    row = factory_of(RECORDED[prefix])()
    [made] = [c for c in of(row, start) if c.what == "created"]
    if isinstance(row, Line):
        assert (made.parent_model, made.parent_id) == (row.parent._meta.label_lower, row.parent.pk)
    boss = SuperuserFactory()
    answer = client_for(boss).delete(address(row))
    gone = [c for c in of(row, start) if c.what == "deleted"]
    if answer.status_code != 204:
        assert gone == []
        return
    [gone] = gone
    assert (gone.actor_id, gone.door, gone.request_id) == (boss.pk, "api", answer["X-Request-ID"])
    assert gone.changes


def test_making_a_record_at_the_api_is_one_request():
    boss = SuperuserFactory()
    start = newest_id()
    answer = client_for(boss).post("/api/v1/price-lists/", {"name": "Retail"})
    assert answer.status_code == 201
    [change] = since(start, model="catalog.pricelist")
    assert (change.what, change.row_id, change.request_id) == ("created", answer.json()["id"], answer["X-Request-ID"])
    assert (change.actor_id, change.door) == (boss.pk, "api")


def test_an_act_is_recorded_with_the_status_and_what_follows_from_it():
    payment, desk = PaymentFactory(), Desk()
    start = newest_id()
    answer = desk.press(payment, "void", reason="bounced")
    assert answer.status_code == 302
    [change] = of(payment, start)
    assert change.changes["status"] == ["recorded", "voided"]
    assert change.changes["void_reason"] == ["", "bounced"]
    assert (change.actor_id, change.door, change.request_id) == (desk.user.pk, "admin", answer["X-Request-ID"])
    assert {c.request_id for c in since(start)} == {answer["X-Request-ID"]}
