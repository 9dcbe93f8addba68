"""Take a person out of the records."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Model

from accounts.models import User
from accounts.services import anonymise_user
from inventory_project.base.errors import RuleViolation
from inventory_project.base.fields import fold
from inventory_project.models import OperationRun
from sales.models import Customer
from sales.services import anonymise_customer

KINDS = {"customer": (Customer, "code_key", anonymise_customer), "user": (User, "username_key", anonymise_user)}


class Command(BaseCommand):
    help = (
        "Blanks all that says who a customer or user was, also in the history of changes. Issued invoices and credit "
        "notes stay as they are. It can't be undone."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("name", help="the customer's code, or the username")
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say whether it is possible, and how much it is."
        )

    def handle(self, *args, kind: str, name: str, dry_run: bool, **options) -> None:
        model, key, service = KINDS[kind]
        row = model._base_manager.filter(**{key: fold(name)}).first()
        if row is None:
            raise CommandError(f"There is no {kind} “{name}”.")
        try:
            with transaction.atomic():
                rows = self._done(row, service)
                transaction.set_rollback(dry_run)
        except RuleViolation as refusal:
            raise CommandError(str(refusal)) from refusal
        said = "would be blanked or deleted" if dry_run else "blanked or deleted"
        self.stdout.write(f"{kind} {row.pk}: {rows} rows {said}.")

    @staticmethod
    def _done(row: Model, service) -> int:
        runs = OperationRun.objects.of(OperationRun.ANONYMISATION)
        last = runs.values_list("pk", flat=True).first() or 0
        service(row, by=None)
        run = runs.filter(pk__gt=last).first()
        return run.details["rows"] if run else 0
