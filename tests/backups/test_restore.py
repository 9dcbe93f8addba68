"""`manage.py restore`: all comes back, into an empty place or in place of what is named, or nothing is touched."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from billing.models import Invoice
from billing.services import read_document
from catalog.models import Product
from inventory_project.backups import manifest as manifests
from inventory_project.backups.shelf import stored_backups
from inventory_project.integrity import check_all
from inventory_project.models import OperationRun
from sales.models import Customer, Order
from sales.services import OrderLine, place_order

BOOKKEEPING = "operation_run"


def restore(site, backup, **options):
    with site.entered():
        call_command("restore", str(backup), **options)


def without_bookkeeping(rows):
    return {table: found for table, found in rows.items() if table != BOOKKEEPING}


def test_everything_comes_back(company, backup, elsewhere):
    restore(elsewhere, backup)

    assert without_bookkeeping(elsewhere.everything()) == without_bookkeeping(company.everything())
    assert elsewhere.files() == company.files()
    assert len(company.files()) > 1
    with elsewhere.entered():
        assert [result.invariant.name for result in check_all() if result.is_violation] == []


def test_documents_are_the_ones_that_were_issued(company, backup, elsewhere):
    restore(elsewhere, backup)
    with elsewhere.entered():
        invoice = Invoice.objects.exclude(document="").first()
        kept = (elsewhere.documents / invoice.document.name).read_bytes()
        assert read_document(invoice).content == kept


def test_work_goes_on_with_the_next_numbers(company, backup, elsewhere):
    restore(elsewhere, backup)
    with elsewhere.entered():
        last = Order.objects.latest("pk")
        product = Product.objects.earliest("pk")
        order = place_order(customer=Customer.objects.earliest("pk"), lines=[OrderLine(product, 1)], by=last.user)
        assert order.pk > last.pk
        assert not Order.objects.exclude(pk=order.pk).filter(order_number=order.order_number).exists()


def test_the_newest_is_found_by_itself(company, elsewhere):
    with company.entered():
        newest = stored_backups()[0].name.text
    elsewhere.backups.symlink_to(company.backups)
    restore(elsewhere, "newest")
    with elsewhere.entered():
        run = OperationRun.objects.of("restore").get()
        assert (run.subject, run.succeeded) == (newest, True)


def test_there_may_be_no_backup(elsewhere):
    with pytest.raises(CommandError, match="There are no backups"):
        restore(elsewhere, "newest")
    with pytest.raises(CommandError, match="There is no backup of_long_ago"):
        restore(elsewhere, "of_long_ago")
    with pytest.raises(CommandError, match="can't be read"):
        restore(elsewhere, "/nowhere/at_all")


def test_a_target_that_holds_something_is_refused(company, backup):
    before, files = company.everything(), company.files()
    with pytest.raises(CommandError, match="There is something in: .*--replace"):
        restore(company, backup)
    assert (company.everything(), company.files()) == (before, files)


def test_documents_alone_are_something_too(elsewhere, backup):
    elsewhere.documents.mkdir()
    (elsewhere.documents / "INV-2026-000001.pdf").write_text("issued")
    with pytest.raises(CommandError, match="There is something in: documents"):
        restore(elsewhere, backup)
    assert elsewhere.files() == {"documents/INV-2026-000001.pdf": b"issued"}


def test_the_wrong_name_replaces_nothing(company, backup):
    before = company.everything()
    with pytest.raises(CommandError, match="--replace names other"):
        restore(company, backup, replace="other")
    assert company.everything() == before


def test_what_is_replaced_is_kept_aside(company, backup, elsewhere, capsys):
    restore(elsewhere, backup)
    with elsewhere.entered():
        Customer.objects.create(name="Since the backup", email="since@example.com")
        (elsewhere.documents / "since.pdf").write_text("since")
        before = Customer.objects.count()
        name = elsewhere.database if connection.vendor == "postgresql" else "inventory.db"
        capsys.readouterr()
        call_command("restore", str(backup), replace=name)
        assert Customer.objects.count() == before - 1
    assert elsewhere.files() == company.files()
    kept = [line.rpartition(" ")[2] for line in capsys.readouterr().out.splitlines() if " is kept as " in line]
    assert len(kept) == 3
    with elsewhere.entered():
        elsewhere.database = kept[-1]
    with elsewhere.entered():
        assert Customer.objects.filter(name="Since the backup").exists()
    assert any((elsewhere.documents / place / "since.pdf").exists() for place in kept[:2])


@pytest.mark.sqlite
def test_a_file_that_is_in_use_is_not_replaced(backup, elsewhere):
    """SQLite can't tell those who have it open that it has been replaced: they would go on with the old one."""
    restore(elsewhere, backup)
    before = elsewhere.everything()
    with elsewhere.entered():
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM customer")
            with pytest.raises(CommandError, match="is in use. Stop the application"):
                call_command("restore", str(backup), replace="inventory.db")
        other.close()
    assert elsewhere.everything() == before


@pytest.mark.postgres
def test_who_is_connected_is_sent_away_when_a_database_is_replaced(backup, elsewhere):
    restore(elsewhere, backup)
    with elsewhere.entered():
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT 1")
        call_command("restore", str(backup), replace=elsewhere.database)
        assert not other.is_usable()
        other.close()


def test_a_backup_of_another_installation_must_be_asked_for(company, backup, elsewhere):
    elsewhere.name = "staging"
    with pytest.raises(CommandError, match="--installation production"):
        restore(elsewhere, backup)
    assert elsewhere.is_untouched

    restore(elsewhere, backup, installation="production")
    assert elsewhere.files() == company.files()


def altered(site, monkeypatch, **changes):
    """A backup whose holder of the key says something else of it."""
    encode = manifests.encode

    def other(manifest):
        portrait = changes.get("portrait")
        given = {"portrait": portrait(manifest.portrait)} if portrait else changes
        return encode(manifests.Manifest(**{**_fields(manifest), **given}))

    with site.entered(), monkeypatch.context() as patch:
        patch.setattr("inventory_project.backups.archive.encode", other)
        call_command("backup")
        return site.backups / stored_backups()[0].name.text


def _fields(struct):
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def test_a_backup_of_the_other_kind_of_database_is_refused(company, elsewhere, monkeypatch):
    backup = altered(company, monkeypatch, database="other")
    with pytest.raises(CommandError, match="is of a other database"):
        restore(elsewhere, backup)
    backup.unlink()
    assert elsewhere.is_untouched


def test_a_backup_of_a_newer_version_is_refused(company, elsewhere, monkeypatch):
    def newer(portrait):
        return manifests.Portrait(**{**_fields(portrait), "migrations": [*portrait.migrations, "stock.9999_later"]})

    backup = altered(company, monkeypatch, portrait=newer)
    with pytest.raises(CommandError, match=r"newer version: .* stock\.9999_later"):
        restore(elsewhere, backup)
    backup.unlink()
    assert elsewhere.is_untouched


def test_a_row_less_than_there_should_be_is_noticed(company, elsewhere, monkeypatch):
    def more(portrait):
        return manifests.Portrait(**{**_fields(portrait), "rows": {**portrait.rows, "customer": 99}})

    backup = altered(company, monkeypatch, portrait=more)
    with pytest.raises(CommandError, match="Not all of the backup came back: customer: .* instead of 99 rows"):
        restore(elsewhere, backup)
    backup.unlink()
    assert elsewhere.is_untouched


BREAKS = {
    "a trigger is gone": {
        "sqlite": "DROP TRIGGER invoice_frozen_once_issued",
        "postgresql": "DROP TRIGGER invoice_frozen_once_issued ON invoice",
    },
    "a counter is behind": {
        "sqlite": "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'customer'",
        "postgresql": "ALTER SEQUENCE customer_id_seq RESTART WITH 1",
    },
    "a figure is wrong": dict.fromkeys(("sqlite", "postgresql"), "UPDATE inventory SET quantity = quantity + 1"),
}


@pytest.mark.parametrize("statements", BREAKS.values(), ids=BREAKS)
def test_a_database_that_is_not_sound_is_not_put_in_place(backup, new_site, statements):
    """The backup is whole, but what was backed up was broken already."""
    broken, target = new_site(), new_site()
    restore(broken, backup)
    with broken.entered():
        with connection.cursor() as cursor:
            cursor.execute(statements[connection.vendor])
        call_command("backup")
        made = broken.backups / stored_backups()[0].name.text
    with pytest.raises(CommandError, match="violates invariants: "):
        restore(target, made)
    assert target.is_untouched


def test_older_migrations_are_brought_up_to_date(backup, new_site):
    older, target = new_site(), new_site()
    restore(older, backup)
    with older.entered():
        call_command("migrate", "sales", "0002", verbosity=0)
        call_command("backup")
        made = older.backups / stored_backups()[0].name.text
    restore(target, made)
    with target.entered(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations WHERE app = 'sales'")
        assert cursor.fetchone()[0] > 2


def test_a_former_key_still_opens_what_it_locked(company, backup, elsewhere):
    elsewhere.keys = ["AGE-SECRET-KEY-10Q3LRFKGT6ZKWGED32TA2QTRPKKG56PM8L7E5N93GQPY2KRMF95S4CMJMZ", *company.keys]
    restore(elsewhere, backup)
    assert elsewhere.files() == company.files()
