"""Numbers of payments. Those of invoices and credit notes are gapless and need no sequence."""

from django.db import migrations

from inventory_project.base.numbering import CreateNumberSeries


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_triggers")]
    operations = [
        CreateNumberSeries("PAY", "payment", "payment_number"),
    ]
