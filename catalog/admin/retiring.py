"""What is retired rather than deleted."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import ACTIVE_TABS, BOTH_PAGES, ReferenceAdmin


def activate(row, *, by):
    """Offer it for new documents again."""
    row.is_active = True
    row.save(update_fields=["is_active", "updated_at", "updated_by"])
    return row


def retire(row, *, by):
    """Keep it for the documents that refer to it, and offer it no more."""
    row.is_active = False
    row.save(update_fields=["is_active", "updated_at", "updated_by"])
    return row


class RetirableAdmin(ReferenceAdmin):
    """A reference with a switch for being offered, in bulk too."""

    tabs = ACTIVE_TABS
    actions = ("activate", "retire")

    def offers(self, name, obj):
        return obj.is_active == (name == "retire")

    @admin.action(permissions=["change"], description=_("Activate"), location=BOTH_PAGES)
    def activate(self, request, queryset):
        return self.apply(request, queryset, activate)

    @admin.action(permissions=["change"], description=_("Make inactive"), location=BOTH_PAGES)
    def retire(self, request, queryset):
        return self.apply(request, queryset, retire)
