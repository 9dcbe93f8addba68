"""The movements themselves."""

from .registry import Finding, Reader, in_units, invariant

# Which document's line a movement of a kind comes from; none for what is entered by hand.
SOURCE_OF = {
    "receipt": "stock.goodsreceiptitem",
    "shipment": "sales.shipmentitem",
    "customer_return": "sales.salesreturnitem",
    "transfer_out": "stock.stocktransferitem",
    "transfer_in": "stock.stocktransferitem",
    "count": "stock.stockcountitem",
    "adjustment": "",
    "opening": "",
}


@invariant("ledger")
def quantity_after_is_the_running_sum(db: Reader) -> Finding:
    """Each movement says how much was on hand after it: what was there before and what it moved, never below 0."""
    return db.find(
        "stock_movement",
        """
        SELECT id, quantity_before, quantity, quantity_after FROM (
            SELECT id, quantity, quantity_after,
                   COALESCE(LAG(quantity_after) OVER (PARTITION BY product_id, warehouse_id ORDER BY id), 0)
                       AS quantity_before
            FROM stock_movement
        ) chain
        WHERE quantity_after <> quantity_before + quantity OR quantity_after < 0 ORDER BY id
        """,
    )


@invariant("ledger")
def movements_move_something(db: Reader) -> Finding:
    """A movement is never of 0 units, and its value goes the way of the goods."""
    return db.find(
        "stock_movement",
        """
        SELECT id, quantity, value FROM stock_movement
        WHERE quantity = 0 OR (quantity > 0 AND value < 0) OR (quantity < 0 AND value > 0) ORDER BY id
        """,
    )


@invariant("ledger")
def movements_stay_in_their_warehouse(db: Reader) -> Finding:
    """A movement's bin is in its warehouse, and its lot of its product."""
    return db.find(
        "stock_movement",
        """
        SELECT m.id, m.bin_id AS bin, m.lot_id AS lot FROM stock_movement m
        JOIN bin b ON b.id = m.bin_id
        LEFT JOIN lot l ON l.id = m.lot_id
        WHERE b.warehouse_id <> m.warehouse_id OR l.product_id <> m.product_id ORDER BY m.id
        """,
    )


@invariant("ledger")
def movements_have_the_source_of_their_kind(db: Reader) -> Finding:
    """A movement comes from a line of the kind of document that makes such movements, or from none."""
    kinds = " ".join(f"WHEN '{kind}' THEN '{source}'" for kind, source in SOURCE_OF.items())
    return db.find(
        "stock_movement",
        f"""
        SELECT m.id, m.kind, m.source_type, m.source_id FROM stock_movement m
        LEFT JOIN stock_movement o ON o.id = m.reverses_id
        WHERE m.source_type <> CASE m.kind {kinds}
                  ELSE COALESCE(o.source_type, '{SOURCE_OF["receipt"]}') END
           OR (m.source_type = '') <> (m.source_id IS NULL)
           OR COALESCE(m.source_id, 0) <> COALESCE(o.source_id, m.source_id, 0)
        ORDER BY m.id
        """,
    )


@invariant("ledger")
def reversals_undo_exactly(db: Reader) -> Finding:
    """A reversal takes back exactly the units, at the place, of one movement. Goods that come back bring the value
    that they left with; goods that leave take no more than they brought, unless nothing remains."""
    return db.find(
        "stock_movement WHERE reverses_id IS NOT NULL",
        f"""
        SELECT r.id, o.id AS reverses, r.quantity, o.quantity AS original, r.value, o.value AS original_value
        FROM stock_movement r JOIN stock_movement o ON o.id = r.reverses_id
        WHERE r.quantity <> -o.quantity OR r.kind <> 'reversal' OR o.kind = 'reversal' OR r.id <= o.id
           OR r.product_id <> o.product_id OR r.warehouse_id <> o.warehouse_id OR r.bin_id <> o.bin_id
           OR COALESCE(r.lot_id, 0) <> COALESCE(o.lot_id, 0)
           OR (r.quantity > 0 AND {in_units("r.value")} <> -{in_units("o.value")})
           OR (r.quantity < 0 AND -{in_units("r.value")} > {in_units("o.value")} AND r.quantity_after <> 0)
        ORDER BY r.id
        """,
    )


@invariant("ledger")
def movements_are_reversed_once(db: Reader) -> Finding:
    """No movement is reversed twice."""
    return db.find(
        "stock_movement WHERE reverses_id IS NOT NULL",
        """
        SELECT reverses_id AS id, COUNT(*) AS reversals FROM stock_movement
        WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING COUNT(*) > 1 ORDER BY 1
        """,
    )
