"""What an administrator's command changes carries the command's own id, and who acts if it says so."""

import sys

import pytest
from django.db import connections

import manage
from catalog.models import Category
from inventory_project.base.door import current_correlation_id, running_command
from inventory_project.base.request_id import current_request_id
from inventory_project.models import ChangeHistory
from tests.factories.accounts import SuperuserFactory

from .changes import newest_id, since

pytestmark = pytest.mark.django_db


def run(monkeypatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["manage.py", *words])
    monkeypatch.setattr(connections, "close_all", lambda: None)  # the test goes on with its own
    manage.main()


def test_an_import_is_one_command(monkeypatch, tmp_path):
    root = SuperuserFactory(username="root")
    file = tmp_path / "categories.csv"
    file.write_text("name\n" + "".join(f"Category {number}\n" for number in range(5)), encoding="utf-8")
    start = newest_id()
    run(monkeypatch, "import_data", "categories", str(file))
    changes = since(start, model="catalog.category")
    assert len(changes) == 5
    assert {(c.door, c.actor_id) for c in changes} == {("command", root.pk)}
    assert set(Category.objects.values_list("created_by", "updated_by")) == {(root.pk, root.pk)}
    [command_id] = {c.request_id for c in changes}
    assert command_id.startswith("cmd_")


def test_each_command_has_an_id_of_its_own(monkeypatch):
    SuperuserFactory(username="anna")
    start = newest_id()
    run(monkeypatch, "create_api_token", "anna", "--name", "one")
    run(monkeypatch, "create_api_token", "anna", "--name", "two")
    changes = since(start, model="inventory_project.apitoken")
    assert len({c.request_id for c in changes}) == 2
    assert {(c.door, c.actor_id) for c in changes} == {("command", None)}


def test_logs_and_history_name_the_same_id():
    with running_command() as command_id:
        assert current_request_id() == current_correlation_id() == command_id
    assert current_request_id() == ""
    assert not ChangeHistory.objects.filter(request_id=command_id).exists()
