from django.db import migrations

SEE_COST = "stock.see_cost_inventory"


def give(apps, schema_editor) -> None:
    """Purchase prices are shown with this permission only: those whose work needs them keep seeing them."""
    for role in _roles(apps, schema_editor):
        if SEE_COST not in role.permissions:
            role.permissions = [*role.permissions, SEE_COST]
            role.save(update_fields=["permissions"])


def take(apps, schema_editor) -> None:
    for role in _roles(apps, schema_editor):
        role.permissions = [name for name in role.permissions if name != SEE_COST]
        role.save(update_fields=["permissions"])


def _roles(apps, schema_editor):
    roles = apps.get_model("accounts", "Role")._base_manager.using(schema_editor.connection.alias)
    return roles.filter(name__in=["Catalog manager", "Auditor"], is_system=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_sales_do_not_anonymise")]

    operations = [migrations.RunPython(give, take)]
