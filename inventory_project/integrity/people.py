"""Who may do what."""

from django.core.exceptions import ValidationError

from accounts.models import Role, User
from accounts.permissions import validate_permissions

from .registry import Fault, Finding, Reader, invariant


@invariant("people")
def somebody_can_administer(db: Reader) -> Finding:
    """Somebody who is active and may sign in to the back office may do everything."""
    people = db.count('"user"')
    able = User.objects.using(db.connection.alias).administrators().exists()
    return Finding(people, [] if able or not people else [Fault("user", "nobody can administer")])


@invariant("people")
def roles_grant_what_exists(db: Reader) -> Finding:
    """The permissions of a role are a list of known names and of patterns that cover some."""
    field = Role._meta.get_field("permissions")
    rows = db.rows("SELECT id, name, permissions FROM role ORDER BY id")
    wrong = []
    for row in rows:
        value = row["permissions"]
        try:
            validate_permissions(field.from_db_value(value, None, db.connection) if isinstance(value, str) else value)
        except ValidationError as error:
            wrong.append(Fault(row["id"], f"{row['name']}: {' '.join(error.messages)}"))
    return Finding(len(rows), wrong)
