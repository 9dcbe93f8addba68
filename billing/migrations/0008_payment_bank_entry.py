"""A payment knows the line of the bank statement that it was recorded from."""

from django.db import migrations

import inventory_project.base.fields
from inventory_project.base.triggers import LiftTriggers


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_changed_since")]
    operations = [
        LiftTriggers(),
        migrations.AddField(
            model_name="payment",
            name="bank_entry",
            field=inventory_project.base.fields.Text(
                blank=True, db_default="", default="", editable=False, max_length=60, verbose_name="bank entry"
            ),
        ),
        LiftTriggers(),
    ]
