from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from sales.services import release_expired_reservations


class Command(BaseCommand):
    help = "Give free what was reserved for longer than RESERVATION_DAYS. The orders stay confirmed. Run it often."

    def handle(self, *args, **options) -> None:
        released = release_expired_reservations(by=None)
        self.stdout.write(_("Reservations released: %(number)d") % {"number": released})
