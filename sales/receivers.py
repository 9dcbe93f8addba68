"""What sales does when stock has news."""

from collections.abc import Collection

from django.conf import settings
from django.dispatch import receiver

from stock.signals import goods_arrived

from .services import allocate_backorders


@receiver(goods_arrived)
def serve_backorders(*, inventory_ids: Collection[int], **kwargs) -> None:
    """Goods that have arrived go to the oldest back-orders first, unless the installation decides by hand."""
    if settings.AUTO_ALLOCATE:
        allocate_backorders(inventory_ids, by=None)
