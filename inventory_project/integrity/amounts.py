"""Arithmetic of documents, by the one rounding rule of `base.money`. SQL narrows down, Python decides to the cent."""

from decimal import Decimal

from inventory_project.base.money import HUNDRED, cents, line_net

from .registry import Fault, Finding, Reader, Row, faults, in_cents, invariant

# A cent that may differ where an amount is divided into parts: each part is rounded, the last one takes the rest.
CENT = Decimal("0.01")


def off_the_rule(price: str) -> str:
    """SQL: whether a line's net amount is, roughly, not quantity x price less discount rounded to the cent."""
    return f"ABS(line.subtotal * 100.0 - line.quantity * {price} * (100.0 - line.discount_percent)) > 0.49"


def is_not_net(row: Row) -> bool:
    """Whether the net amount is not the one of the rule; by no more than a cent per part where it was divided."""
    rule = line_net(row["quantity"], _exact(row["price"], 4), _exact(row["discount"], 3))
    return abs(rule - _exact(row["net"], 2)) > CENT * row["parts"]


def is_not_tax(row: Row) -> bool:
    """Whether the tax of a rate is not the one of the rule; by no more than a cent per part where it was divided."""
    rule = cents(_exact(row["net"], 2) * _exact(row["percent"], 3) / HUNDRED)
    return abs(rule - _exact(row["tax"], 2)) > CENT * row["parts"]


def _exact(value: object, places: int) -> Decimal:
    """SQLite hands out floats and whole numbers."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places))


@invariant("amounts")
def order_lines_follow_the_rule(db: Reader) -> Finding:
    """The net amount of an order line is quantity x unit price less discount, half-up to the cent."""
    return db.find(
        "order_item",
        f"""
        SELECT line.id, line.quantity, line.unit_price AS price, line.discount_percent AS discount,
               line.subtotal AS net, 0 AS parts
        FROM order_item line WHERE {off_the_rule("line.unit_price")} ORDER BY line.id
        """,
        wrong=is_not_net,
    )


@invariant("amounts")
def supplier_lines_follow_the_rule(db: Reader) -> Finding:
    """The net amount of a line of an order to a supplier is quantity x unit cost less discount, half-up to the cent."""
    return db.find(
        "purchase_order_item",
        f"""
        SELECT line.id, line.quantity, COALESCE(line.unit_cost, 0) AS price, line.discount_percent AS discount,
               line.subtotal AS net, 0 AS parts
        FROM purchase_order_item line
        WHERE {off_the_rule("COALESCE(line.unit_cost, 0)")} ORDER BY line.id
        """,
        wrong=is_not_net,
    )


@invariant("amounts")
def invoice_lines_follow_the_rule(db: Reader) -> Finding:
    """The net amount of an invoice line is quantity x unit price less discount, half-up to the cent; where an order
    line is invoiced in parts, the last part takes the rest."""
    return db.find(
        "invoice_item",
        f"""
        SELECT line.id, line.quantity, line.unit_price AS price, line.discount_percent AS discount,
               line.subtotal AS net, CASE WHEN p.parts > 1 THEN p.parts ELSE 0 END AS parts
        FROM invoice_item line
        LEFT JOIN (SELECT order_item_id, COUNT(*) AS parts FROM invoice_item WHERE order_item_id IS NOT NULL
                   GROUP BY order_item_id) p ON p.order_item_id = line.order_item_id
        WHERE {off_the_rule("line.unit_price")} ORDER BY line.id
        """,
        wrong=is_not_net,
    )


@invariant("amounts")
def order_totals_are_their_lines(db: Reader) -> Finding:
    """An order comes to its lines and the charge for the delivery, with tax."""
    net, shipping, tax, total = (
        in_cents(f"o.{name}") for name in ("subtotal_amount", "shipping_amount", "tax_amount", "total_amount")
    )
    return db.find(
        '"order"',
        f"""
        SELECT o.id, o.order_number, o.subtotal_amount AS subtotal, o.tax_amount AS tax, o.total_amount AS total,
               COALESCE(i.net, 0) / 100.0 AS lines
        FROM "order" o
        LEFT JOIN (SELECT order_id, SUM({in_cents("subtotal")}) AS net FROM order_item GROUP BY order_id) i
               ON i.order_id = o.id
        WHERE {net} <> COALESCE(i.net, 0) OR {total} <> {net} + {shipping} + {tax} ORDER BY o.id
        """,
    )


@invariant("amounts")
def supplier_totals_are_their_lines(db: Reader) -> Finding:
    """An order to a supplier comes to its lines, with tax."""
    net, tax, total = (in_cents(f"o.{name}") for name in ("subtotal_amount", "tax_amount", "total_amount"))
    return db.find(
        "purchase_order",
        f"""
        SELECT o.id, o.purchase_order_number AS purchase_order, o.subtotal_amount AS subtotal,
               o.total_amount AS total, COALESCE(i.net, 0) / 100.0 AS lines
        FROM purchase_order o
        LEFT JOIN (SELECT purchase_order_id, SUM({in_cents("subtotal")}) AS net FROM purchase_order_item
                   GROUP BY purchase_order_id) i ON i.purchase_order_id = o.id
        WHERE {net} <> COALESCE(i.net, 0) OR {total} <> {net} + {tax} ORDER BY o.id
        """,
    )


def _papers_are_their_lines(db: Reader, paper: str) -> Finding:
    net, tax, total = (in_cents(f"v.{name}") for name in ("subtotal_amount", "tax_amount", "total_amount"))
    return db.find(
        paper,
        f"""
        SELECT v.id, v.{paper}_number, v.subtotal_amount AS subtotal, COALESCE(i.net, 0) / 100.0 AS lines,
               v.tax_amount AS tax, COALESCE(i.tax, 0) / 100.0 AS tax_of_lines, v.total_amount AS total
        FROM {paper} v
        LEFT JOIN (SELECT {paper}_id, SUM({in_cents("subtotal")}) AS net, SUM({in_cents("tax_amount")}) AS tax
                   FROM {paper}_item GROUP BY {paper}_id) i ON i.{paper}_id = v.id
        WHERE {net} <> COALESCE(i.net, 0) OR {tax} <> COALESCE(i.tax, 0) OR {total} <> {net} + {tax} ORDER BY v.id
        """,
    )


@invariant("amounts")
def invoice_totals_are_their_lines(db: Reader) -> Finding:
    """An invoice comes to its lines, net and tax, to the cent."""
    return _papers_are_their_lines(db, "invoice")


@invariant("amounts")
def credit_note_totals_are_their_lines(db: Reader) -> Finding:
    """A credit note comes to its lines, net and tax, to the cent."""
    return _papers_are_their_lines(db, "credit_note")


# What is taxed alike on an order; the charge for the delivery is a line of its own.
ORDER_TAX = f"""
    SELECT id, percent, category, SUM(net) / 100.0 AS net, SUM(tax) / 100.0 AS tax, 0 AS parts FROM (
        SELECT order_id AS id, tax_percent AS percent, tax_category AS category,
               {in_cents("subtotal")} AS net, {in_cents("tax_amount")} AS tax
        FROM order_item
        UNION ALL
        SELECT o.id, o.shipping_tax_percent, o.shipping_tax_category, {in_cents("o.shipping_amount")},
               {in_cents("o.tax_amount")} - COALESCE(i.tax, 0)
        FROM "order" o
        LEFT JOIN (SELECT order_id, SUM({in_cents("tax_amount")}) AS tax FROM order_item GROUP BY order_id) i
               ON i.order_id = o.id
    ) taxed GROUP BY id, percent, category
"""

INVOICE_TAX = f"""
    SELECT line.invoice_id AS id, line.tax_percent AS percent, line.tax_category AS category,
           SUM({in_cents("line.subtotal")}) / 100.0 AS net, SUM({in_cents("line.tax_amount")}) / 100.0 AS tax,
           CASE WHEN MAX(p.parts) > 1 THEN MAX(p.parts) ELSE 0 END AS parts
    FROM invoice_item line
    JOIN invoice v ON v.id = line.invoice_id
    LEFT JOIN (SELECT order_id, COUNT(*) AS parts FROM invoice WHERE order_id IS NOT NULL GROUP BY order_id) p
           ON p.order_id = v.order_id
    GROUP BY line.invoice_id, line.tax_percent, line.tax_category
"""


def _taxed_by_rate(db: Reader, of: str, groups: str) -> Finding:
    return db.find(
        of,
        f"SELECT * FROM ({groups}) rates WHERE ABS(tax * 100.0 - net * percent) > 0.49 ORDER BY id, percent",
        wrong=is_not_tax,
    )


@invariant("amounts")
def order_tax_is_by_rate(db: Reader) -> Finding:
    """The tax of an order is, for each rate, the rate on the sum of what is taxed at it, half-up (EN 16931,
    BR-CO-17)."""
    return _taxed_by_rate(db, '"order"', ORDER_TAX)


@invariant("amounts")
def invoice_tax_is_by_rate(db: Reader) -> Finding:
    """The tax of an invoice is, for each rate, the rate on the sum of what is taxed at it, half-up (EN 16931,
    BR-CO-17); of an order invoiced in parts, the last part takes what is left."""
    return _taxed_by_rate(db, "invoice", INVOICE_TAX)


@invariant("amounts")
def supplier_tax_is_by_rate(db: Reader) -> Finding:
    """The tax of an order to a supplier is, over its rates, the rate on the sum of what is taxed at it, half-up."""
    groups: dict[int, list[Row]] = {}
    for row in db.rows(
        f"""
        SELECT i.purchase_order_id AS id, o.tax_amount AS tax, i.tax_percent AS percent,
               SUM({in_cents("i.subtotal")}) / 100.0 AS net
        FROM purchase_order_item i JOIN purchase_order o ON o.id = i.purchase_order_id
        WHERE i.tax_percent IS NOT NULL
        GROUP BY i.purchase_order_id, o.tax_amount, i.tax_percent ORDER BY 1
        """
    ):
        groups.setdefault(row["id"], []).append(row)
    return Finding(db.count("purchase_order"), [fault for rows in groups.values() for fault in _wrong_tax(rows)])


def _wrong_tax(rates: list[Row]) -> list[Fault]:
    tax = sum(cents(_exact(row["net"], 2) * _exact(row["percent"], 3) / HUNDRED) for row in rates)
    first = rates[0]
    return faults([{"id": first["id"], "tax": first["tax"], "by_rate": tax}]) if tax != _exact(first["tax"], 2) else []


@invariant("amounts")
def order_tax_is_spread_over_the_lines(db: Reader) -> Finding:
    """Each order line bears its share of the tax of its rate, to within a cent."""
    return db.find(
        "order_item",
        f"""
        SELECT line.id, line.subtotal AS net, line.tax_percent AS percent, line.tax_amount AS tax
        FROM order_item line
        WHERE ABS(line.tax_amount * 100.0 - line.subtotal * line.tax_percent) > 1.51
           OR (line.tax_percent = 0 AND {in_cents("line.tax_amount")} <> 0)
        ORDER BY line.id
        """,
    )
