"""`manage.py backup`: complete, locked, whole or not there, and made while people work."""

import io
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
import tracemalloc

import pyrage
import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from catalog.models import Product
from inventory_project.backups.manifest import decode
from inventory_project.backups.shelf import stored_backups
from inventory_project.models import OperationRun
from sales.models import Customer
from stock.models import Warehouse
from stock.services import AdjustmentLine, adjust_stock
from tests.conftest import ROOT

MEGABYTE = 1 << 20


def test_a_backup_is_one_locked_file_only_the_owner_may_read(company, backup):
    content = backup.read_bytes()

    assert content.startswith(b"age-encryption.org/v1\n")
    assert backup.stat().st_mode & 0o777 == 0o600
    with company.entered():
        assert Customer.objects.first().name.encode() not in content


def test_the_key_alone_opens_it_without_this_program(company, backup):
    """As `age --decrypt | tar xz` does."""
    identity = pyrage.x25519.Identity.from_str(company.keys[0])
    archive = tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(backup.read_bytes(), [identity])), mode="r:gz")  # noqa: SIM115 -- in memory

    manifest = decode(archive.extractfile("manifest.json").read())
    head = archive.extractfile("database").read(15)
    assert head.startswith({"sqlite": b"SQLite format 3", "postgresql": b"PGDMP"}[connection.vendor])
    assert {part.name for part in manifest.parts} == {"database", *company.files()}


def test_the_manifest_says_what_it_is_a_backup_of(company, backup):
    identity = pyrage.x25519.Identity.from_str(company.keys[0])
    archive = tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(backup.read_bytes(), [identity])), mode="r:gz")  # noqa: SIM115 -- in memory
    manifest = decode(archive.extractfile("manifest.json").read())

    assert manifest.name == backup.name
    assert (manifest.installation, manifest.database) == ("production", connection.vendor)
    assert {"django", "python", connection.vendor} <= set(manifest.versions)
    assert "billing.0001_initial" in manifest.portrait.migrations
    with company.entered():
        assert manifest.portrait.rows["customer"] == Customer.objects.count() > 0


def test_it_is_recorded(company, backup):
    with company.entered():
        run = OperationRun.objects.get(subject=backup.name)
        assert (run.kind, run.succeeded, run.details["size"]) == ("backup", True, backup.stat().st_size)


def test_it_stands_in_the_list(company, backup, capsys):
    with company.entered():
        call_command("backups")
    shown = capsys.readouterr().out
    assert backup.name in shown
    assert "Last backup: " in shown


def test_without_a_key_only_development_makes_one(elsewhere):
    elsewhere.keys = []
    with (
        elsewhere.entered(),
        override_settings(DEVELOPMENT=False),
        pytest.raises(CommandError, match="BACKUP_KEY is not set"),
    ):
        call_command("backup")
    assert not elsewhere.backups.exists()


def test_in_development_a_key_is_made_once_and_kept(company, backup, elsewhere, tmp_path):
    with elsewhere.entered():
        call_command("restore", str(backup))
    elsewhere.keys = []
    with elsewhere.entered(), override_settings(INSTANCE_DIR=tmp_path):
        call_command("backup")
        call_command("backup")
    key = tmp_path / "backup.key"
    assert key.stat().st_mode & 0o777 == 0o600
    identity = pyrage.x25519.Identity.from_str(key.read_text())
    made = list(elsewhere.backups.iterdir())
    assert len(made) == 2
    assert all(pyrage.decrypt(each.read_bytes(), [identity]) for each in made)


def test_a_key_that_is_none_is_refused(company):
    keys, company.keys = company.keys, ["secret"]
    try:
        with company.entered(), pytest.raises(CommandError, match="create_backup_key"):
            call_command("backup")
    finally:
        company.keys = keys


def test_keys_are_all_different(capsys):
    call_command("create_backup_key")
    call_command("create_backup_key")
    one, two = capsys.readouterr().out.split()
    assert one != two
    assert one.startswith("AGE-SECRET-KEY-1")


def test_a_full_disk_leaves_nothing(company, monkeypatch):
    before = sorted(company.backups.iterdir())

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("inventory_project.backups.shelf.os.fsync", full)
    with company.entered(), pytest.raises(CommandError, match="No space left"):
        call_command("backup")
    assert sorted(company.backups.iterdir()) == before
    with company.entered():
        assert OperationRun.objects.of("backup").failed().first().details["error"]


def test_a_killed_backup_leaves_nothing_that_looks_like_one(company, tmp_path):
    """kill -9 in the middle of writing; what it leaves is hidden, and goes with the next pruning."""
    ballast = company.media / "ballast.bin"
    ballast.write_bytes(os.urandom(60 * MEGABYTE))
    environment = os.environ | company.environment() | {"BACKUPS_URL": str(tmp_path)}
    try:
        child = subprocess.Popen([sys.executable, "manage.py", "backup"], cwd=ROOT, env=environment)
        wait_for(lambda: any(file.stat().st_size > MEGABYTE for file in tmp_path.iterdir()))
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    finally:
        ballast.unlink()
    [left] = tmp_path.iterdir()
    assert left.name.startswith(".unfinished-")
    with company.entered(), pytest.MonkeyPatch.context() as patch:
        for attribute in ("base_location", "location"):
            patch.setitem(storages["backups"].__dict__, attribute, str(tmp_path))
        assert stored_backups() == []
        os.utime(left, (time.time() - 2 * 86_400,) * 2)
        call_command("backups", prune=True)
    assert list(tmp_path.iterdir()) == []


def wait_for(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_large_files_take_little_memory(company):
    ballast = company.media / "ballast.bin"
    ballast.write_bytes(os.urandom(40 * MEGABYTE))
    tracemalloc.start()
    try:
        with company.entered():
            call_command("backup")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        ballast.unlink()
        with company.entered():
            (company.backups / stored_backups()[0].name.text).unlink()
    assert peak < 20 * MEGABYTE


def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(backup, elsewhere):
    """Stock, balances and ledger change together: the invariants would see half of a posting."""
    done = threading.Event()
    postings = []

    def work():
        product, warehouse = Product.objects.earliest("pk"), Warehouse.objects.earliest("pk")
        while not done.is_set():
            postings.append(adjust_stock([AdjustmentLine(product, warehouse, 1, "Found")], by=None))
        connection.close()

    with elsewhere.entered():
        call_command("restore", str(backup))
        worker = threading.Thread(target=work)
        worker.start()
        try:
            for _ in range(2):
                count = len(postings)
                wait_for(lambda count=count: len(postings) > count)
                call_command("backup")
                wait_for(lambda count=count: len(postings) > count + 2)
        finally:
            done.set()
            worker.join()
        for stored in stored_backups():
            call_command("verify_backup", stored.name.text)
