"""End keys with which programs call the API."""

from django.core.management.base import BaseCommand, CommandError

from accounts.services import revoke_token
from inventory_project.base.fields import fold
from inventory_project.models import ApiToken


class Command(BaseCommand):
    help = "Revoke API keys by their id (list_api_tokens shows it), or all of a user, or all that have expired."

    def add_arguments(self, parser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("id", nargs="*", type=int, default=[])
        which.add_argument("--user", metavar="USERNAME", help="all keys of this user")
        which.add_argument("--expired", action="store_true", help="all that are no longer valid")

    def handle(self, *args, **options) -> None:
        tokens = [token for token in ApiToken.objects.select_related("user") if self._is_meant(token, **options)]
        missing = set(options["id"]) - {token.pk for token in tokens}
        if missing:
            raise CommandError(f"There is no key with id {', '.join(map(str, sorted(missing)))}; nothing was revoked.")
        for token in tokens:
            revoke_token(token, by=None)
        self.stdout.write(f"{len(tokens)} revoked.")

    @staticmethod
    def _is_meant(token: ApiToken, *, user: str | None, expired: bool, **options) -> bool:
        if options["id"]:
            return token.pk in options["id"]
        return token.is_expired if expired else token.user.username_key == fold(user or "")
