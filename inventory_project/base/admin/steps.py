"""The next steps of a record: its acts as buttons, the first that can be taken standing out."""

from collections.abc import Collection
from dataclasses import replace

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR, ActionLocation
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from .acts import ACT, DESTRUCTIVE, FORM_PAGE
from .columns import change_url
from .offers import Button, button_of_offered, is_offered, offered_actions, offered_buttons

LAST = {"aside": 1, "danger": 2}  # what comes after the other buttons


class NextSteps:
    """Mixin of the admin classes."""

    aside: Collection[str] = ("duplicate",)  # acts that are never the next step
    leads_on = False  # the first act is what is to be done next, and stands out

    @staticmethod
    def _is_popup(request) -> bool:
        return IS_POPUP_VAR in request.GET or IS_POPUP_VAR in request.POST

    def get_further_submit(self, request, obj: models.Model | None) -> tuple[str, object] | None:
        """The name and the label of a button beside “Save” that saves and goes on with the next step."""
        return None

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        actions = super().get_actions(request, action_location)
        if self._is_popup(request):
            return actions
        last = {name: actions.pop(name) for name in ("delete_selected",) if name in actions}
        return {**actions, **offered_actions(request, self.model), **last}

    def _open_act(self, request, object_id: str) -> HttpResponse:
        """The questions of an act at an address of their own, so that other pages can lead there."""
        row, name = self.get_object(request, unquote(object_id)), request.GET[ACT]
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        acts = self.get_actions(request, action_location=FORM_PAGE)
        if name not in acts:
            raise PermissionDenied
        button = self._act_button(request, name, acts[name].description, row)
        if button is None or button.reason:
            text = _("%(row)s: “%(act)s” is not possible now.") % {"row": row, "act": acts[name].description}
            self.message_user(request, f"{text} {button.reason if button else ''}".strip(), messages.WARNING)
            return HttpResponseRedirect(change_url(row))
        rows = self.get_queryset(request).filter(pk=row.pk)
        return acts[name].func(self, request, rows) or HttpResponseRedirect(change_url(row))

    def get_buttons(self, request, obj: models.Model) -> list[Button]:
        """The acts that are open now to this person, in the order of `actions`, then what other apps offer.

        The first that can be taken is the one that stands out, of documents; what undoes comes last.
        """
        acts = self.get_actions(request, action_location=FORM_PAGE)
        found = [self._act_button(request, name, act.description, obj) for name, act in acts.items()]
        shown = [self._as_link(button) for button in found if button]
        shown = sorted([*shown, *offered_buttons(request, obj)], key=lambda button: LAST.get(button.kind, 0))
        first = next((button for button in shown if not (button.kind or button.reason)), None)
        if not self.leads_on or first is None or any(button.kind == "primary" for button in shown):
            return shown
        return [replace(button, kind="primary") if button is first else button for button in shown]

    def _act_button(self, request, name: str, label: object, obj: models.Model) -> Button | None:
        """How an act that the person may take is shown; None where the state does not allow it."""
        if is_offered(self.model, name):
            return button_of_offered(request, name, obj)
        if not self.offers(name, obj):
            return None
        kind = "danger" if name in DESTRUCTIVE else "aside" if name in self.aside else ""
        return Button(name, label, kind, reason=str(self.blocked(name, obj)))

    @staticmethod
    def _as_link(button: Button) -> Button:
        """An act that asks first is a page of its own; “…” says so."""
        asks = str(button.label).endswith("…") and not button.reason
        return replace(button, url=f"?{ACT}={button.name}") if asks else button

    def blocked(self, name: str, obj: models.Model) -> str:
        """Why an act that the state allows can't be taken yet; '' if it can."""
        return ""

    def offers(self, name: str, obj: models.Model) -> bool:
        """Whether the record's state allows the act now."""
        return True
