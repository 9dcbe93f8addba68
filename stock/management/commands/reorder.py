"""Order what runs low."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from stock.models import Inventory, Warehouse
from stock.queries.low_stock import Outlook, low_stock
from stock.services import reorder_low_stock


class Command(BaseCommand):
    help = (
        "Draft purchase orders for all that is at or below its reorder level, one for each preferred supplier and "
        "warehouse. What is on order, drafted or in transit already is not ordered again. Run it every night."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be ordered.")
        parser.add_argument("--warehouse", metavar="CODE", help="Only for this warehouse.")
        parser.add_argument(
            "--ignore-drafts", action="store_true", help="Count what is on drafts as if it were not ordered."
        )

    def handle(self, *args, **options) -> None:
        where = self._where(options["warehouse"])
        count_drafts = not options["ignore_drafts"]
        rows = low_stock(Inventory.objects.filter(**where), count_drafts=count_drafts)
        for row in rows:
            self.stdout.write(_told(row))
        if options["dry_run"]:
            self.stdout.write(_("Nothing was ordered: this was a dry run."))
            return
        orders = reorder_low_stock(count_drafts=count_drafts, by=None, **where)
        self.stdout.write(_("Purchase orders drafted: %(number)d") % {"number": len(orders)})
        for order in orders:
            self.stdout.write(f"{order}  {order.supplier} -> {order.warehouse}  {order.total_amount}")
        without = sum(row.offer is None for row in rows)
        if without:
            text = _("Left out for want of a preferred supplier: %(number)d")
            self.stdout.write(self.style.WARNING(text % {"number": without}))

    def _where(self, code: str | None) -> dict[str, object]:
        if not code:
            return {}
        warehouse = Warehouse.objects.filter(code=code).first()
        if warehouse is None:
            raise CommandError(_("There is no warehouse %(code)s.") % {"code": code})
        return {"warehouse": warehouse}


def _told(row: Outlook) -> str:
    facts = {
        "sku": row.balance.product.sku,
        "warehouse": row.balance.warehouse.code,
        "level": row.balance.reorder_level,
        "expected": row.expected,
        "suggested": row.suggested,
        "supplier": row.offer.supplier if row.offer else _("no preferred supplier"),
    }
    return (
        _("%(sku)s @ %(warehouse)s: %(expected)d expected, %(level)d wanted; %(suggested)d from %(supplier)s") % facts
    )
