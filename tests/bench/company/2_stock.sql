-- Receipts, the ledger and what it adds up to. The cost of a product never changes, so the average stays what it is and
-- every value is a product without remainder.
INSERT INTO goods_receipt (id, created_at, updated_at, receipt_number, supplier_id, warehouse_id, status,
    supplier_reference, posted_at, notes)
SELECT b.document, max(p.at), max(p.at), 'GR-' || lpad(b.document::text, 6, '0'), 1 + mod(b.document, 50),
    min(p.warehouse_id), 'posted', '', max(p.at), ''
FROM bought b JOIN plan p USING (id) GROUP BY b.document;

INSERT INTO goods_receipt_item (id, created_at, updated_at, receipt_id, product_id, bin_id, lot_id, lot_number, quantity,
    quantity_rejected, quantity_reversed, unit_cost)
SELECT b.line, p.at, p.at, b.document, p.product_id, p.bin_id, p.lot_id, CASE WHEN p.lot_id IS NULL THEN '' ELSE 'L1' END,
    p.quantity, 0, 0, p.cost
FROM bought b JOIN plan p USING (id);

INSERT INTO stock_movement (id, created_at, product_id, warehouse_id, bin_id, lot_id, kind, quantity, unit_cost, value,
    quantity_after, reason, reference, source_type, source_id)
SELECT p.id, p.at, p.product_id, p.warehouse_id, p.bin_id, p.lot_id, p.kind, p.quantity, p.cost, p.quantity * p.cost,
    sum(p.quantity) OVER (PARTITION BY p.pair ORDER BY p.step),
    CASE p.kind WHEN 'adjustment' THEN 'Broken' ELSE '' END,
    coalesce('SH-' || lpad(s.document::text, 6, '0'), 'GR-' || lpad(b.document::text, 6, '0'),
        'RT-' || lpad(r.line::text, 6, '0'), ''),
    CASE p.kind WHEN 'shipment' THEN 'sales.shipmentitem' WHEN 'receipt' THEN 'stock.goodsreceiptitem'
        WHEN 'customer_return' THEN 'sales.salesreturnitem' ELSE '' END,
    coalesce(s.line, b.line, r.line)
FROM plan p LEFT JOIN sold s USING (id) LEFT JOIN bought b USING (id) LEFT JOIN returned r USING (id)
ORDER BY p.id;

INSERT INTO inventory (created_at, product_id, warehouse_id, quantity, reserved, stock_value, reorder_level,
    reorder_quantity, notes)
SELECT min(created_at), product_id, warehouse_id, sum(quantity), 0, sum(value),
    CASE WHEN mod(product_id, 50) = 0 THEN 500 WHEN mod(product_id, 2) = 0 THEN 5 END, 10, ''
FROM stock_movement GROUP BY product_id, warehouse_id ORDER BY 2, 3;

INSERT INTO stock_item (inventory_id, bin_id, lot_id, quantity, notes)
SELECT i.id, m.bin_id, m.lot_id, sum(m.quantity), ''
FROM stock_movement m JOIN inventory i USING (product_id, warehouse_id) GROUP BY i.id, m.bin_id, m.lot_id ORDER BY 1;

-- Orders to suppliers on their way: 400 sent, 20 drafts, of 20 lines each.
INSERT INTO purchase_order (id, purchase_order_number, status, expected_at, ordered_at, subtotal_amount, tax_amount,
    total_amount, supplier_id, warehouse_id, notes)
SELECT n, 'PO-' || lpad(n::text, 6, '0'), CASE WHEN n > 400 THEN 'draft' ELSE 'ordered' END,
    now() + (n % 30) * interval '1 day', CASE WHEN n <= 400 THEN now() - interval '3 days' END, 0, 0, 0, 1 + mod(n, 50),
    1 + mod(n, 3), ''
FROM generate_series(1, 420) n;
INSERT INTO purchase_order_item (purchase_order_id, product_id, quantity, quantity_received, unit_cost, discount_percent,
    subtotal)
SELECT o.id, p.id, 10, 0, p.cost, 0, round(10 * p.cost, 2)
FROM purchase_order o CROSS JOIN generate_series(0, 19) line
JOIN product p ON p.id = (SELECT min(id) FROM product) + mod(o.id * 131 + line * 7, (SELECT count(*) FROM product));
UPDATE purchase_order o SET subtotal_amount = i.net, total_amount = i.net
FROM (SELECT purchase_order_id, sum(subtotal) AS net FROM purchase_order_item GROUP BY 1) i
WHERE i.purchase_order_id = o.id;
