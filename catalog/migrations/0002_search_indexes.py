"""Searching products and suppliers."""

from django.db import migrations

from inventory_project.base.operations import CreateSearchIndexes, CreateTrigrams


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [
        CreateTrigrams(),
        CreateSearchIndexes("product", "name", "sku", "brand"),
        CreateSearchIndexes("supplier", "name", "code"),
    ]
