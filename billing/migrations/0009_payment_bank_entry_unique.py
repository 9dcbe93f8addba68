"""No line of a bank statement is recorded twice."""

from django.db import migrations, models

from inventory_project.base.operations import AddUniqueWhileWorking
from inventory_project.base.triggers import LiftTriggers


class Migration(migrations.Migration):
    atomic = False  # the index is built without stopping work

    dependencies = [("billing", "0008_payment_bank_entry")]
    operations = [
        LiftTriggers(),
        AddUniqueWhileWorking(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "recorded"), models.Q(("bank_entry", ""), _negated=True)),
                fields=("bank_entry",),
                name="payment_bank_entry_unique",
                violation_error_code="duplicate",
                violation_error_message="Another payment has this line of the bank statement already.",
            ),
        ),
        LiftTriggers(),
    ]
