from django.db import migrations

TAKEN_FROM, TAKEN_OUT = "sales.*", "!sales.anonymise_customer"


def take_out(apps, schema_editor) -> None:
    """What can't be undone is not for everybody who looks after customers."""
    _write(apps, schema_editor, with_it)


def with_it(held: list[str]) -> list[str]:
    if TAKEN_OUT in held:
        return held
    place = held.index(TAKEN_FROM) + 1 if TAKEN_FROM in held else len(held)
    return [*held[:place], TAKEN_OUT, *held[place:]]


def put_back(apps, schema_editor) -> None:
    _write(apps, schema_editor, lambda held: [name for name in held if name != TAKEN_OUT])


def _write(apps, schema_editor, change) -> None:
    roles = apps.get_model("accounts", "Role")._base_manager.using(schema_editor.connection.alias)
    for role in roles.filter(name="Sales", is_system=True):
        role.permissions = change(role.permissions)
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_anonymise_permission")]

    operations = [migrations.RunPython(take_out, put_back)]
