"""What is kept in the cache is never stale, in whatever way its table is written, and nobody needs the cache."""

import threading

import pytest
from django.core.cache import cache, caches
from django.db import connection, transaction
from django.test import override_settings

from accounts.models import User
from catalog.models import Category
from inventory_project.base.caching import CHANGING, Shelf
from tests.api_client import root_client
from tests.factories.accounts import RoleFactory, UserFactory
from tests.factories.catalog import CategoryFactory

NAMES = Shelf("test_names", tables=["category"])


def names() -> list[str]:
    return NAMES.get("all", lambda: sorted(Category.objects.values_list("name", flat=True)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "write",
    [
        lambda category: category.__class__.objects.create(name="New"),
        lambda category: Category.objects.filter(pk=category.pk).update(name="Other"),
        lambda category: Category.objects.bulk_create([Category(name="One"), Category(name="Two")]),
        lambda category: category.delete(),
        lambda category: connection.cursor().execute("""UPDATE "category" SET name = 'By hand'"""),
    ],
    ids=["create", "update", "bulk", "delete", "sql"],
)
def test_a_write_is_seen_at_once(write, django_assert_num_queries):
    category = CategoryFactory(name="Tools")
    assert names() == ["Tools"]
    with django_assert_num_queries(0):
        assert names() == ["Tools"]

    write(category)

    assert names() == sorted(Category.objects.values_list("name", flat=True)) != ["Tools"]
    with django_assert_num_queries(0):
        names()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_kept_while_a_change_is_under_way():
    CategoryFactory(name="Tools")
    names()
    with transaction.atomic():
        Category.objects.update(name="Unfinished")
        assert names() == ["Unfinished"]
        assert cache.get("generation:category").startswith(CHANGING)
        transaction.set_rollback(True)
    # Nobody said how it ended: the database is asked until the mark has lapsed.
    assert names() == ["Tools"]


@pytest.mark.django_db(transaction=True)
def test_what_was_read_before_a_commit_is_not_kept_after_it():
    """A reader that asked the database before the writer's commit must not keep its answer over the new one."""
    CategoryFactory(name="Before")
    read, written = threading.Event(), threading.Event()

    def slow_answer() -> list[str]:
        answer = sorted(Category.objects.values_list("name", flat=True))
        read.set()
        assert written.wait(10)
        return answer

    def reader() -> None:
        NAMES.get("all", slow_answer)
        connection.close()

    thread = threading.Thread(target=reader)
    thread.start()
    assert read.wait(10)
    Category.objects.update(name="After")
    written.set()
    thread.join()

    assert names() == ["After"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_at_once_the_later_commit_counts():
    CategoryFactory(name="Start")
    names()
    first = threading.Event()
    done = threading.Event()

    def writer() -> None:
        first.wait(10)
        with transaction.atomic():
            Category.objects.create(name="Second")
        connection.close()
        done.set()

    if connection.vendor == "sqlite":  # one writer at a time
        first.set()
        thread = threading.Thread(target=writer)
        thread.start()
        thread.join()
    else:
        thread = threading.Thread(target=writer)
        thread.start()
        with transaction.atomic():
            Category.objects.create(name="First")
            first.set()
            assert done.wait(10)
            names()  # kept from before this commit, if it were kept
        thread.join()

    assert names() == sorted(Category.objects.values_list("name", flat=True))
    assert "Second" in names()


@pytest.mark.django_db(transaction=True)
def test_a_cut_of_rights_counts_at_the_next_request(django_assert_num_queries):
    role = RoleFactory(permissions=["catalog.view_product"])
    user = UserFactory()
    user.roles.add(role, through_defaults={})
    assert User.objects.get(pk=user.pk).has_perm("catalog.view_product")
    fresh = User.objects.get(pk=user.pk)
    with django_assert_num_queries(0):
        assert fresh.has_perm("catalog.view_product")

    role.permissions = ["catalog.view_category"]
    role.save()

    assert not User.objects.get(pk=user.pk).has_perm("catalog.view_product")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["categories", "warehouses", "tax-rates"])
def test_lists_that_change_seldom_ask_the_database_once(path):
    CategoryFactory()
    client = root_client()
    address = f"/api/v1/{path}/"
    first = client.get(address)
    with CountQueries() as counted:
        again = client.get(address)

    assert again.json() == first.json()
    assert counted.of("category", "warehouse", "tax_rate") == 0


class CountQueries:
    """The statements inside, by the tables that they read."""

    def __enter__(self) -> "CountQueries":
        self.sql: list[str] = []
        self.watching = connection.execute_wrapper(self._note)
        self.watching.__enter__()
        return self

    def __exit__(self, *args: object) -> None:
        self.watching.__exit__(*args)

    def _note(self, execute, sql, params, many, context):
        self.sql.append(sql)
        return execute(sql, params, many, context)

    def of(self, *tables: str) -> int:
        return sum(f'FROM "{table}"' in sql for sql in self.sql for table in tables)


REDIS_THAT_IS_DOWN = {
    "default": {
        "BACKEND": "inventory_project.base.cache_backends.ForgivingRedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"socket_connect_timeout": 0.2},
    }
}


@pytest.mark.django_db(transaction=True)
def test_a_cache_that_is_down_costs_speed_only():
    with override_settings(CACHES=REDIS_THAT_IS_DOWN):
        assert caches["default"].get("x", "nothing") == "nothing"
        CategoryFactory(name="Tools")
        assert names() == ["Tools"]
        Category.objects.update(name="Other")
        assert names() == ["Other"]
        answer = root_client().get("/health/ready/")

    assert answer.status_code == 200
    assert answer.json()["warnings"] == {"cache": "does not answer"}


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_has_written_is_kept_by_nobody_before_it_is_committed():
    """Another one that writes the same table and commits in between must not make the unfinished look finished."""
    CategoryFactory(name="Before")
    names()
    with transaction.atomic():
        Category.objects.update(name="Unfinished")
        cache.set("generation:category", "somebody else's, committed", None)
        assert names() == ["Unfinished"]
        transaction.set_rollback(True)

    assert names() == ["Before"]


@pytest.fixture
def files(tmp_path, settings):
    """The cache of an installation on one machine."""
    settings.CACHES = {
        "default": {"BACKEND": "inventory_project.base.cache_backends.SharedFileCache", "LOCATION": str(tmp_path)}
    }
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_on_a_full_disk_nothing_out_of_date_is_believed(files, monkeypatch):
    CategoryFactory(name="Before")
    assert names() == ["Before"]

    def full(*args, **options):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.cache.backends.filebased.tempfile.mkstemp", full)
        Category.objects.update(name="After")
        assert names() == ["After"]
    assert names() == ["After"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rubbish", [b"", b"\x80", b"half a file" * 9])
def test_a_damaged_file_costs_speed_only(files, rubbish, django_assert_num_queries):
    CategoryFactory(name="Tools")
    names()
    for file in files.glob("*.djcache"):
        file.write_bytes(rubbish)
    assert names() == ["Tools"]
    with django_assert_num_queries(0):
        assert names() == ["Tools"]
