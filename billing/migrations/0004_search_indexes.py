"""Searching invoices, payments and credit notes."""

from django.db import migrations

from inventory_project.base.operations import CreateSearchIndexes


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_number_series"), ("catalog", "0002_search_indexes")]
    operations = [
        CreateSearchIndexes("invoice", "invoice_number"),
        CreateSearchIndexes("payment", "payment_number", "reference"),
        CreateSearchIndexes("credit_note", "credit_note_number"),
    ]
