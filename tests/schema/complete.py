"""What the complete schema adds to the seed document's lists, for all 39 tables."""

TABLES = [
    "user",
    "role",
    "user_role",
    "category",
    "tax_rate",
    "product",
    "product_barcode",
    "supplier",
    "supplier_product",
    "price_list",
    "price_list_item",
    "warehouse",
    "bin",
    "inventory",
    "lot",
    "stock_item",
    "stock_movement",
    "stock_transfer",
    "stock_transfer_item",
    "stock_count",
    "stock_count_item",
    "purchase_order",
    "purchase_order_item",
    "goods_receipt",
    "goods_receipt_item",
    "customer",
    "customer_address",
    "order",
    "order_item",
    "reservation",
    "shipment",
    "shipment_item",
    "sales_return",
    "sales_return_item",
    "invoice",
    "invoice_item",
    "payment",
    "credit_note",
    "credit_note_item",
]

# Everything else is ON DELETE RESTRICT.
CASCADES = {
    ("user_role", "user_id"),
    ("product_barcode", "product_id"),
    ("supplier_product", "product_id"),
    ("price_list_item", "price_list_id"),
    ("price_list_item", "product_id"),
    ("bin", "warehouse_id"),
    ("stock_transfer_item", "transfer_id"),
    ("stock_count_item", "count_id"),
    ("purchase_order_item", "purchase_order_id"),
    ("goods_receipt_item", "receipt_id"),
    ("customer_address", "customer_id"),
    ("order_item", "order_id"),
    ("reservation", "order_item_id"),
    ("shipment_item", "shipment_id"),
    ("sales_return_item", "sales_return_id"),
    ("invoice_item", "invoice_id"),
    ("credit_note_item", "credit_note_id"),
}

UNIQUES = [
    ("user", "username_key"),
    ("user", "email_key"),
    ("user_role", "user_id", "role_id"),
    ("tax_rate", "name"),
    ("product", "sku_key"),
    ("product_barcode", "code"),
    ("product_barcode", "code_key"),
    ("supplier", "code"),
    ("supplier", "code_key"),
    ("supplier", "name"),
    ("supplier_product", "supplier_id", "product_id"),
    ("price_list", "name"),
    ("price_list_item", "price_list_id", "product_id", "minimum_quantity"),
    ("warehouse", "code"),
    ("warehouse", "code_key"),
    ("bin", "warehouse_id", "code"),
    ("bin", "warehouse_id", "code_key"),
    ("inventory", "product_id", "warehouse_id"),
    ("lot", "product_id", "number"),
    ("lot", "product_id", "number_key"),
    ("stock_movement", "reverses_id"),
    ("stock_transfer", "transfer_number"),
    ("stock_count", "count_number"),
    ("purchase_order", "purchase_order_number"),
    ("purchase_order_item", "purchase_order_id", "product_id"),
    ("goods_receipt", "receipt_number"),
    ("customer", "code"),
    ("customer", "code_key"),
    ("reservation", "order_item_id", "inventory_id"),
    ("shipment", "shipment_number"),
    ("sales_return", "return_number"),
    ("invoice", "series_year", "series_number"),
    ("payment", "payment_number"),
    ("credit_note", "credit_note_number"),
    ("credit_note", "series_year", "series_number"),
    ("credit_note_item", "credit_note_id", "invoice_item_id"),
]

# Unique among the rows that a condition picks: "at most one default per ...".
PARTIAL_UNIQUES = [
    ("tax_rate", "is_default"),
    ("product_barcode", "product_id"),
    ("supplier_product", "product_id"),
    ("bin", "warehouse_id"),
    ("stock_item", "inventory_id", "bin_id", "lot_id"),
    ("stock_item", "inventory_id", "bin_id"),
    ("stock_count_item", "count_id", "product_id", "bin_id", "lot_id"),
    ("stock_count_item", "count_id", "product_id", "bin_id"),
    ("customer_address", "customer_id", "kind"),
]

INDEXES = [
    ("product", "brand"),
    ("stock_movement", "product_id", "warehouse_id", "id"),
    ("stock_movement", "created_at"),
    ("stock_movement", "reference"),
    ("stock_movement", "source_type", "source_id"),
    ("stock_movement", "lot_id"),
]
PARTIAL_INDEXES = [("inventory", "warehouse_id", "available")]

TAX_CATEGORIES = {"S", "Z", "E", "AE", "G", "K", "O"}
METHODS = {"cash", "card", "bank_transfer", "check"}

ENUMERATIONS = {
    ("tax_rate", "category"): TAX_CATEGORIES,
    ("product", "tracking"): {"none", "lot", "serial"},
    ("product_barcode", "symbology"): {"ean13", "ean8", "upca", "gtin14", "code128", "qr"},
    ("stock_movement", "kind"): {
        "receipt",
        "shipment",
        "customer_return",
        "transfer_out",
        "transfer_in",
        "adjustment",
        "count",
        "opening",
        "reversal",
    },
    ("stock_transfer", "status"): {"draft", "in_transit", "received", "cancelled"},
    ("stock_count", "status"): {"draft", "counting", "posted", "cancelled"},
    ("purchase_order", "status"): {"draft", "ordered", "partially_received", "received", "closed", "cancelled"},
    ("goods_receipt", "status"): {"draft", "posted", "reversed", "cancelled"},
    ("customer", "tax_treatment"): {"domestic", "reverse_charge", "export"},
    ("customer_address", "kind"): {"billing", "shipping"},
    ("order", "shipping_tax_category"): TAX_CATEGORIES,
    ("order_item", "price_origin"): {"", "list", "product", "manual"},
    ("order_item", "tax_category"): TAX_CATEGORIES,
    ("shipment", "status"): {"draft", "shipped", "delivered", "cancelled"},
    ("sales_return", "status"): {"requested", "approved", "rejected", "received", "closed", "cancelled"},
    ("sales_return_item", "condition"): {"resellable", "damaged"},
    ("invoice_item", "kind"): {"goods", "shipping"},
    ("invoice_item", "tax_category"): {"", *TAX_CATEGORIES},
    ("payment", "status"): {"recorded", "voided"},
    ("credit_note", "status"): {"draft", "issued", "cancelled"},
    ("credit_note", "refund_method"): {"", *METHODS},
}

# The tables whose changes are recorded, by one trigger for each of INSERT, UPDATE and DELETE.
RECORDED = """
    user role user_role category tax_rate product product_barcode supplier supplier_product price_list price_list_item
    warehouse bin lot inventory stock_transfer stock_transfer_item stock_count stock_count_item purchase_order
    purchase_order_item goods_receipt goods_receipt_item customer customer_address order order_item shipment
    shipment_item sales_return sales_return_item invoice invoice_item payment credit_note credit_note_item api_token
"""
# Trigger -> table.
TRIGGERS = {
    "stock_movement_never_changed": "stock_movement",
    "stock_movement_never_deleted": "stock_movement",
    "invoice_frozen_once_issued": "invoice",
    "invoice_kept_once_issued": "invoice",
    "invoice_item_not_added_once_issued": "invoice_item",
    "invoice_item_frozen_once_issued": "invoice_item",
    "invoice_item_kept_once_issued": "invoice_item",
    "credit_note_frozen_once_issued": "credit_note",
    "credit_note_kept_once_issued": "credit_note",
    "credit_note_item_not_added_once_issued": "credit_note_item",
    "credit_note_item_frozen_once_issued": "credit_note_item",
    "credit_note_item_kept_once_issued": "credit_note_item",
    "change_history_never_changed": "change_history",
    "change_history_never_deleted": "change_history",
    **{f"{table}_history_{event}": table for table in RECORDED.split() for event in ("insert", "update", "delete")},
}
