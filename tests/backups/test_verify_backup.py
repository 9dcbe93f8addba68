"""`manage.py verify_backup`: a restore is rehearsed, and it is known when that last succeeded."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from inventory_project.backups.standing import backup_standing, verification_standing
from inventory_project.models import OperationRun
from tests.backups.site import on_server


def databases() -> set[str]:
    return (
        {name for (name,) in on_server("SELECT datname FROM pg_database")} if connection.vendor != "sqlite" else set()
    )


def test_all_comes_back_and_nothing_is_left_of_the_rehearsal(company, backup, capsys):
    files, there = sorted(company.directory.iterdir()), databases()
    before = {name: rows for name, rows in company.everything().items() if name != "operation_run"}
    with company.entered():
        call_command("verify_backup", backup.name)
        assert "rows came back, all invariants hold" in capsys.readouterr().out

        run = OperationRun.objects.of("verification").successful().first()
        assert run.subject == backup.name
        assert run.duration > datetime.timedelta()
        assert verification_standing().last_success == run
        assert not verification_standing().is_late
    assert {name: rows for name, rows in company.everything().items() if name != "operation_run"} == before
    assert sorted(company.directory.iterdir()) == files
    assert databases() == there


def test_a_failure_is_recorded_with_its_reason(company, backup, tmp_path, capsys):
    damaged = tmp_path / backup.name
    damaged.write_bytes(backup.read_bytes()[:-1])
    with company.entered():
        with pytest.raises(CommandError, match="is damaged"):
            call_command("verify_backup", str(damaged))
        standing = verification_standing()
        assert standing.has_failed_since
        assert "is damaged" in standing.last_failure.details["error"]
        capsys.readouterr()
        call_command("backups")
        assert "failed since: " in capsys.readouterr().out


def test_it_is_late_after_a_week(company, backup):
    with company.entered():
        call_command("verify_backup", backup.name)
        now = timezone.now()
        assert not verification_standing(now + datetime.timedelta(days=7)).is_late
        assert verification_standing(now + datetime.timedelta(days=8)).is_late


def test_a_backup_is_late_after_twice_its_time(company, backup, settings):
    settings.BACKUP_EVERY_HOURS = 1
    with company.entered():
        call_command("backup")
        now = timezone.now()
        assert not backup_standing(now + datetime.timedelta(minutes=119)).is_late
        assert backup_standing(now + datetime.timedelta(minutes=121)).is_late


def test_where_there_was_never_a_backup_it_is_late(company):
    with company.entered():
        OperationRun.objects.all().delete()
        assert backup_standing().is_late
        assert verification_standing().is_late
