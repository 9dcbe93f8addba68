"""The entry point of the application server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inventory_project.settings")
application = get_wsgi_application()

from accounts.signin.checks import refuse_unknown_roles  # noqa: E402  (the applications are there now)

refuse_unknown_roles()
