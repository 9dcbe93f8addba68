"""Counting from the list of balances: ticked rows, and the grid opens."""

from functools import partial

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from inventory_project.base.admin import BOTH_PAGES, ActForm, act_url, columns
from stock import services


class CountForm(ActForm):
    """How the chosen balances are counted."""

    submit = _("Start count")
    intro = _("All places where these goods lie are counted; the count is under way at once.")
    subject = ""

    is_blind = forms.BooleanField(label=_("Blind: counters don't see what the system expects"), required=False)
    notes = forms.CharField(label=_("Notes"), required=False, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args, balances: list[int], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        text = ngettext("Count %(number)d balance", "Count %(number)d balances", len(balances))
        self.title = text % {"number": len(balances)}
        # The page sends the action again, for the same rows.
        chosen = [str(pk) for pk in balances]
        self.fields[ACTION_CHECKBOX_NAME] = forms.MultipleChoiceField(
            choices=[(pk, pk) for pk in chosen], initial=chosen, widget=forms.MultipleHiddenInput, required=False
        )

    def parameters(self):
        return {name: self.cleaned_data[name] for name in ("is_blind", "notes")}


class Counts:
    """Mixin of the balances' admin: the action “Start count…”, which lands where the counts are entered."""

    def has_count_permission(self, request) -> bool:
        return request.user.has_perms(["stock.add_stockcount", "stock.start_stockcount"])

    @admin.action(permissions=["count"], description=_("Start count…"), location=BOTH_PAGES)
    def count(self, request, queryset):
        chosen = self.at_once(request, queryset.values_list("pk", flat=True))
        if chosen is None:
            return None

        def run(answers):
            return services.count_inventory(chosen, **answers, by=request.user)

        def then(count):
            enters = request.user.has_perm("stock.enter_stockcount")
            return act_url(count, "enter") if enters else columns.change_url(count)

        return self.ask(request, partial(CountForm, balances=chosen), run, then=then)
