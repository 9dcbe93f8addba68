"""Searching customers, orders, shipments and returns."""

from django.db import migrations

from inventory_project.base.operations import CreateSearchIndexes


class Migration(migrations.Migration):
    dependencies = [("sales", "0002_number_series"), ("catalog", "0002_search_indexes")]
    operations = [
        CreateSearchIndexes("customer", "name", "code", "email"),
        CreateSearchIndexes("order", "order_number", "customer_reference"),
        CreateSearchIndexes("shipment", "shipment_number", "tracking_number"),
        CreateSearchIndexes("sales_return", "return_number"),
    ]
