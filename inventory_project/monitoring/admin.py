"""What the installation did for its own safety, run by run."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import RecordAdmin, Tab, columns
from inventory_project.models import OperationRun


@admin.register(OperationRun)
class OperationRunAdmin(RecordAdmin):
    list_display = ("started_at", "kind", "subject", "took", "outcome", "error")
    list_filter = ("kind",)
    search_fields = ("kind", "subject")
    ordering = ("-started_at", "-id")
    tabs = (
        Tab("failed", _("Failed"), Q(succeeded=False)),
        Tab("unfinished", _("Unfinished"), Q(succeeded=None)),
    )
    page_note = _("Backups, rehearsals of restoring one, checks of the invariants. The page System says which is late.")

    @admin.display(description=_("took"))
    def took(self, run):
        return f"{run.duration.total_seconds():.1f} s" if run.duration else ""

    @admin.display(description=_("outcome"))
    def outcome(self, run):
        if run.succeeded is None:
            return columns.badge(_("unfinished"))
        return columns.badge(_("succeeded"), "green") if run.succeeded else columns.badge(_("failed"), "red")

    @admin.display(description=_("error"))
    def error(self, run):
        return run.details.get("error", "") or ", ".join(run.details.get("violated", []))
