"""History goes in one way only: by the service that states how far back."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from inventory_project.base.errors import RuleViolation
from inventory_project.history.services import forget_history_before
from inventory_project.models import ChangeHistory
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture
def old():
    """Three changes of long ago, besides those of today."""
    for days in (0, 1, 2):
        ChangeHistory.objects.create(
            happened_at=LONG_AGO + datetime.timedelta(days=days), door="admin", model="catalog.product", what="changed"
        )
    return UserFactory()


def delete_all() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM change_history")


def test_only_what_is_older_is_forgotten(old):
    count = ChangeHistory.objects.count()
    assert forget_history_before(LONG_AGO + datetime.timedelta(days=1), by=old) == 1
    assert ChangeHistory.objects.count() == count - 1
    assert forget_history_before(LONG_AGO + datetime.timedelta(days=9), by=old) == 2
    assert ChangeHistory.objects.filter(happened_at__lt=NOW - datetime.timedelta(days=90)).count() == 0


def test_afterwards_the_door_is_shut_again(old):
    forget_history_before(LONG_AGO + datetime.timedelta(days=1), by=old)
    with pytest.raises(IntegrityError):
        delete_all()
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeHistory.objects.filter(happened_at__year=2020).delete()


def test_what_is_recent_is_not_forgotten(old):
    count = ChangeHistory.objects.count()
    with pytest.raises(RuleViolation) as caught:
        forget_history_before(NOW, by=old)
    assert caught.value.code == "too_recent"
    assert ChangeHistory.objects.count() == count


def test_the_command(old, capsys):
    call_command("forget_history", before=datetime.date(2020, 1, 5), dry_run=True)
    assert "3 changes are older" in capsys.readouterr().out
    call_command("forget_history", before=datetime.date(2020, 1, 5))
    assert "3 changes were deleted" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("forget_history", before=datetime.date.today())  # noqa: DTZ011
