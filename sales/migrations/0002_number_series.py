"""Numbers of orders, shipments and returns."""

from django.db import migrations

from inventory_project.base.numbering import CreateNumberSeries


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]
    operations = [
        CreateNumberSeries("SO", "order", "order_number"),
        CreateNumberSeries("SH", "shipment", "shipment_number"),
        CreateNumberSeries("RT", "sales_return", "return_number"),
    ]
