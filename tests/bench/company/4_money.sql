-- Every shipped order has its invoice, drafts for those of the last day. After 45 days they are paid but for one in a
-- hundred, which is overdue. What came back of a paid invoice was credited and refunded.
CREATE TEMP TABLE billed AS
SELECT *, CASE WHEN issued IS NULL THEN NULL ELSE extract(year FROM issued)::int END AS year
FROM (
    SELECT id, shipped_at AS at, customer_id, subtotal_amount AS net, tax_amount AS tax, total_amount AS total,
        CASE WHEN shipped_at > now() - interval '1 day' THEN NULL ELSE shipped_at + interval '1 hour' END AS issued,
        CASE WHEN shipped_at > now() - interval '1 day' THEN 'draft'
             WHEN mod(id, 100) = 7 AND shipped_at < now() - interval '45 days' THEN 'overdue'
             WHEN shipped_at < now() - interval '45 days' THEN 'paid' ELSE 'issued' END AS status
    FROM "order" WHERE shipped_at IS NOT NULL
) papers;
INSERT INTO invoice (id, created_at, updated_at, invoice_number, series_year, series_number, status, billing_address,
    seller, particulars, issued_date, due_date, sent_at, paid_date, cancel_reason, subtotal_amount, tax_amount,
    total_amount, amount_paid, amount_credited, amount_refunded, document, document_sha256, customer_id, order_id, user_id,
    notes)
SELECT b.id, b.at, coalesce(b.issued, b.at), CASE WHEN b.issued IS NULL THEN 'DRAFT-' || b.id ELSE
        'INV-' || b.year || '-' || lpad(b.place::text, 6, '0') END,
    b.year, CASE WHEN b.issued IS NOT NULL THEN b.place END, b.status, o.billing_address, '{}', '{}', b.issued,
    b.issued + interval '30 days', b.issued, CASE b.status WHEN 'paid' THEN b.issued + interval '20 days' END, '', b.net,
    b.tax, b.total, CASE b.status WHEN 'paid' THEN b.total ELSE 0 END, 0, 0, '', '', b.customer_id, b.id, o.user_id, ''
FROM (SELECT *, row_number() OVER (PARTITION BY year ORDER BY issued, id) AS place FROM billed) b
JOIN "order" o ON o.id = b.id ORDER BY b.id;
INSERT INTO invoice_item (id, created_at, updated_at, invoice_id, order_item_id, product_id, kind, description, unit,
    quantity, unit_price, discount_percent, tax_percent, tax_category, subtotal, tax_amount)
SELECT i.id, b.at, b.at, b.id, i.id, i.product_id, 'goods', i.description, i.unit, i.quantity, i.unit_price, 0,
    i.tax_percent, i.tax_category, i.subtotal, i.tax_amount
FROM order_item i JOIN billed b ON b.id = i.order_id ORDER BY i.id;
INSERT INTO payment (id, created_at, updated_at, payment_number, status, amount, payment_method, reference, paid_date,
    void_reason, invoice_id, notes)
SELECT place, paid_date, paid_date, 'PAY-' || lpad(place::text, 6, '0'), 'recorded', total_amount, 'bank_transfer', '',
    paid_date, '', id, ''
FROM (SELECT *, row_number() OVER (ORDER BY paid_date, id) AS place FROM invoice WHERE status = 'paid') paid;

CREATE TEMP TABLE credited AS
SELECT *, row_number() OVER (ORDER BY at, line) AS id, row_number() OVER (PARTITION BY year ORDER BY at, line) AS place
FROM (
    SELECT r.line, r.sold_line, v.id AS invoice_id, p.at, extract(year FROM p.at)::int AS year, i.quantity,
        i.unit_price, i.tax_percent, i.subtotal AS net, i.tax_amount AS tax, i.subtotal + i.tax_amount AS total
    FROM returned r JOIN plan p USING (id) JOIN invoice_item i ON i.id = r.sold_line
    JOIN invoice v ON v.id = i.invoice_id AND v.status = 'paid'
) back;
INSERT INTO credit_note (id, created_at, updated_at, credit_note_number, series_year, series_number, status, reason,
    subtotal_amount, tax_amount, total_amount, set_off_amount, refund_method, refunded_amount, refunded_at,
    refund_reference, refunds, issued_at, document, document_sha256, sales_return_id, invoice_id, notes)
SELECT id, at, at, 'CN-' || year || '-' || lpad(place::text, 6, '0'), year, place, 'issued', 'Not wanted', net, tax, total,
    0, 'bank_transfer', total, at, '', jsonb_build_array(jsonb_build_object('amount', total::text, 'method',
        'bank_transfer', 'reference', '', 'refunded_at', at, 'user', NULL)), at, '', '', line, invoice_id, ''
FROM credited;
INSERT INTO credit_note_item (id, created_at, updated_at, credit_note_id, invoice_item_id, quantity, unit_price,
    tax_percent, subtotal, tax_amount)
SELECT id, at, at, id, sold_line, quantity, unit_price, tax_percent, net, tax FROM credited;
UPDATE invoice v SET amount_credited = c.total, amount_refunded = c.total
FROM (SELECT invoice_id, sum(total) AS total FROM credited GROUP BY invoice_id) c WHERE c.invoice_id = v.id;

-- Who changed what: three changes of an order, two of an invoice.
INSERT INTO change_history (happened_at, actor_id, door, request_id, model, row_id, parent_model, what, changes)
SELECT at, 1, 'admin', md5(id::text || step), model, id, '', what, changes
FROM (
    SELECT o.id, 'sales.order' AS model, o.ordered_at + k * interval '1 hour' AS at, k AS step,
        CASE k WHEN 0 THEN 'created' ELSE 'changed' END AS what, CASE k
            WHEN 0 THEN jsonb_build_object('status', jsonb_build_array(NULL, 'pending'), 'customer',
                jsonb_build_array(NULL, o.customer_id), 'order_number', jsonb_build_array(NULL, o.order_number))
            WHEN 1 THEN '{"status": ["pending", "confirmed"]}' ELSE '{"status": ["confirmed", "shipped"]}' END AS changes
    FROM "order" o CROSS JOIN generate_series(0, 2) k WHERE k < CASE o.status WHEN 'pending' THEN 1 WHEN 'confirmed' THEN 2
        ELSE 3 END
    UNION ALL
    SELECT v.id, 'billing.invoice', v.created_at + k * interval '1 hour', k + 10,
        CASE k WHEN 0 THEN 'created' ELSE 'changed' END, CASE k
            WHEN 0 THEN jsonb_build_object('status', jsonb_build_array(NULL, 'draft'), 'order', jsonb_build_array(NULL, v.id))
            ELSE '{"status": ["draft", "issued"]}' END
    FROM invoice v CROSS JOIN generate_series(0, 1) k WHERE k = 0 OR v.status <> 'draft'
) changes ORDER BY at;
