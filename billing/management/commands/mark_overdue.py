from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from billing.services import mark_overdue_invoices


class Command(BaseCommand):
    help = "Mark invoices whose due date has passed with something still to be paid. Run it once a day."

    def handle(self, *args, **options) -> None:
        marked = mark_overdue_invoices(by=None)
        self.stdout.write(_("Invoices marked overdue: %(number)d") % {"number": marked})
