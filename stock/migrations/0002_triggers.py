"""The ledger becomes append-only."""

from django.db import migrations

from inventory_project.base.triggers import InstallTriggers
from stock.triggers import TRIGGERS


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]
    operations = [
        InstallTriggers(TRIGGERS),
    ]
