"""The codes with which the rules of accounts refuse."""

from django.utils.translation import gettext_lazy as _

from inventory_project.base.api.problems import publish

publish(
    inactive_user=_("The user is deactivated"),
    last_administrator=_("Nobody could administer any more"),
    system_role=_("The role comes with the product"),
)
