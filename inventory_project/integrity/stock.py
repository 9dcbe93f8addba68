"""Balances, what lies where, and what is reserved."""

from .registry import Finding, Reader, in_units, invariant


@invariant("stock")
def balances_match_the_ledger(db: Reader) -> Finding:
    """The quantity and the value of a balance are the sums of its movements."""
    return db.find(
        "inventory",
        f"""
        SELECT i.id, i.quantity, COALESCE(m.units, 0) AS moved, i.stock_value,
               COALESCE(m.worth, 0) / 10000.0 AS value_moved
        FROM inventory i
        LEFT JOIN (
            SELECT product_id, warehouse_id, SUM(quantity) AS units, SUM({in_units("value")}) AS worth
            FROM stock_movement GROUP BY product_id, warehouse_id
        ) m ON m.product_id = i.product_id AND m.warehouse_id = i.warehouse_id
        WHERE i.quantity <> COALESCE(m.units, 0) OR {in_units("i.stock_value")} <> COALESCE(m.worth, 0)
        ORDER BY i.id
        """,
    )


@invariant("stock")
def movements_have_a_balance(db: Reader) -> Finding:
    """Every movement belongs to a balance of its product and warehouse."""
    return db.find(
        "stock_movement",
        """
        SELECT MIN(m.id) AS id, m.product_id AS product, m.warehouse_id AS warehouse, COUNT(*) AS movements
        FROM stock_movement m
        LEFT JOIN inventory i ON i.product_id = m.product_id AND i.warehouse_id = m.warehouse_id
        WHERE i.id IS NULL GROUP BY m.product_id, m.warehouse_id ORDER BY 1
        """,
    )


@invariant("stock")
def balances_are_in_bounds(db: Reader) -> Finding:
    """Nothing is below 0, no more is reserved than is on hand, and an empty balance has no value."""
    return db.find(
        "inventory",
        """
        SELECT id, quantity, reserved, stock_value FROM inventory
        WHERE quantity < 0 OR reserved < 0 OR reserved > quantity OR stock_value < 0
           OR (quantity = 0 AND stock_value <> 0)
        ORDER BY id
        """,
    )


@invariant("stock")
def one_balance_per_place(db: Reader) -> Finding:
    """There is one balance per product and warehouse."""
    return db.find(
        "inventory",
        """
        SELECT MAX(id) AS id, product_id AS product, warehouse_id AS warehouse, COUNT(*) AS balances
        FROM inventory GROUP BY product_id, warehouse_id HAVING COUNT(*) > 1 ORDER BY 1
        """,
    )


@invariant("stock")
def reserved_matches_reservations(db: Reader) -> Finding:
    """What a balance has reserved is the sum of the reservations on it."""
    return db.find(
        "inventory",
        """
        SELECT i.id, i.reserved, COALESCE(r.units, 0) AS reservations
        FROM inventory i
        LEFT JOIN (SELECT inventory_id, SUM(quantity) AS units FROM reservation GROUP BY inventory_id) r
               ON r.inventory_id = i.id
        WHERE i.reserved <> COALESCE(r.units, 0) ORDER BY i.id
        """,
    )


@invariant("stock")
def stock_items_match_balances(db: Reader) -> Finding:
    """What lies in the bins adds up to the balance, and no bin holds less than nothing."""
    return db.find(
        "inventory",
        """
        SELECT i.id, i.quantity, COALESCE(s.units, 0) AS in_bins, COALESCE(s.least, 0) AS least
        FROM inventory i
        LEFT JOIN (
            SELECT inventory_id, SUM(quantity) AS units, MIN(quantity) AS least FROM stock_item GROUP BY inventory_id
        ) s ON s.inventory_id = i.id
        WHERE i.quantity <> COALESCE(s.units, 0) OR s.least < 0 ORDER BY i.id
        """,
    )


@invariant("stock")
def stock_items_match_the_ledger(db: Reader) -> Finding:
    """What lies in a bin, of a lot, is the sum of the movements there."""
    return db.find(
        "stock_item",
        """
        WITH there AS (
            SELECT i.product_id, i.warehouse_id, s.bin_id, s.lot_id, s.quantity AS lies, 0 AS moved, s.id
            FROM stock_item s JOIN inventory i ON i.id = s.inventory_id
            UNION ALL
            SELECT product_id, warehouse_id, bin_id, lot_id, 0, quantity, NULL FROM stock_movement
        )
        SELECT COALESCE(MAX(id), 0) AS id, product_id AS product, bin_id AS bin, lot_id AS lot,
               SUM(lies) AS lies, SUM(moved) AS moved
        FROM there GROUP BY product_id, warehouse_id, bin_id, lot_id
        HAVING SUM(lies) <> SUM(moved) ORDER BY 1
        """,
    )


@invariant("stock")
def stock_items_lie_in_their_warehouse(db: Reader) -> Finding:
    """Goods lie in bins of the warehouse of their balance, in lots of its product."""
    return db.find(
        "stock_item",
        """
        SELECT s.id, s.bin_id AS bin, s.lot_id AS lot FROM stock_item s
        JOIN inventory i ON i.id = s.inventory_id
        JOIN bin b ON b.id = s.bin_id
        LEFT JOIN lot l ON l.id = s.lot_id
        WHERE b.warehouse_id <> i.warehouse_id OR l.product_id <> i.product_id ORDER BY s.id
        """,
    )


@invariant("stock")
def tracked_goods_have_lots(db: Reader) -> Finding:
    """Goods that are tracked lie there by lot, others without."""
    return db.find(
        "stock_item WHERE quantity <> 0",
        """
        SELECT s.id, p.sku, p.tracking, s.lot_id AS lot FROM stock_item s
        JOIN inventory i ON i.id = s.inventory_id
        JOIN product p ON p.id = i.product_id
        WHERE s.quantity <> 0 AND ((p.tracking = 'none' AND s.lot_id IS NOT NULL)
                                OR (p.tracking <> 'none' AND s.lot_id IS NULL))
        ORDER BY s.id
        """,
    )


@invariant("stock")
def a_serial_number_is_one_piece(db: Reader) -> Finding:
    """A serial number is in stock at most once, over all warehouses."""
    return db.find(
        "lot l JOIN product p ON p.id = l.product_id WHERE p.tracking = 'serial'",
        """
        SELECT l.id, l.number, SUM(s.quantity) AS pieces FROM lot l
        JOIN product p ON p.id = l.product_id
        JOIN stock_item s ON s.lot_id = l.id
        WHERE p.tracking = 'serial' GROUP BY l.id, l.number HAVING SUM(s.quantity) > 1 ORDER BY l.id
        """,
    )


@invariant("stock")
def warehouses_have_one_default_bin(db: Reader) -> Finding:
    """Every warehouse has exactly one default bin."""
    return db.find(
        "warehouse",
        """
        SELECT w.id, w.code, COUNT(b.id) AS default_bins FROM warehouse w
        LEFT JOIN bin b ON b.warehouse_id = w.id AND b.is_default
        GROUP BY w.id, w.code HAVING COUNT(b.id) <> 1 ORDER BY w.id
        """,
    )
