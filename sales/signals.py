"""News from sales to the apps above it, sent by services inside their transaction."""

from django.dispatch import Signal

# Sent with `shipment`, once its goods have left.
goods_shipped = Signal()

# Sent with `sales_return`, once its goods are back.
goods_returned = Signal()
