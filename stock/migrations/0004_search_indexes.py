"""Searching documents of the warehouse, and lots."""

from django.db import migrations

from inventory_project.base.operations import CreateSearchIndexes


class Migration(migrations.Migration):
    dependencies = [("stock", "0003_number_series"), ("catalog", "0002_search_indexes")]
    operations = [
        CreateSearchIndexes("lot", "number"),
        CreateSearchIndexes("purchase_order", "purchase_order_number"),
        CreateSearchIndexes("goods_receipt", "receipt_number", "supplier_reference"),
        CreateSearchIndexes("stock_transfer", "transfer_number"),
        CreateSearchIndexes("stock_count", "count_number"),
    ]
