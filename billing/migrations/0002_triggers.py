"""Issued invoices and credit notes are frozen."""

from django.db import migrations

from billing.triggers import TRIGGERS
from inventory_project.base.triggers import InstallTriggers


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [
        InstallTriggers(TRIGGERS),
    ]
