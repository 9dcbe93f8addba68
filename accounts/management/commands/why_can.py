"""Why somebody may do something, or not."""

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.permissions import known_permissions
from accounts.queries import who_may_give, why_can


class Command(BaseCommand):
    help = "Say why a user may do something or not: which role and pattern give it, and who could."

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")
        parser.add_argument("permission", help="for instance sales.confirm_order")

    def handle(self, *args, username: str, permission: str, **options) -> None:
        if permission not in known_permissions():
            raise CommandError(f"“{permission}” is no known permission. {_nearest(permission)}".strip())
        try:
            user = User.objects.get_by_natural_key(username)
        except User.DoesNotExist as error:
            raise CommandError(f"There is no user “{username}”.") from error
        answer = why_can(user, permission)
        for sentence in answer.sentences():
            self.stdout.write(sentence)
        if not answer.may:
            names = ", ".join(str(giver) for giver in who_may_give(permission))
            self.stdout.write(f"Who may give roles and has it: {names or 'nobody'}.")


def _nearest(name: str) -> str:
    """Permissions that speak of the same: the last word of what was typed."""
    word = name.rpartition("_")[2].rpartition(".")[2]
    near = sorted(known for known in known_permissions() if word and word in known)[:8]
    return f"Did you mean one of {', '.join(near)}?" if near else ""
