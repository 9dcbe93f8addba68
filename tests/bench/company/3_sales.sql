-- Orders: what was shipped, and 3,500 that are still open. Prices are whole tenths and taxes 10 or 20 %, so the tax of a
-- line is whole cents and every total is the sum of its lines. Every fiftieth order is of the first customer.
INSERT INTO order_item (id, created_at, updated_at, order_id, product_id, description, unit, quantity, unit_price,
    price_origin, discount_percent, tax_percent, tax_category, subtotal, tax_amount, quantity_shipped, quantity_returned,
    quantity_invoiced)
SELECT s.line, p.at - interval '2 days', p.at, s.document, p.product_id, 'Article ' || p.number, 'C62', -p.quantity,
    p.price, 'product', 0, p.tax, 'S', -p.quantity * p.price, -p.quantity * p.price * p.tax / 100, -p.quantity,
    coalesce(back.quantity, 0), -p.quantity
FROM sold s JOIN plan p USING (id)
LEFT JOIN (SELECT r.sold_line, m.quantity FROM returned r JOIN plan m USING (id)) back ON back.sold_line = s.line;

INSERT INTO "order" (id, created_at, updated_at, order_number, status, ordered_at, confirmed_at, shipped_at, delivered_at,
    customer_reference, allow_backorder, billing_address, shipping_address, subtotal_amount, shipping_amount,
    shipping_tax_percent, shipping_tax_category, tax_amount, total_amount, cancel_reason, notes, customer_id, user_id,
    warehouse_id)
SELECT i.id, i.at - interval '2 days', i.at, 'SO-' || lpad(i.id::text, 6, '0'),
    CASE WHEN i.at > now() - interval '7 days' THEN 'shipped' ELSE 'delivered' END,
    i.at - interval '2 days', i.at - interval '2 days', i.at,
    CASE WHEN i.at > now() - interval '7 days' THEN NULL ELSE i.at + interval '2 days' END,
    '', false, c.address, c.address, i.net, 0, 0, 'S', i.tax, i.net + i.tax, '', '', c.id, (SELECT min(id) FROM "user"),
    i.warehouse_id
FROM (
    SELECT s.document AS id, max(p.at) AS at, min(p.warehouse_id) AS warehouse_id, sum(o.subtotal) AS net,
        sum(o.tax_amount) AS tax, CASE WHEN mod(s.document, 50) = 0 THEN 1
            ELSE 2 + mod(s.document * 7919, (SELECT count(*) - 1 FROM customer)) END AS customer_id
    FROM sold s JOIN plan p USING (id) JOIN order_item o ON o.id = s.line GROUP BY s.document
) i
JOIN (SELECT id, jsonb_build_object('name', name, 'line1', '1 High Street', 'line2', '', 'city', 'Anytown', 'region', '',
          'postal_code', '12345', 'country', 'DE') AS address FROM customer) c ON c.id = i.customer_id;

INSERT INTO shipment (id, created_at, updated_at, shipment_number, order_id, warehouse_id, status, carrier,
    tracking_number, shipped_at, delivered_at, notes)
SELECT id, shipped_at, shipped_at, 'SH-' || lpad(id::text, 6, '0'), id, warehouse_id, status, '', '', shipped_at,
    delivered_at, ''
FROM "order";
INSERT INTO shipment_item (id, created_at, updated_at, shipment_id, order_item_id, bin_id, lot_id, quantity, unit_cost)
SELECT s.line, p.at, p.at, s.document, s.line, p.bin_id, p.lot_id, -p.quantity, p.cost FROM sold s JOIN plan p USING (id);

INSERT INTO sales_return (id, created_at, updated_at, return_number, status, reason, order_id, warehouse_id, approved_at,
    received_at, closed_at, notes)
SELECT r.line, p.at, p.at, 'RT-' || lpad(r.line::text, 6, '0'), 'closed', 'Not wanted', r.sold_document, p.warehouse_id,
    p.at, p.at, p.at, ''
FROM returned r JOIN plan p USING (id);
INSERT INTO sales_return_item (id, created_at, updated_at, sales_return_id, order_item_id, quantity, quantity_received,
    condition, bin_id, lot_id)
SELECT r.line, p.at, p.at, r.line, r.sold_line, p.quantity, p.quantity, 'resellable', p.bin_id, p.lot_id
FROM returned r JOIN plan p USING (id);

-- What is open: 500 to be confirmed, 3,000 to be shipped with everything reserved.
CREATE TEMP TABLE shelf AS
SELECT *, row_number() OVER (PARTITION BY warehouse_id ORDER BY pair) - 1 AS nth FROM pair WHERE steps > 2;
CREATE TEMP TABLE awaited AS
SELECT (SELECT max(id) FROM "order") + n AS id, (SELECT max(id) FROM order_item) + n * 3 AS line, n, w.warehouse_id,
    w.there, now() - mod(n, 240) * interval '1 hour' AS at
FROM generate_series(1, 3500) n
JOIN (SELECT warehouse_id, count(*) AS there, row_number() OVER (ORDER BY warehouse_id) AS place FROM shelf
      GROUP BY warehouse_id) w ON w.place = 1 + mod(n, 3);
ANALYZE shelf; ANALYZE awaited;
INSERT INTO order_item (id, created_at, updated_at, order_id, product_id, description, unit, quantity, unit_price,
    price_origin, discount_percent, tax_percent, tax_category, subtotal, tax_amount, quantity_shipped, quantity_returned,
    quantity_invoiced)
SELECT a.line + k, a.at, a.at, a.id, v.product_id, 'Article', 'C62', 1, v.price, 'product', 0, v.tax, 'S', v.price,
    v.price * v.tax / 100, 0, 0, 0
FROM awaited a CROSS JOIN generate_series(0, 2) k
JOIN shelf v ON v.warehouse_id = a.warehouse_id AND v.nth = mod(a.n * 31 + k * 977, a.there);
INSERT INTO "order" (id, created_at, updated_at, order_number, status, ordered_at, confirmed_at, requested_on,
    customer_reference, allow_backorder, billing_address, shipping_address, subtotal_amount, shipping_amount,
    shipping_tax_percent, shipping_tax_category, tax_amount, total_amount, cancel_reason, notes, customer_id, user_id,
    warehouse_id)
SELECT a.id, a.at, a.at, 'SO-' || lpad(a.id::text, 6, '0'), CASE WHEN a.n > 3000 THEN 'pending' ELSE 'confirmed' END,
    a.at, CASE WHEN a.n <= 3000 THEN a.at END, (a.at + interval '9 days')::date, '', false, '{}', '{}', i.net, 0, 0, 'S',
    i.tax, i.net + i.tax, '', '', 1 + mod(a.n, (SELECT count(*) FROM customer)), (SELECT min(id) FROM "user"), a.warehouse_id
FROM awaited a
JOIN (SELECT order_id, sum(subtotal) AS net, sum(tax_amount) AS tax FROM order_item GROUP BY order_id) i ON i.order_id = a.id;
INSERT INTO reservation (created_at, updated_at, quantity, inventory_id, order_item_id, notes)
SELECT o.confirmed_at, o.confirmed_at, 1, v.id, i.id, ''
FROM "order" o JOIN order_item i ON i.order_id = o.id
JOIN inventory v ON v.product_id = i.product_id AND v.warehouse_id = o.warehouse_id WHERE o.status = 'confirmed';
UPDATE inventory v SET reserved = r.units
FROM (SELECT inventory_id, sum(quantity) AS units FROM reservation GROUP BY inventory_id) r WHERE r.inventory_id = v.id;
