"""`manage.py check_integrity`: good data is clean, and every fault that is planted is found."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from inventory_project.integrity import INVARIANTS, check_all
from inventory_project.integrity.run import snapshot
from sales.services import OrderLine, ship_order
from tests.integrity.company import Company
from tests.integrity.plants import OF_VENDOR, PLANTS, Plant

ALL_PLANTS = [*PLANTS, *OF_VENDOR[connection.vendor]]
NEVER_SEEN_HERE = {"expired_reservations_are_released", "only_late_invoices_are_overdue"}


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Company]:
    """Made once: each test plants its fault in a savepoint that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = Company.found()
        connection.check_constraints()  # PostgreSQL alters no table while references are still to be looked at
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def savepoint(company: Company) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def broken(*only: str) -> list[str]:
    return [result.invariant.name for result in check_all(only=only) if not result.holds]


def test_good_data_is_clean(company):
    results = check_all()
    assert [result for result in results if not result.holds] == []
    assert {result.invariant.name for result in results if not result.finding.checked} == NEVER_SEEN_HERE


@pytest.mark.parametrize("plant", ALL_PLANTS, ids=str)
def test_a_planted_fault_is_found(plant: Plant, savepoint):
    plant.put()
    assert broken(plant.invariant) == [plant.invariant]


def test_every_invariant_has_its_plant():
    assert {plant.invariant for plant in ALL_PLANTS} == {invariant.name for invariant in INVARIANTS}


def test_every_invariant_is_a_sentence():
    assert [each.name for each in INVARIANTS if not (each.rule[0].isupper() and each.rule.endswith("."))] == []
    assert len({each.name for each in INVARIANTS}) == len(INVARIANTS)


def test_a_fault_is_named_with_its_figures(company, savepoint):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payment SET amount = 60.01 WHERE amount = 60")
    [result] = [result for result in check_all() if result.invariant.name == "paid_matches_payments"]
    [fault] = result.finding.faults
    assert "payments" in fault.detail
    assert result.finding.checked > 1


def test_what_can_not_be_added_up_hides_nothing_else(company, savepoint):
    """NaN makes sums fail on PostgreSQL; the invariant that names it, and all others, are still checked."""
    OF_VENDOR[connection.vendor][0].put()
    results = check_all()
    assert len(results) == len(INVARIANTS)
    assert "amounts_are_finite" in [result.invariant.name for result in results if result.is_violation]


def test_the_command_says_that_all_is_well(company, capsys):
    call_command("check_integrity")
    out = capsys.readouterr().out
    assert f"All {len(INVARIANTS)} invariants hold." in out
    assert out.count("\n") == len(INVARIANTS) + 1


def test_the_command_names_what_is_wrong_and_fails(company, savepoint, capsys):
    ALL_PLANTS[3].put()
    with pytest.raises(CommandError, match="invariants are violated") as caught:
        call_command("check_integrity")
    assert caught.value.returncode == 1
    out = capsys.readouterr().out
    assert "VIOLATED stock      balances_match_the_ledger" in out
    assert "The quantity and the value of a balance are the sums of its movements." in out
    assert re.search(r"\n +\d+: quantity \d+, moved \d+, stock_value [\d.]+, value_moved [\d.]+\n", out)


def test_the_command_writes_json(company, savepoint, capsys):
    call_command("check_integrity", json=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is True
    assert [each["name"] for each in answer["invariants"]] == [each.name for each in INVARIANTS]
    ALL_PLANTS[3].put()
    with pytest.raises(CommandError):
        call_command("check_integrity", json=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    [fault, *_] = next(each for each in answer["invariants"] if each["name"] == "balances_match_the_ledger")["faults"]
    assert fault["id"] > 0


def test_a_warning_is_no_failure(company, savepoint, capsys):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reservation SET expires_at = '2020-01-01 00:00:00+00:00'")
    call_command("check_integrity")
    assert "warning  sales      expired_reservations_are_released" in capsys.readouterr().out


def test_one_invariant_can_be_checked_by_name(company, capsys):
    call_command("check_integrity", "invoices_balance")
    assert "All 1 invariants hold." in capsys.readouterr().out
    with pytest.raises(CommandError, match="no invariant named nonsense"):
        call_command("check_integrity", "nonsense")


def test_it_reads_one_state_and_writes_nothing(transactional_database):
    assert not connection.in_atomic_block
    with snapshot() as reader, pytest.raises(Exception, match=r"read-only|readonly"):
        reader.rows("UPDATE product SET name = 'x' RETURNING id")


def test_more_data_costs_no_more_queries(company, savepoint):
    """The figures are compared in the database."""
    with CaptureQueriesContext(connection) as few:
        check_all()
    for _again in range(3):
        company.bill_freely()
        ship_order(company.order(OrderLine(company.bolt, 2), confirm=True), by=company.by)
    with CaptureQueriesContext(connection) as many:
        check_all()
    assert len(many) == len(few)


def test_on_sqlite_it_waits_for_no_writer_and_holds_up_none(transactional_database, capsys):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite locks the whole file")
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name, timeout=0, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE role SET description = 'new'")
        with snapshot() as reader:
            [before] = reader.rows("SELECT COUNT(*) AS n FROM role WHERE description = 'new'")
            writer.execute("COMMIT")
            [after] = reader.rows("SELECT COUNT(*) AS n FROM role WHERE description = 'new'")
    assert before == after == {"n": 0}


@pytest.mark.postgres
def test_on_postgresql_it_reads_one_snapshot(transactional_database):
    other = connection.copy()
    try:
        with snapshot() as reader:
            [before] = reader.rows("SELECT COUNT(*) AS n FROM role")
            with other.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO role (name, description, permissions, is_system) VALUES ('x', '', '[]', false)"
                )
            [after] = reader.rows("SELECT COUNT(*) AS n FROM role")
        with snapshot() as reader:
            [later] = reader.rows("SELECT COUNT(*) AS n FROM role")
    finally:
        other.close()
    assert after == before
    assert later["n"] == before["n"] + 1


def test_a_flood_of_faults_is_cut(company, savepoint, capsys):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE stock_movement RENAME TO stock_movement_kept")
        cursor.execute(
            "CREATE TABLE stock_movement AS SELECT m.* FROM stock_movement_kept m CROSS JOIN "
            "(SELECT id FROM stock_movement_kept) again"
        )
        cursor.execute("UPDATE stock_movement SET quantity = 0")
    [result] = check_all(only=["movements_move_something"])
    assert len(result.finding.faults) == 1000
    assert result.finding.is_cut
    with pytest.raises(CommandError):
        call_command("check_integrity", "movements_move_something")
    assert "and at least 980 more" in capsys.readouterr().out
