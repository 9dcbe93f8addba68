"""Show the keys with which programs call the API, never the keys themselves."""

from django.core.management.base import BaseCommand

from inventory_project.base.fields import fold
from inventory_project.models import ApiToken


class Command(BaseCommand):
    help = "List API keys: id, user, name, what they may, until when, when last used."

    def add_arguments(self, parser) -> None:
        parser.add_argument("username", nargs="?", help="only the keys of this user")

    def handle(self, *args, username: str | None, **options) -> None:
        tokens = ApiToken.objects.select_related("user").order_by("user__username_key", "pk")
        if username:
            tokens = tokens.filter(user__username_key=fold(username))
        for token in tokens:
            state = "expired" if token.is_expired else f"until {token.expiry:%Y-%m-%d}" if token.expiry else "no expiry"
            used = f"last used {token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never used"
            may = "reads" if token.is_read_only else "reads and writes"
            off = "" if token.user.is_active else "; user deactivated"
            self.stdout.write(f"{token.pk}\t{token.user.username}\t{token.name}\t{may}; {state}; {used}{off}")
