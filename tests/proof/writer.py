"""One of several processes that trade on the same SQLite file: python -m tests.proof.writer NAME DEALS

Reads the shop from the database, deals, and prints as JSON what it has moved and how it fared.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inventory_project.settings")


def main(name: str, deals: int) -> None:
    from accounts.models import User
    from catalog.models import Product, Supplier
    from sales.models import Customer
    from stock.models import Warehouse

    from .dealer import Dealer
    from .shop import Shop

    shop = Shop(
        clerk=User.objects.get(is_superuser=True),
        customer=Customer.objects.get(),
        supplier=Supplier.objects.get(),
        warehouses=list(Warehouse.objects.order_by("pk")),
        products=list(Product.objects.select_related("category").order_by("pk")),
    )
    dealer = Dealer(shop, name)
    for _ in range(deals):
        dealer.deal()
    moved = [[product, place, units] for (product, place), units in dealer.moved.items()]
    told = {"moved": moved, "transactions": dealer.transactions, "refused": dealer.refused, "longest": dealer.longest}
    print(json.dumps(told))


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]))
