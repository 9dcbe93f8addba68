"""Make a key with which a program calls the API."""

import datetime

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services import create_token
from inventory_project.base.clock import end_of_day, today
from inventory_project.base.errors import RuleViolation


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


class Command(BaseCommand):
    help = "Make an API key for a user and print it, once."

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="what uses the key, for instance “web shop”")
        parser.add_argument("--read-only", action="store_true", help="refuse requests that would write")
        end = parser.add_mutually_exclusive_group()
        end.add_argument("--days", type=int, help="how long the key is valid; without it, until it is revoked")
        end.add_argument("--expires", type=day, metavar="YYYY-MM-DD", help="the last day on which the key is valid")

    def handle(self, *args, username: str, name: str, read_only: bool, **options) -> None:
        try:
            user = User.objects.get_by_natural_key(username)
            _token, key = create_token(user, name, self._lifetime(**options), is_read_only=read_only)
        except User.DoesNotExist as error:
            raise CommandError(f"There is no user “{username}”.") from error
        except RuleViolation as error:
            raise CommandError(str(error)) from error
        self.stdout.write(key)

    @staticmethod
    def _lifetime(days: int | None, expires: datetime.date | None, **options) -> datetime.timedelta | None:
        if days is not None and days < 1 or expires and expires < today():
            raise CommandError("A key must be valid for a day at least.")
        if expires:
            return end_of_day(expires) - datetime.datetime.now(datetime.UTC)
        return datetime.timedelta(days=days) if days else None
