"""Puts our admin site in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "inventory_project.site.BackOffice"
