"""What the installation did for its own safety, run by run."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import BaseAdmin, Tab, columns
from inventory_project.models import OperationRun


@admin.register(OperationRun)
class OperationRunAdmin(BaseAdmin):
    list_display = ("started_at", "kind", "subject", "took", "outcome", "error")
    list_display_links = None
    list_filter = ("kind",)
    search_fields = ("kind", "subject")
    ordering = ("-started_at", "-id")
    tabs = (
        Tab("failed", _("Failed"), Q(succeeded=False)),
        Tab("unfinished", _("Unfinished"), Q(succeeded=None)),
    )
    page_note = _("Backups, rehearsals of restoring one, checks of the invariants. The page System says which is late.")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The list says all there is to say of a run."""
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:inventory_project_operationrun_changelist"))

    def history_view(self, request, object_id, extra_context=None):
        return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)

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
