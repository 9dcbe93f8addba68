"""The sample company's staff: an administrator and one person per role."""

from accounts.models import Role, User, UserRole
from inventory_project.base.actor import acting_as

ADMIN = "admin"
PASSWORD = "demo"
STAFF = {
    "Catalog manager": ("clara", "Clara", "Novak"),
    "Warehouse operator": ("william", "William", "Okafor"),
    "Sales": ("sofia", "Sofia", "Lindqvist"),
    "Accountant": ("amir", "Amir", "Haddad"),
    "Auditor": ("agnes", "Agnes", "Weber"),
}


def build(world) -> None:
    """Create `admin` (password `admin`) and the staff (password `demo`)."""
    world.admin = User.objects.create_superuser(
        "admin", "admin@example.com", "admin", first_name="Ada", last_name="Min"
    )
    with acting_as(world.admin):
        for role, (username, first_name, last_name) in STAFF.items():
            user = User.objects.create_user(
                username,
                f"{username}@example.com",
                PASSWORD,
                first_name=first_name,
                last_name=last_name,
                is_staff=True,
            )
            UserRole.objects.create(user=user, role=Role.objects.get(name=role))
            world.staff[role] = user
    world.say(f"People: admin and {len(STAFF)} members of staff")
