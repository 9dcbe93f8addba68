-- What moves, in the order in which it happens. Each product lies in each warehouse ("a pair"). Most pairs have ten
-- movements, those of the best sellers (one in 5,000) 2,000 each, and one in a hundred was sold out after the second.
-- A pair opens with 40; of every fifty further movements ten bring 8, one takes back what the one before it shipped,
-- two correct by -1 and the rest ship 1, 2 or 3 in turn, so that nothing falls below 0.
CREATE TEMP TABLE pair AS
SELECT *, mod(pair * 7919, 100003) / 100003.0 AS phase,
    CASE WHEN number * 5000 <= max(number) OVER () THEN 2000 WHEN mod(pair, 97) = 0 THEN 2 ELSE 10 END AS steps
FROM (
    SELECT row_number() OVER (ORDER BY p.id, w.id) AS pair, p.id AS product_id, p.number, p.cost, p.price, p.tax,
        w.id AS warehouse_id, b.id AS bin_id, l.id AS lot_id
    FROM (SELECT id, cost, price, row_number() OVER (ORDER BY id) AS number,
              CASE WHEN mod(id, 5) = 0 THEN 10 ELSE 20 END AS tax FROM product) p
    CROSS JOIN warehouse w
    JOIN bin b ON b.warehouse_id = w.id AND b.is_default
    LEFT JOIN lot l ON l.product_id = p.id
) pairs;

CREATE TEMP TABLE plan AS
SELECT row_number() OVER (ORDER BY share, pair) AS id,
    now() - (1 - share) * current_setting('bench.days')::int * interval '1 day' AS at, m.*
FROM (
    SELECT p.*, step, (step - 1 + phase) / steps AS share,
        CASE WHEN step = 1 THEN 'opening' WHEN steps = 2 THEN 'shipment'
             WHEN mod(step + pair, 5) = 0 THEN 'receipt'
             WHEN mod(step + pair, 50) = 7 AND step > 2 THEN 'customer_return'
             WHEN mod(step + pair, 25) = 13 THEN 'adjustment' ELSE 'shipment' END AS kind,
        CASE WHEN step = 1 THEN CASE WHEN steps = 2 THEN 3 ELSE 40 END WHEN steps = 2 THEN -3
             WHEN mod(step + pair, 5) = 0 THEN 8
             WHEN mod(step + pair, 50) = 7 AND step > 2 THEN 1 + mod(step - 1 + pair, 3)
             WHEN mod(step + pair, 25) = 13 THEN -1 ELSE -1 - mod(step + pair, 3) END AS quantity
    FROM pair p CROSS JOIN LATERAL generate_series(1, p.steps) AS step
) m;

-- Five lines that leave a warehouse one after the other are an order; a hundred that arrive are a receipt.
CREATE TEMP TABLE sold AS
SELECT id, pair, step, row_number() OVER (ORDER BY id) AS line, dense_rank() OVER (ORDER BY last, warehouse_id) AS document
FROM (
    SELECT *, max(id) OVER (PARTITION BY warehouse_id, place) AS last
    FROM (SELECT id, pair, step, warehouse_id, (row_number() OVER (PARTITION BY warehouse_id ORDER BY id) - 1) / 5 AS place
          FROM plan WHERE kind = 'shipment') placed
) ended;
CREATE TEMP TABLE bought AS
SELECT id, row_number() OVER (ORDER BY id) AS line, dense_rank() OVER (ORDER BY last, warehouse_id) AS document
FROM (
    SELECT *, max(id) OVER (PARTITION BY warehouse_id, place) AS last
    FROM (SELECT id, warehouse_id, (row_number() OVER (PARTITION BY warehouse_id ORDER BY id) - 1) / 100 AS place
          FROM plan WHERE kind = 'receipt') placed
) ended;
CREATE TEMP TABLE returned AS
SELECT p.id, row_number() OVER (ORDER BY p.id) AS line, s.line AS sold_line, s.document AS sold_document
FROM plan p JOIN sold s ON s.pair = p.pair AND s.step = p.step - 1 WHERE p.kind = 'customer_return';
CREATE UNIQUE INDEX ON plan (id);
CREATE UNIQUE INDEX ON sold (id);
CREATE UNIQUE INDEX ON bought (id);
CREATE UNIQUE INDEX ON returned (id);
ANALYZE pair; ANALYZE plan; ANALYZE sold; ANALYZE bought; ANALYZE returned;
