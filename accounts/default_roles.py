"""The roles that come with the product. People copy them to change them; a migration undoes nothing."""

from django.apps import apps as installed_apps
from django.utils.translation import gettext_noop

from inventory_project.base.discretion import SEE_COST

READ_BILLING_WITHOUT_PAYMENTS = [
    "billing.view_invoice",
    "billing.view_invoiceitem",
    "billing.view_creditnote",
    "billing.view_creditnoteitem",
]
DRAFT_INVOICES = [
    "billing.add_invoice",
    "billing.change_invoice",
    "billing.delete_invoice",
    "billing.add_invoiceitem",
    "billing.change_invoiceitem",
    "billing.delete_invoiceitem",
]
SHIP_AND_TAKE_BACK = [
    "sales.ship_order",
    "sales.deliver_order",
    "sales.ship_shipment",
    "sales.deliver_shipment",
    "sales.receive_salesreturn",
]

ROLES = {
    "Administrator": (gettext_noop("May do everything."), ["*"]),
    "Catalog manager": (gettext_noop("Keeps products, prices and suppliers."), ["catalog.*", "stock.view_*", SEE_COST]),
    "Warehouse operator": (
        gettext_noop("Receives, moves, counts and ships goods."),
        # Whoever counts blind must not see what is expected.
        ["stock.*", "!stock.see_expected_stockcount", *SHIP_AND_TAKE_BACK, "catalog.view_*", "sales.view_*"],
    ),
    "Sales": (
        gettext_noop("Looks after customers, orders and returns, and drafts invoices."),
        [
            "sales.*",
            "!sales.anonymise_customer",  # it can't be undone
            "accounts.view_*",
            "catalog.view_*",
            "stock.view_*",
            *READ_BILLING_WITHOUT_PAYMENTS,
            *DRAFT_INVOICES,
        ],
    ),
    "Accountant": (
        gettext_noop("Invoices, payments and credit notes; sees everything else."),
        ["billing.*", "*.view_*", SEE_COST],
    ),
    "Auditor": (gettext_noop("Sees everything, changes nothing."), ["*.view_*", SEE_COST]),
}


def create_default_roles(sender, using, apps=installed_apps, **kwargs) -> None:
    """After every migrate, and every flush (which names no apps): write the roles that are missing, change none."""
    try:
        role_model = apps.get_model("accounts", "Role")
    except LookupError:  # migrated back to before there were roles
        return
    for name, (description, permissions) in ROLES.items():
        role_model._base_manager.using(using).get_or_create(
            name=name, defaults={"description": description, "permissions": permissions, "is_system": True}
        )
