"""A record's history: the site shows it, from what the database has recorded."""

from django.utils.text import capfirst


class WithHistory:
    """Mixin: the page “History”, and the newest changes on the record's page."""

    def history_view(self, request, object_id, extra_context=None):
        return self.admin_site.history_page(request, self, object_id)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and obj:
            context["activity"] = self.admin_site.newest_changes(request, obj)
            context["activity_kind"] = capfirst(str(self.opts.verbose_name))
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Django's own log is not written: the database records every change, whichever door it comes through.

    def log_addition(self, request, obj, message) -> None:
        """Nothing to add."""

    def log_change(self, request, obj, message) -> None:
        """Nothing to add."""

    def log_deletions(self, request, queryset) -> None:
        """Nothing to add."""
