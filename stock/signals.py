"""News from stock to the apps above it."""

from django.dispatch import Signal

# Sent with `inventory_ids` (a frozenset) after the commit, once goods have come in: who serves back-orders locks
# orders first, and the posting that brought the goods holds balances already.
goods_arrived = Signal()
