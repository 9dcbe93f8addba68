"""The history of changes becomes append-only."""

from django.db import migrations

from inventory_project.base.triggers import InstallTriggers
from inventory_project.history.guards import GUARDS
from inventory_project.history.recorders import RemoveRecordersOnTheWayBack


class Migration(migrations.Migration):
    dependencies = [("inventory_project", "0003_change_history")]
    operations = [
        InstallTriggers(GUARDS),
        RemoveRecordersOnTheWayBack(),
    ]
