"""What was refunded before each refund was kept becomes one refund: the sum, as the last one was recorded."""

import datetime

from django.db import migrations

BATCH = 1000


def fill(apps, schema_editor) -> None:
    notes = apps.get_model("billing", "CreditNote").objects.using(schema_editor.connection.alias)
    refunded = notes.filter(refunded_amount__gt=0, refunds=[])
    while batch := list(refunded.order_by("pk")[:BATCH]):
        for note in batch:
            instant = note.refunded_at.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
            note.refunds = [
                {
                    "amount": f"{note.refunded_amount:.2f}",
                    "method": note.refund_method,
                    "reference": note.refund_reference,
                    "refunded_at": instant,
                    "user": None,
                }
            ]
        notes.bulk_update(batch, ["refunds"])


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_refund_history_and_usual_tax")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
