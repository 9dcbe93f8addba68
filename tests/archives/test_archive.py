"""Closed years in files: complete, checksummed, readable by any tool, and looked up without the database."""

import datetime
import hashlib
import json
import subprocess
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from inventory_project.archives.tables import tables_of
from inventory_project.base.clock import today
from inventory_project.base.models import State
from stock.models import StockMovement
from tests.factories.billing import issued_invoice
from tests.factories.catalog import ProductFactory
from tests.factories.stock import WarehouseFactory, put_in_stock

LAST = today().year
"""The year of what the tests write; the archive is written as if the next had begun."""


@pytest.fixture(autouse=True)
def next_year(settings, tmp_path, monkeypatch):
    settings.ARCHIVE_ROOT = str(tmp_path / "archive")
    monkeypatch.setattr("inventory_project.archives.writing.today", lambda: datetime.date(LAST + 1, 1, 2))
    return tmp_path / "archive" / str(LAST)


def archive(*options: str) -> str:
    out = StringIO()
    call_command("archive", str(LAST), *options, stdout=out, no_color=True)
    return out.getvalue()


def look_up(number: str) -> dict:
    out = StringIO()
    call_command("archive_lookup", str(LAST), number, stdout=out)
    return json.loads(out.getvalue())


def asked(sql: str) -> list[tuple]:
    with duckdb.connect() as tool:
        return tool.execute(sql).fetchall()


@pytest.fixture
def invoice(db):
    put_in_stock(ProductFactory(name='Lamp; “red”, 5"\nsecond line'), WarehouseFactory(), 7)
    return issued_invoice()


def test_every_table_but_the_balances_is_in_it(invoice, next_year):
    archive()
    expected = {
        model._meta.db_table
        for app in ("accounts", "catalog", "stock", "sales", "billing")
        for model in apps.get_app_config(app).get_models()
        if not issubclass(model, State)
    }

    assert {file.stem for file in next_year.glob("*.parquet")} == expected
    assert len(expected) == 36


def test_other_tools_read_it(invoice, next_year):
    archive()
    rows = asked(f"SELECT total_amount, issued_date FROM '{next_year}/invoice.parquet'")
    ((name,),) = asked(f"SELECT name FROM '{next_year}/product.parquet' WHERE name LIKE 'Lamp%'")
    ledger = f"SELECT sum(quantity), sum(value) FROM '{next_year}/stock_movement.parquet'"
    ((quantity, value),) = asked(ledger)

    assert [row[0] for row in rows] == [invoice.total_amount]
    assert rows[0][1].replace(tzinfo=datetime.UTC) == invoice.issued_date
    assert name == 'Lamp; “red”, 5"\nsecond line'
    movements = StockMovement.objects.values_list("quantity", "value")
    assert (quantity, value) == (sum(m[0] for m in movements), sum(m[1] for m in movements))


def test_nobody_s_password_is_in_it(invoice, next_year):
    archive()

    assert "password" not in str(asked(f"DESCRIBE SELECT * FROM '{next_year}/user.parquet'"))


def test_a_document_is_looked_up_with_its_lines(invoice):
    archive()
    found = look_up(invoice.invoice_number)

    assert (found["kind"], found["total_amount"]) == ("invoice", str(invoice.total_amount))
    assert [line["description"] for line in found["invoice_item"]] == [line.description for line in invoice.items.all()]
    with pytest.raises(CommandError, match="is not in the archive"):
        look_up("INV-1900-000001")


def test_the_checksums_are_those_of_the_usual_tool(invoice, next_year):
    archive()
    for line in (next_year / "SHA256SUMS").read_text().splitlines():
        checksum, name = line.split("  ")
        assert hashlib.sha256((next_year / name).read_bytes()).hexdigest() == checksum
    done = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=next_year, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("harm", ["flip", "cut", "remove", "add"])
def test_what_is_damaged_is_named_and_not_read(invoice, next_year, harm):
    archive()
    file = next_year / "invoice.parquet"
    file.chmod(0o600)
    if harm == "remove":
        file.unlink()
    elif harm == "add":
        (next_year / "more.parquet").write_bytes(b"x")
        file = next_year / "more.parquet"
    else:
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content if harm == "flip" else content[:-9])

    with pytest.raises(CommandError, match=file.name):
        archive("--check")
    with pytest.raises(CommandError, match=file.name):
        look_up(invoice.invoice_number)


def test_a_year_that_is_not_over_is_refused(invoice, settings):
    with pytest.raises(CommandError, match="is not over yet"):
        call_command("archive", str(LAST + 1))
    assert not Path(settings.ARCHIVE_ROOT).exists()


def test_it_is_written_once_unless_told(invoice, next_year):
    archive()
    with pytest.raises(CommandError, match="has been archived"):
        archive()

    assert str(next_year) in archive("--again")
    assert len(list(next_year.parent.iterdir())) == 2  # the older one is kept


def test_what_was_written_since_is_told(invoice):
    archive()
    issued_invoice()

    assert "invoice: 1 in the archive, 2 in the database." in archive("--check")


def test_an_interruption_leaves_nothing_that_looks_like_an_archive(invoice, next_year, monkeypatch):
    def fail(*args):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr("inventory_project.archives.writing._write_checksums", fail)
        archive()
    assert not next_year.exists()
    archive()


@pytest.mark.django_db
def test_years_are_those_of_the_business(settings):
    settings.BUSINESS_TIME_ZONE = "Europe/Berlin"
    table = next(table for table in tables_of(2025, "default") if table.name == "stock_movement")

    assert "2024-12-31 23:00:00" in str(table.rows.query)
    assert "2025-12-31 23:00:00" in str(table.rows.query)
