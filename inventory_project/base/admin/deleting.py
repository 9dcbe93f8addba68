"""Deleting in the back office: what refers to a row is named, and a refusal changes nothing."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import IntegrityError, models, transaction
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _

from inventory_project.base.errors import RuleViolation
from inventory_project.base.references import referring_models

from .acts import FORM_PAGE, MOST_AT_ONCE, MOST_REASONS, act_url
from .columns import change_url
from .offers import Button


class Deleting:
    """Mixin: the page that deletes a record, and the action that deletes several."""

    def get_deleted_objects(self, objs, request):
        """What refers to the rows is named, not listed: a product may have millions of movements."""
        rows = list(objs[: MOST_AT_ONCE + 1])
        if len(rows) > MOST_AT_ONCE:
            return [], {}, set(), [_("At most %(most)d can be deleted at once.") % {"most": MOST_AT_ONCE}]
        in_use = []
        for row in rows:
            if kept_by := referring_models(row):
                names = ", ".join(str(model._meta.verbose_name_plural) for model in kept_by)
                in_use.append(_("%(row)s is used by: %(names)s") % {"row": row, "names": names})
            if len(in_use) == MOST_REASONS:
                break
        return ([], {}, set(), in_use) if in_use else super().get_deleted_objects(objs, request)

    instead_of_deleting: Sequence[str] = ()  # acts that are offered where deleting is refused

    def delete_view(self, request, object_id, extra_context=None):
        extra_context = {"instead": self._instead(request, object_id), **(extra_context or {})}
        try:
            return super().delete_view(request, object_id, extra_context)
        except (RuleViolation, models.ProtectedError, models.RestrictedError, IntegrityError) as problem:
            self.message_user(request, self._why_not_deleted(problem), messages.ERROR)
            row = self.get_object(request, unquote(object_id))
            return HttpResponseRedirect(change_url(row) if row else request.path)

    def _instead(self, request, object_id: str) -> list[Button]:
        """The acts by which a record is freed of what refers to it."""
        if not self.instead_of_deleting or not (row := self.get_object(request, unquote(object_id))):
            return []
        acts = self.get_actions(request, action_location=FORM_PAGE)
        return [
            Button(name, acts[name].description, url=act_url(row, name))
            for name in self.instead_of_deleting
            if name in acts and self.offers(name, row)
        ]

    def delete_queryset(self, request, queryset):
        """All or none, each the way a single one is deleted."""
        try:
            with transaction.atomic():
                for row in queryset:
                    self.delete_model(request, row)
        except (RuleViolation, models.ProtectedError, models.RestrictedError, IntegrityError) as problem:
            request.deletion_refused = True
            self.message_user(request, self._why_not_deleted(problem), messages.ERROR)

    def message_user(self, request, message, level=messages.INFO, extra_tags="", fail_silently=False):
        # Django reports a deletion as done whatever became of it.
        if level == messages.SUCCESS and getattr(request, "deletion_refused", False):
            return
        super().message_user(request, message, level, extra_tags, fail_silently)

    @staticmethod
    def _why_not_deleted(problem: Exception) -> str:
        if isinstance(problem, RuleViolation):
            return str(problem)
        return _("It can't be deleted: other records refer to it. Nothing was changed.")
