"""Which backups are kept: all of the last two days, one a day for thirty, and always the newest."""

import datetime
import os

from django.core.management import call_command

from inventory_project.backups.names import BackupName, new_name, parse_name
from inventory_project.backups.retention import to_discard
from inventory_project.models import OperationRun

NOW = datetime.datetime(2026, 11, 22, 12, 30, tzinfo=datetime.UTC)
RULE = {"keep_all": datetime.timedelta(days=2), "keep": datetime.timedelta(days=30)}


def made(hours_ago: float, installation: str = "production") -> BackupName:
    at = NOW - datetime.timedelta(hours=hours_ago)
    name = parse_name(f"{installation}_sqlite_{at:%Y%m%dT%H%M%SZ}_{int(hours_ago):08x}.tar.gz.age")
    assert name
    return name


def kept(names: list[BackupName]) -> list[BackupName]:
    unwanted = set(to_discard(names, NOW, **RULE))
    return [name for name in names if name not in unwanted]


def test_hourly_backups_of_40_days():
    names = [made(hours) for hours in range(40 * 24)]

    left = kept(names)

    recent = [name for name in left if NOW - name.taken_at <= RULE["keep_all"]]
    older = [name for name in left if name not in recent]
    assert recent == names[:49]
    assert {name.taken_at.hour for name in older} == {23}
    assert [name.taken_at.date() for name in older] == sorted({n.taken_at.date() for n in older}, reverse=True)
    assert len(older) == 28
    assert all(NOW - name.taken_at <= RULE["keep"] for name in left)


def test_the_newest_stays_however_old_it_is():
    names = [made(90 * 24), made(91 * 24)]
    assert kept(names) == names[:1]


def test_installations_do_not_count_for_each_other():
    names = [made(90 * 24, "staging"), made(1)]
    assert kept(names) == names


def test_names_come_back_from_what_they_are_written_as():
    name = new_name("north-1", "postgresql")
    assert parse_name(name.text) == name
    assert parse_name(f"{name.text}.part") is None
    assert parse_name(f".unfinished-{name.text}") is None
    assert parse_name(name.text.replace("postgresql", "oracle")) is None
    assert parse_name("production_sqlite_20261399T120000Z_00000000.tar.gz.age") is None


def test_the_command_removes_what_the_rule_says_and_nothing_else(company, capsys):
    now = datetime.datetime.now(datetime.UTC)

    def put(days: float, installation: str = "production") -> str:
        at = now - datetime.timedelta(days=days)
        name = f"{installation}_sqlite_{at:%Y%m%dT%H%M%SZ}_00000000.tar.gz.age"
        (company.backups / name).write_bytes(b"old")
        return name

    company.backups.mkdir(exist_ok=True)
    old, foreign = put(31), put(31, "staging")
    stays = put(1)
    (company.backups / "notes.txt").write_text("mine")
    unfinished = company.backups / f".unfinished-{new_name('production', 'sqlite').text}"
    unfinished.touch()
    before = set(os.listdir(company.backups))
    try:
        with company.entered():
            call_command("backup")
            call_command("backups", prune=True, dry_run=True)
            assert f"would remove {old}" in capsys.readouterr().out
            assert before < set(os.listdir(company.backups))

            call_command("backups", prune=True)
            assert f"removed {old}" in capsys.readouterr().out
            assert before - set(os.listdir(company.backups)) == {old}
            run = OperationRun.objects.of("pruning").first()
            assert (run.succeeded, run.details["removed"]) == (True, 1)
    finally:
        for name in (old, foreign, stays, "notes.txt", unfinished.name):
            (company.backups / name).unlink(missing_ok=True)
