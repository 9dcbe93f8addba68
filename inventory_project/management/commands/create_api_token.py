"""Make a key with which a program calls the API."""

import datetime

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services import create_token
from inventory_project.base.errors import RuleViolation


class Command(BaseCommand):
    help = "Make an API key for a user and print it, once."

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="what uses the key, for instance “web shop”")
        parser.add_argument("--days", type=int, help="how long the key is valid; without it, until it is revoked")

    def handle(self, *args, username: str, name: str, days: int | None, **options) -> None:
        try:
            user = User.objects.get_by_natural_key(username)
            lifetime = datetime.timedelta(days=days) if days else None
            _token, key = create_token(user, name, lifetime)
        except User.DoesNotExist as error:
            raise CommandError(f"There is no user “{username}”.") from error
        except RuleViolation as error:
            raise CommandError(str(error)) from error
        self.stdout.write(key)
