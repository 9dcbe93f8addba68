"""The codes with which the rules of accounts refuse."""

from django.utils.translation import gettext_lazy as _

from inventory_project.base.api.problems import publish

publish(
    has_second_factor=_("There is a second factor already"),
    inactive_user=_("The user is deactivated"),
    last_administrator=_("Nobody could administer any more"),
    no_mail=_("Mail is not set up"),
    no_second_factor=_("There is no second factor"),
    own_account=_("It is your own account"),
    system_role=_("The role comes with the product"),
)
