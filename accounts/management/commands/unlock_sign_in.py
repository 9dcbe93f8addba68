"""Let someone who was locked out try again at once."""

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.signin.lockout import unlock


class Command(BaseCommand):
    help = "Unlock the sign-in of a user who entered too many wrong passwords, at every address."

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")

    def handle(self, *args, username: str, **options) -> None:
        try:
            unlock(User.objects.get_by_natural_key(username), by=None)
        except User.DoesNotExist as error:
            raise CommandError(f"There is no user “{username}”.") from error
        self.stdout.write(f"{username} can sign in again.")
