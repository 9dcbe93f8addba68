"""What the fuzzers work on: a small company with something in every table."""

from inventory_project.demo import Size, build

TINY = Size(products=20, suppliers=5, customers=8, purchase_orders=6, orders=30)


def build_company() -> None:
    """The sample company, the same each time."""
    build(TINY, seed=1, say=lambda line: None)
