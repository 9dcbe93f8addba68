"""What can go wrong, planted by plain SQL: at least one fault for each invariant."""
# ruff: noqa: E501 - a fault to a line

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Plant:
    """A fault, and the invariant that has to find it. `loose` names the tables that first lose their constraints."""

    invariant: str
    sql: str
    loose: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.invariant}: {self.sql}"

    def put(self) -> None:
        with connection.cursor() as cursor:
            for table in self.loose:  # a copy has neither checks nor triggers nor references
                cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_kept"')
                cursor.execute(f'CREATE TABLE "{table}" AS SELECT * FROM "{table}_kept"')
            cursor.execute(self.sql)
            if not self.sql.startswith(("DROP", "ALTER")):
                assert cursor.rowcount > 0, "nothing was planted"


def _plants(text: str, *loose: str) -> Iterable[Plant]:
    for line in text.strip().splitlines():
        name, sql = line.strip().split(": ", 1)
        yield Plant(name, sql, loose)


def _first(table: str, condition: str = "") -> str:
    where = f"WHERE {condition}" if condition else ""
    return f'(SELECT MIN(x.id) FROM "{table}" x {where})'


IN_TRANSIT = "(SELECT id FROM stock_transfer WHERE status = 'in_transit')"
CLOSED_SHORT = "(SELECT id FROM stock_transfer WHERE close_reason <> '')"
POSTED = "(SELECT id FROM stock_count WHERE status = 'posted')"
OTHER_BIN = "(SELECT MAX(b.id) FROM bin b)"
OF_SERIAL = "(SELECT l.id FROM lot l JOIN product p ON p.id = l.product_id WHERE p.tracking = 'serial')"
PAID = "(SELECT invoice_id FROM payment WHERE status = 'recorded')"
FREE = "order_item_id IS NULL AND kind = 'goods'"

PLANTS = [
    # as far as the constraints let one go
    *_plants(
        f"""
        constraints_and_indexes_are_valid: DROP INDEX bin_one_default
        somebody_can_administer: UPDATE "user" SET is_active = FALSE
        roles_grant_what_exists: UPDATE role SET permissions = '["stock.fly_to_the_moon"]' WHERE id = {_first("role")}
        balances_match_the_ledger: UPDATE inventory SET quantity = quantity + 1 WHERE id = {_first("inventory")}
        balances_match_the_ledger: UPDATE inventory SET stock_value = stock_value + 0.0001 WHERE quantity > 0
        reserved_matches_reservations: UPDATE reservation SET quantity = quantity + 1 WHERE id = {_first("reservation")}
        reserved_matches_reservations: DELETE FROM reservation
        stock_items_match_balances: UPDATE stock_item SET quantity = quantity + 1 WHERE id = {_first("stock_item")}
        stock_items_match_the_ledger: UPDATE stock_item SET quantity = quantity + 1 WHERE id = {_first("stock_item")}
        tracked_goods_have_lots: UPDATE product SET tracking = 'lot' WHERE tracking = 'none'
        tracked_goods_have_lots: UPDATE product SET tracking = 'none' WHERE tracking = 'lot'
        warehouses_have_one_default_bin: UPDATE bin SET is_default = FALSE WHERE id = {_first("bin")}
        shipment_lines_have_moved: UPDATE shipment SET status = 'draft' WHERE status = 'shipped'
        shipment_lines_have_moved: UPDATE shipment_item SET quantity = quantity + 1
        receipt_lines_have_moved: UPDATE goods_receipt_item SET quantity_reversed = 1 WHERE quantity_reversed = 0
        receipt_lines_have_moved: UPDATE goods_receipt SET status = 'cancelled' WHERE status = 'posted'
        return_lines_have_moved: UPDATE sales_return_item SET condition = 'resellable' WHERE condition = 'damaged'
        return_lines_have_moved: UPDATE sales_return SET status = 'approved' WHERE status IN ('received', 'closed')
        count_lines_have_moved: UPDATE stock_count_item SET counted_quantity = 5 WHERE count_id IN {POSTED} AND counted_quantity > 5
        count_lines_have_moved: UPDATE stock_count SET status = 'cancelled' WHERE id IN {POSTED}
        transfers_conserve_goods: UPDATE stock_transfer_item SET quantity_received = 3 WHERE transfer_id IN {IN_TRANSIT}
        transfers_conserve_goods: UPDATE stock_transfer SET status = 'draft' WHERE id IN {IN_TRANSIT}
        transfers_conserve_value: UPDATE stock_transfer_item SET value_in_transit = value_in_transit + 0.0001
        transfers_closed_short_lost_the_rest: UPDATE stock_transfer_item SET quantity_received = 1 WHERE transfer_id IN {CLOSED_SHORT}
        orders_to_suppliers_match_receipts: UPDATE purchase_order_item SET quantity_received = quantity_received + 1
        no_more_is_received_than_allowed: UPDATE purchase_order_item SET quantity_received = quantity + 1
        orders_to_suppliers_have_the_status_of_their_lines: UPDATE purchase_order SET status = 'received'
        orders_to_suppliers_have_the_status_of_their_lines: UPDATE purchase_order SET status = 'ordered'
        order_lines_are_in_bounds: UPDATE reservation SET quantity = 10000
        shipped_matches_shipments: UPDATE order_item SET quantity_shipped = quantity_shipped + 1 WHERE quantity_shipped < quantity
        returned_matches_returns: UPDATE order_item SET quantity_returned = quantity_returned + 1 WHERE quantity_returned < quantity_shipped
        invoiced_matches_invoices: UPDATE order_item SET quantity_invoiced = quantity_invoiced + 1 WHERE quantity_invoiced < quantity
        invoiced_matches_invoices: UPDATE invoice SET status = 'cancelled' WHERE status = 'draft'
        orders_have_the_status_of_their_shipments: UPDATE "order" SET status = 'cancelled' WHERE status = 'delivered'
        orders_have_the_status_of_their_shipments: UPDATE "order" SET status = 'shipped' WHERE status = 'confirmed'
        orders_have_the_status_of_their_shipments: UPDATE "order" SET status = 'confirmed' WHERE status = 'delivered'
        reservations_are_of_confirmed_orders: UPDATE "order" SET status = 'cancelled' WHERE status = 'confirmed'
        expired_reservations_are_released: UPDATE reservation SET expires_at = '2020-01-01 00:00:00+00:00'
        order_lines_follow_the_rule: UPDATE order_item SET subtotal = subtotal + 0.01 WHERE id = {_first("order_item")}
        supplier_lines_follow_the_rule: UPDATE purchase_order_item SET subtotal = subtotal + 0.01
        order_totals_are_their_lines: UPDATE order_item SET subtotal = subtotal + 0.01 WHERE id = {_first("order_item")}
        supplier_totals_are_their_lines: UPDATE purchase_order_item SET subtotal = subtotal + 0.01
        order_tax_is_by_rate: UPDATE "order" SET tax_amount = ROUND(tax_amount + 0.01, 2), total_amount = ROUND(total_amount + 0.01, 2)
        supplier_tax_is_by_rate: UPDATE purchase_order SET tax_amount = ROUND(tax_amount + 0.01, 2), total_amount = ROUND(total_amount + 0.01, 2)
        order_tax_is_spread_over_the_lines: UPDATE order_item SET tax_amount = tax_amount + 0.02
        paid_matches_payments: UPDATE payment SET amount = amount + 0.01 WHERE status = 'recorded'
        paid_matches_payments: UPDATE payment SET status = 'voided', voided_at = created_at WHERE status = 'recorded'
        credited_matches_credit_notes: UPDATE credit_note SET set_off_amount = set_off_amount - 0.01 WHERE set_off_amount > 0
        """
    ),
    *_plants(
        f"""
        balances_are_in_bounds: UPDATE inventory SET reserved = quantity + 1 WHERE id = {_first("inventory")}
        balances_are_in_bounds: UPDATE inventory SET quantity = -1 WHERE id = {_first("inventory")}
        balances_are_in_bounds: UPDATE inventory SET quantity = 0, reserved = 0, stock_value = 1
        one_balance_per_place: INSERT INTO inventory SELECT * FROM inventory WHERE id = {_first("inventory")}
        movements_have_a_balance: DELETE FROM inventory WHERE id = {_first("inventory")}
        """,
        "inventory",
    ),
    *_plants(
        f"""
        stock_items_lie_in_their_warehouse: UPDATE stock_item SET bin_id = {OTHER_BIN} WHERE bin_id <> {OTHER_BIN}
        a_serial_number_is_one_piece: UPDATE stock_item SET quantity = 2 WHERE quantity = 1 AND lot_id IN {OF_SERIAL}
        stock_items_match_balances: UPDATE stock_item SET quantity = -1 WHERE id = {_first("stock_item")}
        """,
        "stock_item",
    ),
    *_plants(
        f"""
        quantity_after_is_the_running_sum: UPDATE stock_movement SET quantity_after = quantity_after + 1 WHERE id = {_first("stock_movement")}
        quantity_after_is_the_running_sum: DELETE FROM stock_movement WHERE id = {_first("stock_movement")}
        movements_move_something: UPDATE stock_movement SET quantity = 0 WHERE id = {_first("stock_movement")}
        movements_move_something: UPDATE stock_movement SET value = -value WHERE id = {_first("stock_movement", "x.value > 0")}
        movements_stay_in_their_warehouse: UPDATE stock_movement SET bin_id = {OTHER_BIN} WHERE bin_id <> {OTHER_BIN}
        movements_have_the_source_of_their_kind: UPDATE stock_movement SET kind = 'count' WHERE kind = 'shipment'
        movements_have_the_source_of_their_kind: UPDATE stock_movement SET source_id = NULL WHERE kind = 'shipment'
        movements_have_the_source_of_their_kind: UPDATE stock_movement SET source_id = 1 WHERE kind = 'adjustment'
        reversals_undo_exactly: UPDATE stock_movement SET quantity = quantity - 1 WHERE reverses_id IS NOT NULL
        reversals_undo_exactly: UPDATE stock_movement SET value = value + 0.0001 WHERE reverses_id IS NOT NULL AND quantity > 0
        reversals_undo_exactly: UPDATE stock_movement SET bin_id = bin_id + 1 WHERE reverses_id IS NOT NULL
        movements_are_reversed_once: INSERT INTO stock_movement SELECT * FROM stock_movement WHERE reverses_id IS NOT NULL
        movements_come_from_lines_that_exist: UPDATE stock_movement SET source_id = 987654 WHERE kind = 'shipment'
        balances_match_the_ledger: UPDATE stock_movement SET value = value + 0.0001 WHERE id = {_first("stock_movement")}
        shipment_lines_have_moved: DELETE FROM stock_movement WHERE kind = 'shipment'
        shipment_lines_have_moved: INSERT INTO stock_movement SELECT * FROM stock_movement WHERE kind = 'shipment'
        receipt_lines_have_moved: DELETE FROM stock_movement WHERE kind = 'reversal' AND source_type <> ''
        return_lines_have_moved: DELETE FROM stock_movement WHERE kind = 'customer_return'
        returns_bring_back_no_more_than_left: UPDATE stock_movement SET value = value + 1000 WHERE kind = 'customer_return'
        count_lines_have_moved: DELETE FROM stock_movement WHERE kind = 'count'
        transfers_conserve_goods: DELETE FROM stock_movement WHERE kind = 'transfer_in'
        transfers_conserve_goods: UPDATE stock_movement SET warehouse_id = 987654 WHERE kind = 'transfer_out'
        transfers_conserve_value: UPDATE stock_movement SET value = value + 0.0001 WHERE kind = 'transfer_in'
        transfers_closed_short_lost_the_rest: DELETE FROM stock_movement WHERE kind = 'adjustment' AND reference <> ''
        """,
        "stock_movement",
    ),
    *_plants(
        """
        order_lines_are_in_bounds: UPDATE order_item SET quantity_invoiced = quantity + 1
        order_lines_are_in_bounds: UPDATE order_item SET quantity_returned = quantity_shipped + 1
        order_lines_are_in_bounds: UPDATE order_item SET quantity = 0
        """,
        "order_item",
    ),
    *_plants(
        f"""
        invoice_lines_follow_the_rule: UPDATE invoice_item SET subtotal = subtotal + 0.01 WHERE {FREE}
        invoice_lines_follow_the_rule: UPDATE invoice_item SET subtotal = subtotal + 0.05
        invoice_tax_is_by_rate: UPDATE invoice_item SET tax_amount = tax_amount + 0.01 WHERE {FREE}
        invoice_tax_is_by_rate: UPDATE invoice_item SET tax_amount = tax_amount + 0.05
        invoice_totals_are_their_lines: UPDATE invoice_item SET tax_amount = tax_amount + 0.01
        invoice_totals_are_their_lines: DELETE FROM invoice_item WHERE id = {_first("invoice_item")}
        """,
        "invoice_item",
    ),
    *_plants(
        f"""
        invoice_totals_are_their_lines: UPDATE invoice SET total_amount = total_amount + 0.01
        invoices_balance: UPDATE invoice SET balance = balance + 0.01
        invoices_balance: UPDATE invoice SET status = 'paid' WHERE balance > 0
        invoices_balance: UPDATE invoice SET amount_refunded = amount_paid + 1
        only_late_invoices_are_overdue: UPDATE invoice SET status = 'overdue' WHERE status = 'issued'
        only_issued_papers_are_paid_and_credited: UPDATE invoice SET status = 'cancelled' WHERE id IN {PAID}
        papers_credit_their_own_invoice: UPDATE invoice SET order_id = NULL
        papers_are_numbered_once_issued: UPDATE invoice SET series_number = NULL WHERE status = 'issued'
        invoice_numbers_have_no_gap: DELETE FROM invoice WHERE series_number = 2
        invoice_numbers_have_no_gap: UPDATE invoice SET series_number = 900 WHERE series_number = 2
        invoice_numbers_have_no_gap: UPDATE invoice SET invoice_number = 'INV-1' WHERE series_number = 2
        invoice_numbers_have_no_gap: UPDATE invoice SET issued_date = '2020-01-01 00:00:00+00:00' WHERE series_number = 2
        """,
        "invoice",
    ),
    *_plants(
        """
        credit_note_totals_are_their_lines: UPDATE credit_note SET subtotal_amount = subtotal_amount + 0.01
        credit_notes_are_used_within_their_total: UPDATE credit_note SET refunded_amount = total_amount + 1
        credit_notes_are_used_within_their_total: UPDATE credit_note SET total_amount = 0 WHERE status = 'issued'
        refunds_add_up: UPDATE credit_note SET refunds = '[{"amount": "0.01"}]' WHERE refunded_amount > 1
        refunds_add_up: UPDATE credit_note SET refunds = '[]'
        credited_matches_credit_notes: UPDATE credit_note SET refunded_amount = refunded_amount + 0.01
        papers_credit_their_own_invoice: UPDATE credit_note SET invoice_id = invoice_id + 1
        credit_note_numbers_have_no_gap: DELETE FROM credit_note WHERE series_number = 1
        papers_are_numbered_once_issued: UPDATE credit_note SET series_number = NULL
        """,
        "credit_note",
    ),
    *_plants(
        """
        lines_are_credited_within_what_was_charged: UPDATE credit_note_item SET quantity = quantity + 100
        lines_are_credited_within_what_was_charged: UPDATE credit_note_item SET subtotal = subtotal - 0.01
        lines_are_credited_within_what_was_charged: UPDATE credit_note_item SET tax_amount = tax_amount + 100
        credit_note_totals_are_their_lines: UPDATE credit_note_item SET tax_amount = tax_amount + 0.01
        """,
        "credit_note_item",
    ),
]

# What each database needs a way of its own for.
OF_VENDOR = {
    "postgresql": [
        Plant("amounts_are_finite", "UPDATE product SET price = 'NaN'", ("product",)),
        Plant("amounts_are_finite", "UPDATE stock_movement SET value = 'NaN'", ("stock_movement",)),
        Plant(
            "references_lead_somewhere",
            "ALTER TABLE product ADD CONSTRAINT planted FOREIGN KEY (category_id) REFERENCES category (id) NOT VALID",
        ),
        Plant(
            "constraints_and_indexes_are_valid",
            "ALTER TABLE inventory DROP CONSTRAINT inventory_reserved_within_quantity",
        ),
        Plant(
            "constraints_and_indexes_are_valid",
            "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'product_name'::regclass",
        ),
        Plant("triggers_are_in_force", "ALTER TABLE stock_movement DISABLE TRIGGER stock_movement_never_changed"),
        Plant("triggers_are_in_force", "DROP TRIGGER invoice_frozen_once_issued ON invoice"),
        Plant("triggers_are_in_force", "DROP TRIGGER order_item_history_update ON order_item"),
        Plant("counters_are_ahead", "ALTER SEQUENCE stock_movement_id_seq RESTART WITH 1"),
        Plant("counters_are_ahead", "ALTER SEQUENCE number_so_seq RESTART WITH 1"),
    ],
    "sqlite": [
        Plant("amounts_are_finite", "UPDATE product SET price = 9e15", ("product",)),
        Plant("amounts_are_finite", "UPDATE product SET price = 'much'", ("product",)),
        Plant("references_lead_somewhere", "UPDATE product SET category_id = 987654"),
        Plant("triggers_are_in_force", "DROP TRIGGER invoice_frozen_once_issued"),
        Plant("triggers_are_in_force", "DROP TRIGGER order_item_history_update"),
        Plant("counters_are_ahead", "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'stock_movement'"),
    ],
}
