"""Orders of customers, and how far they have come."""

from .registry import Finding, Reader, invariant


@invariant("sales")
def order_lines_are_in_bounds(db: Reader) -> Finding:
    """No more is shipped and reserved, or invoiced, than was ordered; no more has come back than was shipped."""
    return db.find(
        "order_item",
        """
        SELECT i.id, i.quantity AS ordered, i.quantity_shipped AS shipped, COALESCE(r.units, 0) AS reserved,
               i.quantity_returned AS returned, i.quantity_invoiced AS invoiced
        FROM order_item i
        LEFT JOIN (SELECT order_item_id, SUM(quantity) AS units FROM reservation GROUP BY order_item_id) r
               ON r.order_item_id = i.id
        WHERE i.quantity_shipped + COALESCE(r.units, 0) > i.quantity OR i.quantity_returned > i.quantity_shipped
           OR i.quantity_invoiced > i.quantity OR i.quantity_shipped < 0 OR i.quantity_returned < 0
           OR i.quantity_invoiced < 0 OR i.quantity < 1
        ORDER BY i.id
        """,
    )


@invariant("sales")
def shipped_matches_shipments(db: Reader) -> Finding:
    """What an order line has shipped is what its shipments have taken."""
    return db.find(
        "order_item",
        """
        SELECT i.id, i.quantity_shipped AS shipped, COALESCE(s.units, 0) AS on_shipments FROM order_item i
        LEFT JOIN (
            SELECT line.order_item_id, SUM(line.quantity) AS units
            FROM shipment_item line JOIN shipment s ON s.id = line.shipment_id
            WHERE s.status IN ('shipped', 'delivered') GROUP BY line.order_item_id
        ) s ON s.order_item_id = i.id
        WHERE i.quantity_shipped <> COALESCE(s.units, 0) ORDER BY i.id
        """,
    )


@invariant("sales")
def returned_matches_returns(db: Reader) -> Finding:
    """What has come back of an order line is what its returns have received."""
    return db.find(
        "order_item",
        """
        SELECT i.id, i.quantity_returned AS returned, COALESCE(r.units, 0) AS on_returns FROM order_item i
        LEFT JOIN (SELECT order_item_id, SUM(quantity_received) AS units FROM sales_return_item
                   GROUP BY order_item_id) r ON r.order_item_id = i.id
        WHERE i.quantity_returned <> COALESCE(r.units, 0) ORDER BY i.id
        """,
    )


@invariant("sales")
def invoiced_matches_invoices(db: Reader) -> Finding:
    """What is invoiced of an order line is what stands on invoices that were not cancelled."""
    return db.find(
        "order_item",
        """
        SELECT i.id, i.quantity_invoiced AS invoiced, COALESCE(v.units, 0) AS on_invoices FROM order_item i
        LEFT JOIN (
            SELECT line.order_item_id, SUM(line.quantity) AS units
            FROM invoice_item line JOIN invoice v ON v.id = line.invoice_id
            WHERE v.status <> 'cancelled' AND line.order_item_id IS NOT NULL GROUP BY line.order_item_id
        ) v ON v.order_item_id = i.id
        WHERE i.quantity_invoiced <> COALESCE(v.units, 0) ORDER BY i.id
        """,
    )


@invariant("sales")
def orders_have_the_status_of_their_shipments(db: Reader) -> Finding:
    """Nothing has left of a pending or cancelled order, something is open of a confirmed one; a shipped one has a
    shipment and no draft of one, and all shipments of a delivered one have arrived."""
    return db.find(
        '"order"',
        """
        SELECT o.id, o.order_number, o.status, COALESCE(i.shipped, 0) AS shipped,
               COALESCE(i.open_lines, 0) AS open_lines, COALESCE(s.drafts, 0) AS drafts,
               COALESCE(s.under_way, 0) AS under_way
        FROM "order" o
        LEFT JOIN (
            SELECT order_id, SUM(quantity_shipped) AS shipped,
                   SUM(CASE WHEN quantity_shipped < quantity THEN 1 ELSE 0 END) AS open_lines
            FROM order_item GROUP BY order_id
        ) i ON i.order_id = o.id
        LEFT JOIN (
            SELECT order_id, SUM(CASE WHEN status = 'draft' THEN 1 ELSE 0 END) AS drafts,
                   SUM(CASE WHEN status = 'shipped' THEN 1 ELSE 0 END) AS under_way,
                   SUM(CASE WHEN status IN ('shipped', 'delivered') THEN 1 ELSE 0 END) AS sent
            FROM shipment GROUP BY order_id
        ) s ON s.order_id = o.id
        WHERE (o.status IN ('pending', 'cancelled') AND (i.shipped > 0 OR s.sent > 0 OR s.drafts > 0))
           OR (o.status = 'confirmed' AND COALESCE(i.open_lines, 0) = 0)
           OR (o.status IN ('shipped', 'delivered') AND (COALESCE(s.sent, 0) = 0 OR s.drafts > 0))
           OR (o.status = 'delivered' AND s.under_way > 0)
        ORDER BY o.id
        """,
    )


@invariant("sales")
def reservations_are_of_confirmed_orders(db: Reader) -> Finding:
    """Stock is held back for confirmed orders only, of the product that the line is for."""
    return db.find(
        "reservation",
        """
        SELECT r.id, o.order_number, o.status, r.quantity FROM reservation r
        JOIN order_item i ON i.id = r.order_item_id
        JOIN "order" o ON o.id = i.order_id
        JOIN inventory v ON v.id = r.inventory_id
        WHERE o.status <> 'confirmed' OR v.product_id <> i.product_id ORDER BY r.id
        """,
    )


@invariant("sales", severity="warning")
def expired_reservations_are_released(db: Reader) -> Finding:
    """Reservations whose time is over have been released (`manage.py release_expired_reservations`)."""
    return db.find(
        "reservation WHERE expires_at IS NOT NULL",
        f"""
        SELECT r.id, o.order_number, r.quantity FROM reservation r
        JOIN order_item i ON i.id = r.order_item_id JOIN "order" o ON o.id = i.order_id
        WHERE r.expires_at <= {db.now} ORDER BY r.id
        """,
    )
