"""The page System and the command db_report: the same facts, what wants attention first."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from inventory_project.models import OperationRun
from tests.factories.accounts import UserFactory


@pytest.fixture
def page(client, db):
    client.force_login(UserFactory(is_staff=True, permissions=["inventory_project.view_operationrun"]))
    return lambda: client.get("/admin/system/")


def report(**options) -> str:
    out = StringIO()
    call_command("db_report", stdout=out, no_color=True, **options)
    return out.getvalue()


def succeeded(kind: str, **details) -> OperationRun:
    now = timezone.now()
    return OperationRun.objects.create(kind=kind, finished_at=now, succeeded=True, details=details)


def test_it_says_what_the_database_tells_of_itself(page, vendor):
    text = page().text

    assert "Largest tables" in text
    assert {"postgresql": "Connections", "sqlite": "Database file"}[vendor] in text


def test_what_wants_attention_comes_first(page):
    succeeded(OperationRun.INTEGRITY, checked=64, violated=["stock_adds_up"])
    text = page().text

    assert "1 do not hold" in text
    assert text.index("do not hold") < text.index("Largest tables")
    assert "stock_adds_up" in text


def test_it_asks_for_a_backup_and_its_rehearsal_until_they_have_succeeded(page):
    assert page().text.count("It has never succeeded here.") == 2

    succeeded(OperationRun.BACKUP)
    succeeded(OperationRun.VERIFICATION)

    assert "It has never succeeded here." not in page().text


def test_a_rehearsal_that_is_older_than_a_week_is_said_here_and_to_whoever_watches(page, client):
    run = succeeded(OperationRun.VERIFICATION)
    OperationRun.objects.filter(pk=run.pk).update(started_at=timezone.now() - datetime.timedelta(days=8))

    assert "The last success is too long ago." in page().text
    assert client.get("/health/ready/").json()["warnings"]["verification"] == "the last success is too long ago"


def test_others_do_not_see_it(client, db):
    client.force_login(UserFactory(is_staff=True, permissions=["catalog.view_product"]))

    assert client.get("/admin/system/").status_code == 403
    assert "/admin/system/" not in client.get("/admin/").text


def test_the_menu_leads_there(page, client):
    assert "/admin/system/" in client.get("/admin/").text


@pytest.mark.django_db
def test_the_command_says_the_same_in_words_and_for_machines():
    assert "Last rehearsal of a restore" in report()
    sections = json.loads(report(json=True))
    assert {"migrations", "cache", "backup", "verification", "invariants", "background"} < {
        section["name"] for section in sections
    }


@pytest.mark.django_db
def test_the_command_ends_with_an_error_if_anything_wants_attention():
    with pytest.raises(CommandError, match="want attention"):
        report(strict=True)


@pytest.mark.django_db
def test_a_check_of_the_invariants_is_remembered():
    call_command("check_integrity", stdout=StringIO())

    run = OperationRun.objects.get(kind=OperationRun.INTEGRITY)
    assert run.succeeded
    assert run.details["violated"] == []
    assert "Checked" in report()


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_pool_the_replicas_and_unused_indexes_are_reported():
    names = {section["name"] for section in json.loads(report(json=True))}

    assert {"slow_statements", "unused_indexes", "index_use", "tables", "connections", "replication"} < names
