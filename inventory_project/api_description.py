"""What the description of the API (OpenAPI) is called and how it is shown; part of the settings."""

SPECTACULAR_SETTINGS = {
    "TITLE": "Inventory, sales and billing",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "MovementKind": "stock.models.MovementKind",
        "AddressKind": "sales.models.AddressKind",
        "InvoiceItemKind": "billing.models.InvoiceItemKind",
        "TaxCategory": "catalog.models.TaxCategory",
        "PaymentMethod": "billing.models.PaymentMethod",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "inventory_project.base.api.samples.add_samples",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
