"""Each refund of a credit note is kept; invoice lines know whether their tax was looked up."""

from django.db import migrations, models

import inventory_project.base.fields
from inventory_project.base.triggers import LiftTriggers


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_search_indexes")]
    operations = [
        LiftTriggers(),
        migrations.AddField(
            model_name="creditnote",
            name="refunds",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                editable=False,
                verbose_name="refunds",
            ),
        ),
        migrations.AddField(
            model_name="invoiceitem",
            name="usual_tax",
            field=inventory_project.base.fields.Text(
                blank=True, db_default="", default="", editable=False, max_length=20, verbose_name="usual tax"
            ),
        ),
        LiftTriggers(),
    ]
