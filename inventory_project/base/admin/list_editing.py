"""Lists of which some columns are edited in place: what two people change at once is told apart, row by row."""

from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.db import DataError, IntegrityError
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from inventory_project.base import database_errors
from inventory_project.base.errors import RuleViolation

from .forms import BackOfficeForm
from .listing import is_id


class ListForm(BackOfficeForm):
    """A row of a list. A row that nobody touched is as it was, and needs no proof."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values() if self.instance.pk else ():
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = f"{capfirst(str(field.label))}: {self.instance}"

    def _post_clean(self) -> None:
        if self.has_changed():
            super()._post_clean()


class Rows(list):
    """The rows of a page, read once, as Django's formsets want them."""

    ordered = totally_ordered = True


class EditsInList:
    """Mixin of the admin classes, for those that name columns in `list_editable`."""

    def get_changelist_form(self, request, **kwargs):
        return super().get_changelist_form(request, **{"form": ListForm, "fields": self.list_editable, **kwargs})

    def get_changelist_formset(self, request, **kwargs):
        most = self.list_max_show_all
        return super().get_changelist_formset(request, **{"max_num": most, "absolute_max": most, **kwargs})

    def edited_rows(self, request: HttpRequest, changelist: ChangeList) -> Rows:
        """The rows that are shown; those that were sent, should they have to be shown again, in the same order."""
        if request.method != "POST" or "_save" not in request.POST:
            return Rows(changelist.result_list)
        sent = [int(pk) for pk in self._get_edited_object_pks(request, "form") if is_id(pk)]
        known = changelist.apply_select_related(self.get_queryset(request)).in_bulk(sent[: self.list_max_show_all])
        return Rows(known[pk] for pk in sent if pk in known)

    def _save_formset(self, request, formset) -> None:
        """All rows or none."""
        try:
            super()._save_formset(request, formset)
        except (RuleViolation, IntegrityError, DataError) as problem:
            refusal = problem if isinstance(problem, RuleViolation) else database_errors.refusal(problem)
            self.message_user(request, f"{refusal} {_('Nothing was saved.')}", messages.ERROR)
