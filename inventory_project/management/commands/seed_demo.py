"""manage.py seed_demo: a company to try the product on."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from inventory_project.demo import SIZES, build
from inventory_project.demo.people import ADMIN, PASSWORD, STAFF
from inventory_project.demo.world import is_empty


class Command(BaseCommand):
    help = (
        "Fill an empty database with a believable company: catalog, stock, and 75 days of trade up to today. The "
        "same every time for a given seed. Development only, since it creates logins with well-known passwords."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=SIZES, default="small", help="how much of everything (default: small)")
        parser.add_argument("--seed", type=int, default=1, help="another number makes another company (default: 1)")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is data already")

    def handle(self, *args, size: str, seed: int, if_empty: bool, **options) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("Sample data is for development only: its passwords are well known.")
        if is_empty():
            self.stdout.write(f"Making the {size} sample company ...")
            build(SIZES[size], seed=seed, say=self.stdout.write)
        elif not if_empty:
            raise CommandError("There is data already. Sample data goes into an empty database only.")
        self._show_logins()

    def _show_logins(self) -> None:
        admin = get_user_model().objects.filter(username=ADMIN).first()
        if not (admin and admin.check_password(ADMIN)):
            self.stdout.write("There is data already. Sign in at /admin/ with your own login.")
            return
        self.stdout.write(self.style.SUCCESS(f"Sign in at /admin/ as {ADMIN}, password {ADMIN}."))
        names = ", ".join(f"{username} ({role})" for role, (username, *_names) in STAFF.items())
        self.stdout.write(f"One login per role, password {PASSWORD}: {names}.")
