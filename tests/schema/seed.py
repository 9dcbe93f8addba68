"""The seed document's tables and lists, written out a second time, by hand."""

# Table -> column: kind. Every column of the document; tables may have more.
COLUMNS = {
    "user": {
        "id": "Integer",
        "username": "String",
        "email": "String",
        "password_hash": "String",
        "first_name": "String",
        "last_name": "String",
        "is_active": "Boolean",
        "created_at": "DateTime",
        "updated_at": "DateTime",
        "last_login": "DateTime",
    },
    "role": {
        "id": "Integer",
        "name": "String",
        "description": "String",
        "permissions": "JSON",
        "created_at": "DateTime",
    },
    "product": {
        "id": "Integer",
        "name": "String",
        "description": "Text",
        "sku": "String",
        "category_id": "Integer",
        "price": "Decimal",
        "cost": "Decimal",
        "is_active": "Boolean",
        "created_at": "DateTime",
        "updated_at": "DateTime",
    },
    "category": {
        "id": "Integer",
        "name": "String",
        "description": "Text",
        "parent_id": "Integer",
        "is_active": "Boolean",
        "created_at": "DateTime",
    },
    "warehouse": {
        "id": "Integer",
        "name": "String",
        "location": "String",
        "capacity": "Integer",
        "is_active": "Boolean",
        "created_at": "DateTime",
    },
    "inventory": {
        "id": "Integer",
        "product_id": "Integer",
        "warehouse_id": "Integer",
        "quantity": "Integer",
        "reorder_level": "Integer",
        "last_counted": "DateTime",
        "created_at": "DateTime",
        "updated_at": "DateTime",
    },
    "order": {
        "id": "Integer",
        "order_number": "String",
        "user_id": "Integer",
        "status": "String",
        "total_amount": "Decimal",
        "created_at": "DateTime",
        "updated_at": "DateTime",
    },
    "order_item": {
        "id": "Integer",
        "order_id": "Integer",
        "product_id": "Integer",
        "quantity": "Integer",
        "unit_price": "Decimal",
        "subtotal": "Decimal",
    },
    "invoice": {
        "id": "Integer",
        "invoice_number": "String",
        "order_id": "Integer",
        "user_id": "Integer",
        "status": "String",
        "total_amount": "Decimal",
        "tax_amount": "Decimal",
        "due_date": "DateTime",
        "issued_date": "DateTime",
        "paid_date": "DateTime",
        "created_at": "DateTime",
        "updated_at": "DateTime",
    },
    "invoice_item": {
        "id": "Integer",
        "invoice_id": "Integer",
        "product_id": "Integer",
        "quantity": "Integer",
        "unit_price": "Decimal",
        "subtotal": "Decimal",
    },
    "payment": {
        "id": "Integer",
        "invoice_id": "Integer",
        "amount": "Decimal",
        "payment_method": "String",
        "reference": "String",
        "paid_date": "DateTime",
        "created_at": "DateTime",
    },
}

# "Applied to all required fields": these alone may be NULL, since there NULL means something.
NULLABLE = {
    ("user", "last_login"),
    ("category", "parent_id"),
    ("product", "cost"),
    ("warehouse", "capacity"),
    ("inventory", "reorder_level"),
    ("inventory", "last_counted"),
    ("invoice", "order_id"),
    ("invoice", "issued_date"),
    ("invoice", "due_date"),
    ("invoice", "paid_date"),
    ("invoice_item", "product_id"),
}

DEFAULTS = {
    ("user", "is_active"): "true",
    ("user", "created_at"): "now",
    ("user", "updated_at"): "now",
    ("product", "is_active"): "true",
    ("category", "is_active"): "true",
    ("warehouse", "is_active"): "true",
}

UNIQUES = [
    ("user", "username"),
    ("user", "email"),
    ("role", "name"),
    ("product", "sku"),
    ("category", "name"),
    ("warehouse", "name"),
    ("order", "order_number"),
    ("invoice", "invoice_number"),
]

ENUMERATIONS = {
    ("order", "status"): {"pending", "confirmed", "shipped", "delivered", "cancelled"},
    ("invoice", "status"): {"draft", "issued", "paid", "overdue", "cancelled"},
    ("payment", "payment_method"): {"cash", "card", "bank_transfer", "check"},
}

# The rule, as it stands in the constraint's text in either database.
CHECKS = [
    ("inventory", "quantity >= 0"),
    ("order_item", "quantity >= 1"),  # whole numbers: the same as > 0
    ("payment", "amount >= 0.01"),  # cents: the same as > 0
]

FOREIGN_KEYS = [
    ("product", "category_id", "category", "RESTRICT"),
    ("category", "parent_id", "category", "RESTRICT"),
    ("inventory", "product_id", "product", "RESTRICT"),
    ("inventory", "warehouse_id", "warehouse", "RESTRICT"),
    ("order", "user_id", "user", "RESTRICT"),
    ("order_item", "order_id", "order", "CASCADE"),
    ("order_item", "product_id", "product", "RESTRICT"),
    ("invoice", "order_id", "order", "RESTRICT"),
    ("invoice", "user_id", "user", "RESTRICT"),
    ("invoice_item", "invoice_id", "invoice", "CASCADE"),
    ("invoice_item", "product_id", "product", "RESTRICT"),
    ("payment", "invoice_id", "invoice", "RESTRICT"),
    ("user_role", "user_id", "user", "CASCADE"),
    ("user_role", "role_id", "role", "RESTRICT"),
]

# "Indexes:" of the eleven tables, then "Single-Column", "Composite" and "Performance Indexes".
INDEXES = [
    ("user", "username"),
    ("user", "email"),
    ("role", "name"),
    ("product", "sku"),
    ("product", "category_id"),
    ("product", "name"),
    ("category", "name"),
    ("category", "parent_id"),
    ("warehouse", "name"),
    ("inventory", "product_id"),
    ("inventory", "warehouse_id"),
    ("inventory", "product_id", "warehouse_id"),
    ("order", "order_number"),
    ("order", "user_id"),
    ("order", "status"),
    ("order_item", "order_id"),
    ("order_item", "product_id"),
    ("order_item", "order_id", "product_id"),
    ("invoice", "invoice_number"),
    ("invoice", "order_id"),
    ("invoice", "user_id"),
    ("invoice", "status"),
    ("invoice_item", "invoice_id"),
    ("invoice_item", "product_id"),
    ("invoice_item", "invoice_id", "product_id"),
    ("payment", "invoice_id"),
    ("payment", "paid_date"),
    ("order", "-created_at"),
    ("invoice", "due_date"),
    ("inventory", "quantity"),
]
