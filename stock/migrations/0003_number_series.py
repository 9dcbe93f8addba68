"""Numbers of purchase orders, goods receipts, transfers and counts."""

from django.db import migrations

from inventory_project.base.numbering import CreateNumberSeries


class Migration(migrations.Migration):
    dependencies = [("stock", "0002_triggers")]
    operations = [
        CreateNumberSeries("PO", "purchase_order", "purchase_order_number"),
        CreateNumberSeries("GR", "goods_receipt", "receipt_number"),
        CreateNumberSeries("TR", "stock_transfer", "transfer_number"),
        CreateNumberSeries("SC", "stock_count", "count_number"),
    ]
