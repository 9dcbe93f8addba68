"""Take a lost second factor away, or say who has one."""

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.signin import second_factor
from inventory_project.base.errors import RuleViolation


class Command(BaseCommand):
    help = "Show whether a user needs and has a second factor; with --reset, take it away and end their sessions."

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reset", action="store_true", help="the person sets up another at the next sign-in")

    def handle(self, *args, username: str, reset: bool, **options) -> None:
        try:
            user = User.objects.get_by_natural_key(username)
            if reset:
                second_factor.reset(user, by=None)
        except User.DoesNotExist as error:
            raise CommandError(f"There is no user “{username}”.") from error
        except RuleViolation as error:
            raise CommandError(str(error)) from error
        needs = "needs" if second_factor.is_required(user) else "does not need"
        has = "has" if second_factor.device_of(user) else "has no"
        left = second_factor.backup_codes_left(user)
        self.stdout.write(f"{username} {needs} a second factor and {has} device; backup codes left: {left}.")
