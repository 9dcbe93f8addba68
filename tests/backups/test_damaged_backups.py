"""A backup that is not exactly what was written is refused, and nothing has been touched then."""

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from inventory_project.backups.keys import create_key
from inventory_project.backups.making import make_backup
from inventory_project.backups.names import new_name
from tests.proof.figures import note
from tests.proof.sizes import SEED, SIZE

type Damage = Callable[[Random, bytes, bytes], bytes]


def flip_a_bit(chance: Random, content: bytes, other: bytes) -> bytes:
    damaged = bytearray(content)
    damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def flip_a_bit_of_the_head(chance: Random, content: bytes, other: bytes) -> bytes:
    damaged = bytearray(content)
    damaged[chance.randrange(200)] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def cut(chance: Random, content: bytes, other: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def lose_the_last_bytes(chance: Random, content: bytes, other: bytes) -> bytes:
    return content[: -chance.randint(1, 40)]


def lose_a_piece(chance: Random, content: bytes, other: bytes) -> bytes:
    start = chance.randrange(len(content) - 1)
    return content[:start] + content[start + chance.randint(1, 70_000) :]


def repeat_a_piece(chance: Random, content: bytes, other: bytes) -> bytes:
    start = chance.randrange(len(content) - 1)
    piece = content[start : start + chance.randint(1, 70_000)]
    return content[:start] + piece + content[start:]


def exchange_two_pieces(chance: Random, content: bytes, other: bytes) -> bytes:
    length = chance.randint(1, 1000)
    one = chance.randrange(len(content) // 2 - length)
    two = chance.randrange(len(content) // 2, len(content) - length)
    damaged = bytearray(content)
    damaged[one : one + length], damaged[two : two + length] = content[two : two + length], content[one : one + length]
    return bytes(damaged) if damaged != content else content + b"\0"


def zero_a_piece(chance: Random, content: bytes, other: bytes) -> bytes:
    start = chance.randrange(len(content) - 100)
    return content[:start] + bytes(100) + content[start + 100 :]


def add_something(chance: Random, content: bytes, other: bytes) -> bytes:
    return content + chance.randbytes(chance.randint(1, 5000))


def put_something_in_front(chance: Random, content: bytes, other: bytes) -> bytes:
    return chance.randbytes(chance.randint(1, 100)) + content


def join_two_backups(chance: Random, content: bytes, other: bytes) -> bytes:
    return content + other


def go_on_as_another_backup(chance: Random, content: bytes, other: bytes) -> bytes:
    start = chance.randrange(1, min(len(content), len(other)))
    return content[:start] + other[start:]


def be_another_backup(chance: Random, content: bytes, other: bytes) -> bytes:
    return other


def be_something_else(chance: Random, content: bytes, other: bytes) -> bytes:
    return chance.choice([b"", b"PGDMP", b"SQLite format 3\0", b"age-encryption.org/v1\n"]) + chance.randbytes(1000)


DAMAGES: list[Damage] = [
    flip_a_bit,
    flip_a_bit_of_the_head,
    cut,
    lose_the_last_bytes,
    lose_a_piece,
    repeat_a_piece,
    exchange_two_pieces,
    zero_a_piece,
    add_something,
    put_something_in_front,
    join_two_backups,
    go_on_as_another_backup,
    be_another_backup,
    be_something_else,
]


@pytest.fixture(scope="module")
def another_backup(company, backup, django_db_blocker) -> bytes:
    """Of the same installation, made with the same key."""
    with django_db_blocker.unblock(), company.entered():
        return (company.backups / make_backup().name.text).read_bytes()


def refused(site, file: Path) -> str:
    with site.entered(), pytest.raises(CommandError) as refusal:
        call_command("restore", str(file))
    return str(refusal.value)


def test_every_damage_is_refused_before_anything_is_touched(backup, another_backup, elsewhere, tmp_path):
    chance = Random(f"{SEED} damage")
    content = backup.read_bytes()
    damaged = tmp_path / "damaged" / backup.name
    damaged.parent.mkdir()
    sentences = ("damaged", "is not a backup", "can't be opened", "has been renamed")
    for number in range(SIZE.damages):
        damage = DAMAGES[number % len(DAMAGES)]
        damaged.write_bytes(damage(chance, content, another_backup))
        said = refused(elsewhere, damaged)
        assert any(sentence in said for sentence in sentences), (damage.__name__, said)
        assert elsewhere.is_untouched, damage.__name__
    note(
        "Backups damaged at random: bits, cuts, pieces lost, repeated, exchanged, zeroed or added, mixed, swapped",
        f"{SIZE.damages} restores into an empty place, seed {SEED}",
        "every one refused, nothing touched",
    )


def test_a_backup_that_was_renamed_is_refused(backup, elsewhere, tmp_path):
    renamed = tmp_path / new_name("production", connection.vendor).text
    shutil.copyfile(backup, renamed)
    assert f"it was made as {backup.name}" in refused(elsewhere, renamed)
    assert elsewhere.is_untouched


def test_another_key_opens_nothing(backup, elsewhere):
    elsewhere.keys = [create_key()]
    assert "can't be opened with BACKUP_KEY" in refused(elsewhere, backup)
    assert elsewhere.is_untouched


def test_a_locked_file_that_no_holder_of_the_key_made_is_refused(company, backup, elsewhere, monkeypatch):
    """Who knows only the public half of the key can lock a file, but not seal it."""
    before = set(company.backups.iterdir())
    with company.entered(), monkeypatch.context() as patch:
        patch.setattr("inventory_project.backups.keys.Keyring.seal", lambda self, content: "0" * 64)
        call_command("backup")
        [forged] = set(company.backups.iterdir()) - before
    assert "was not made by a holder of BACKUP_KEY" in refused(elsewhere, forged)
    forged.unlink()
    assert elsewhere.is_untouched


def test_a_damaged_backup_replaces_nothing(company, backup, tmp_path):
    before, files = company.everything(), company.files()
    damaged = tmp_path / backup.name
    damaged.write_bytes(backup.read_bytes()[:-1])
    name = company.database if connection.vendor == "postgresql" else "inventory.db"
    with company.entered(), pytest.raises(CommandError, match="is damaged or cut short"):
        call_command("restore", str(damaged), replace=name)
    assert (company.everything(), company.files()) == (before, files)
