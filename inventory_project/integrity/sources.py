"""Documents and their movements: what has been posted has moved, exactly; what has not, has not."""

from decimal import ROUND_DOWN

from django.conf import settings

from .registry import Finding, Reader, in_units, invariant


def moved_by(source: str, *, kind: str = "") -> str:
    """A subquery: the movements of each line of a kind of document."""
    narrowed = f" AND kind = '{kind}'" if kind else ""
    return f"""(
        SELECT source_id, COUNT(*) AS movements, SUM(quantity) AS units, SUM({in_units("value")}) AS worth,
               MIN(product_id) AS product_id, MAX(product_id) AS other_product_id,
               MIN(warehouse_id) AS warehouse_id, MAX(warehouse_id) AS other_warehouse_id,
               MIN(bin_id) AS bin_id, COALESCE(MIN(lot_id), 0) AS lot_id
        FROM stock_movement WHERE source_type = '{source}'{narrowed} GROUP BY source_id
    )"""


def elsewhere(product: str, warehouse: str) -> str:
    """Whether any movement `m` of a line is of another product or warehouse than the line."""
    return (
        f"m.product_id <> {product} OR m.other_product_id <> {product} "
        f"OR m.warehouse_id <> {warehouse} OR m.other_warehouse_id <> {warehouse}"
    )


@invariant("documents")
def movements_come_from_lines_that_exist(db: Reader) -> Finding:
    """The document line that a movement names is there."""
    tables = {
        "stock.goodsreceiptitem": "goods_receipt_item",
        "sales.shipmentitem": "shipment_item",
        "sales.salesreturnitem": "sales_return_item",
        "stock.stocktransferitem": "stock_transfer_item",
        "stock.stockcountitem": "stock_count_item",
    }
    orphans = " UNION ALL ".join(
        f"""SELECT m.id, m.source_type, m.source_id FROM stock_movement m
            LEFT JOIN {table} line ON line.id = m.source_id WHERE m.source_type = '{source}' AND line.id IS NULL"""
        for source, table in tables.items()
    )
    return db.find("stock_movement WHERE source_id IS NOT NULL", f"SELECT * FROM ({orphans}) orphans ORDER BY 1")


@invariant("documents")
def shipment_lines_have_moved(db: Reader) -> Finding:
    """A line that was shipped has exactly one movement, of its units, bin and lot; one that was not has none."""
    return db.find(
        "shipment_item",
        f"""
        SELECT i.id, s.shipment_number AS shipment, s.status, i.quantity, COALESCE(m.units, 0) AS moved
        FROM shipment_item i
        JOIN shipment s ON s.id = i.shipment_id
        JOIN order_item line ON line.id = i.order_item_id
        LEFT JOIN {moved_by("sales.shipmentitem")} m ON m.source_id = i.id
        WHERE CASE WHEN s.status IN ('shipped', 'delivered')
              THEN COALESCE(m.movements, 0) <> 1 OR m.units <> -i.quantity OR m.bin_id <> COALESCE(i.bin_id, 0)
                OR m.lot_id <> COALESCE(i.lot_id, 0) OR {elsewhere("line.product_id", "s.warehouse_id")}
                OR line.order_id <> s.order_id
              ELSE m.movements IS NOT NULL END
        ORDER BY i.id
        """,
    )


@invariant("documents")
def receipt_lines_have_moved(db: Reader) -> Finding:
    """A line that was received has one movement of what was accepted, and reversals of what was sent back since; one
    that was not has none."""
    return db.find(
        "goods_receipt_item",
        f"""
        SELECT i.id, r.receipt_number AS receipt, r.status, i.quantity, i.quantity_reversed AS sent_back,
               COALESCE(came.units, 0) AS came, COALESCE(-went.units, 0) AS went
        FROM goods_receipt_item i
        JOIN goods_receipt r ON r.id = i.receipt_id
        LEFT JOIN {moved_by("stock.goodsreceiptitem")} m ON m.source_id = i.id
        LEFT JOIN {moved_by("stock.goodsreceiptitem", kind="receipt")} came ON came.source_id = i.id
        LEFT JOIN {moved_by("stock.goodsreceiptitem", kind="reversal")} went ON went.source_id = i.id
        WHERE CASE WHEN r.status IN ('posted', 'reversed')
              THEN COALESCE(came.movements, 0) <> CASE WHEN i.quantity > 0 THEN 1 ELSE 0 END
                OR COALESCE(came.units, 0) <> i.quantity OR COALESCE(went.units, 0) <> -i.quantity_reversed
                OR {elsewhere("i.product_id", "r.warehouse_id")}
                OR (r.status = 'reversed' AND i.quantity_reversed <> i.quantity)
              ELSE m.movements IS NOT NULL OR i.quantity_reversed <> 0 END
        ORDER BY i.id
        """,
    )


@invariant("documents")
def return_lines_have_moved(db: Reader) -> Finding:
    """What came back resellable is in stock again; damaged goods, and what has not come back, moved nothing."""
    return db.find(
        "sales_return_item",
        f"""
        SELECT i.id, r.return_number AS sales_return, r.status, i.condition, i.quantity_received AS received,
               COALESCE(m.units, 0) AS moved
        FROM sales_return_item i
        JOIN sales_return r ON r.id = i.sales_return_id
        JOIN order_item line ON line.id = i.order_item_id
        LEFT JOIN {moved_by("sales.salesreturnitem")} m ON m.source_id = i.id
        WHERE COALESCE(m.units, 0) <> CASE WHEN i.condition = 'resellable' THEN i.quantity_received ELSE 0 END
           OR (i.quantity_received > 0 AND r.status NOT IN ('received', 'closed'))
           OR (m.movements IS NOT NULL AND ({elsewhere("line.product_id", "r.warehouse_id")}))
           OR line.order_id <> r.order_id
        ORDER BY i.id
        """,
    )


@invariant("documents")
def returns_bring_back_no_more_than_left(db: Reader) -> Finding:
    """The goods of an order line come back with no more value than they left with."""
    return db.find(
        "order_item WHERE quantity_returned > 0",
        f"""
        SELECT gone.order_item_id AS id, -gone.worth / 10000.0 AS value_gone, back.worth / 10000.0 AS value_back
        FROM (
            SELECT i.order_item_id, SUM({in_units("m.value")}) AS worth FROM stock_movement m
            JOIN shipment_item i ON i.id = m.source_id WHERE m.source_type = 'sales.shipmentitem'
            GROUP BY i.order_item_id
        ) gone
        JOIN (
            SELECT i.order_item_id, SUM({in_units("m.value")}) AS worth FROM stock_movement m
            JOIN sales_return_item i ON i.id = m.source_id WHERE m.source_type = 'sales.salesreturnitem'
            GROUP BY i.order_item_id
        ) back ON back.order_item_id = gone.order_item_id
        WHERE back.worth > -gone.worth ORDER BY 1
        """,
    )


@invariant("documents")
def count_lines_have_moved(db: Reader) -> Finding:
    """A posted count moved what was counted less what was expected, line by line, once; any other count nothing."""
    return db.find(
        "stock_count_item",
        f"""
        SELECT i.id, c.count_number AS stock_count, c.status, i.counted_quantity AS counted,
               i.expected_quantity AS expected, COALESCE(m.units, 0) AS moved
        FROM stock_count_item i
        JOIN stock_count c ON c.id = i.count_id
        LEFT JOIN {moved_by("stock.stockcountitem")} m ON m.source_id = i.id
        WHERE COALESCE(m.units, 0) <> CASE WHEN c.status = 'posted'
                                           THEN COALESCE(i.counted_quantity - i.expected_quantity, 0) ELSE 0 END
           OR m.movements > 1 OR m.bin_id <> i.bin_id OR m.lot_id <> COALESCE(i.lot_id, 0)
           OR {elsewhere("i.product_id", "c.warehouse_id")}
        ORDER BY i.id
        """,
    )


@invariant("documents")
def transfers_conserve_goods(db: Reader) -> Finding:
    """What was dispatched has left, what was received has arrived, all of it once the transfer is closed; and nothing
    has moved of a transfer that was not dispatched."""
    return db.find(
        "stock_transfer_item",
        f"""
        SELECT i.id, t.transfer_number AS transfer, t.status, i.quantity, i.quantity_received AS received,
               COALESCE(-gone.units, 0) AS gone, COALESCE(came.units, 0) AS came
        FROM stock_transfer_item i
        JOIN stock_transfer t ON t.id = i.transfer_id
        LEFT JOIN {moved_by("stock.stocktransferitem", kind="transfer_out")} gone ON gone.source_id = i.id
        LEFT JOIN {moved_by("stock.stocktransferitem", kind="transfer_in")} came ON came.source_id = i.id
        WHERE t.from_warehouse_id = t.to_warehouse_id
           OR COALESCE(-gone.units, 0) <> CASE WHEN t.status IN ('in_transit', 'received') THEN i.quantity ELSE 0 END
           OR gone.movements > 1 OR gone.product_id <> i.product_id OR gone.warehouse_id <> t.from_warehouse_id
           OR came.product_id <> i.product_id OR came.warehouse_id <> t.to_warehouse_id
           OR came.other_warehouse_id <> t.to_warehouse_id
           OR COALESCE(came.units, 0) <> CASE t.status WHEN 'in_transit' THEN i.quantity_received
                                                       WHEN 'received' THEN i.quantity ELSE 0 END
           OR (t.status = 'received' AND t.close_reason = '' AND i.quantity_received <> i.quantity)
        ORDER BY i.id
        """,
    )


@invariant("documents")
def transfers_conserve_value(db: Reader) -> Finding:
    """The value that left is the value that arrived and the value on its way; nothing is on its way for ever."""
    return db.find(
        "stock_transfer_item",
        f"""
        SELECT i.id, t.transfer_number AS transfer, t.status, i.value_in_transit AS on_its_way,
               COALESCE(-gone.worth, 0) / 10000.0 AS gone, COALESCE(came.worth, 0) / 10000.0 AS came
        FROM stock_transfer_item i
        JOIN stock_transfer t ON t.id = i.transfer_id
        LEFT JOIN {moved_by("stock.stocktransferitem", kind="transfer_out")} gone ON gone.source_id = i.id
        LEFT JOIN {moved_by("stock.stocktransferitem", kind="transfer_in")} came ON came.source_id = i.id
        WHERE {in_units("i.value_in_transit")} <> COALESCE(-gone.worth, 0) - COALESCE(came.worth, 0)
           OR (t.status <> 'in_transit' AND i.value_in_transit <> 0)
        ORDER BY i.id
        """,
    )


@invariant("documents")
def transfers_closed_short_lost_the_rest(db: Reader) -> Finding:
    """What a transfer that was closed short had not received was adjusted away where it should have arrived."""
    return db.find(
        "stock_transfer WHERE close_reason <> ''",
        """
        SELECT t.id, t.transfer_number AS transfer, i.missing, COALESCE(a.units, 0) AS adjusted
        FROM stock_transfer t
        JOIN (SELECT transfer_id, SUM(quantity - quantity_received) AS missing FROM stock_transfer_item
              GROUP BY transfer_id) i ON i.transfer_id = t.id
        LEFT JOIN (SELECT reference, warehouse_id, SUM(quantity) AS units FROM stock_movement
                   WHERE kind = 'adjustment' AND reference <> '' GROUP BY reference, warehouse_id) a
               ON a.reference = t.transfer_number AND a.warehouse_id = t.to_warehouse_id
        WHERE t.close_reason <> '' AND COALESCE(-a.units, 0) <> i.missing ORDER BY t.id
        """,
    )


@invariant("documents")
def orders_to_suppliers_match_receipts(db: Reader) -> Finding:
    """What an order to a supplier has received is what its receipts have taken in and not sent back."""
    return db.find(
        "purchase_order_item",
        """
        SELECT i.id, o.purchase_order_number AS purchase_order, i.quantity_received AS received,
               COALESCE(r.units, 0) AS on_receipts
        FROM purchase_order_item i
        JOIN purchase_order o ON o.id = i.purchase_order_id
        LEFT JOIN (
            SELECT line.purchase_order_item_id, SUM(line.quantity - line.quantity_reversed) AS units
            FROM goods_receipt_item line JOIN goods_receipt g ON g.id = line.receipt_id
            WHERE g.status IN ('posted', 'reversed') GROUP BY line.purchase_order_item_id
        ) r ON r.purchase_order_item_id = i.id
        WHERE i.quantity_received <> COALESCE(r.units, 0) ORDER BY i.id
        """,
    )


@invariant("documents")
def no_more_is_received_than_allowed(db: Reader) -> Finding:
    """No more is received than was ordered and OVER_RECEIPT_PERCENT allows."""

    def above(row: dict) -> bool:
        most = row["ordered"] * (100 + settings.OVER_RECEIPT_PERCENT) / 100
        return row["received"] > most.to_integral_value(ROUND_DOWN)

    return db.find(
        "purchase_order_item",
        """
        SELECT id, quantity AS ordered, quantity_received AS received FROM purchase_order_item
        WHERE quantity_received > quantity ORDER BY id
        """,
        wrong=above,
    )


@invariant("documents")
def orders_to_suppliers_have_the_status_of_their_lines(db: Reader) -> Finding:
    """An order to a supplier is received, partially received or still awaited just as its lines are."""
    return db.find(
        "purchase_order",
        """
        SELECT o.id, o.purchase_order_number AS purchase_order, o.status, i.received, i.open_lines
        FROM purchase_order o
        JOIN (
            SELECT purchase_order_id, SUM(quantity_received) AS received,
                   SUM(CASE WHEN quantity_received < quantity THEN 1 ELSE 0 END) AS open_lines
            FROM purchase_order_item GROUP BY purchase_order_id
        ) i ON i.purchase_order_id = o.id
        WHERE (o.status IN ('draft', 'ordered', 'cancelled') AND i.received <> 0)
           OR (o.status = 'partially_received' AND (i.received = 0 OR i.open_lines = 0))
           OR (o.status = 'received' AND i.open_lines <> 0)
        ORDER BY o.id
        """,
    )
