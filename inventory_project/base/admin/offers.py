"""Buttons that an app puts on the pages of the apps below it: billing's “Create invoice” on an order."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.admin import ListFilter
from django.contrib.admin.options import Action, ActionLocation
from django.db import models
from django.http import HttpRequest

from .listing import Tab


@dataclass(frozen=True)
class Button:
    """A next step on a record's page: an act or, with a `url`, a page of its own."""

    name: str
    label: object
    kind: str = ""
    url: str = ""
    reason: str = ""  # why it can't be taken now; it is shown greyed then


@dataclass(frozen=True)
class OfferedAction:
    """An action that an app puts on the lists of an app below it: stock's “Reorder…” on products."""

    name: str
    label: object
    permission: str
    run: Callable[..., object]  # (admin class, request, queryset), as every action
    button: Callable[[HttpRequest, models.Model], Button | None]  # what a record's page shows of it, if anything


@dataclass(frozen=True)
class RelatedLink:
    """A way from a record to those that belong to it."""

    label: object
    value: object
    url: str


type Offer = Callable[[HttpRequest, models.Model], Button | None]

_offers: dict[type[models.Model], list[Offer]] = defaultdict(list)
_columns: dict[type[models.Model], list[tuple[Callable, str]]] = defaultdict(list)
_tabs: dict[type[models.Model], list[tuple[Tab, str]]] = defaultdict(list)
_filters: dict[type[models.Model], list[tuple[type[ListFilter], str]]] = defaultdict(list)
_related: dict[type[models.Model], list[Callable]] = defaultdict(list)
_actions: dict[type[models.Model], list[OfferedAction]] = defaultdict(list)


def offer_action(model: type[models.Model], action: OfferedAction) -> None:
    """Offer an action on the model's list and on the pages of its records."""
    _actions[model].append(action)


def offered_actions(request: HttpRequest, model: type[models.Model]) -> dict[str, Action]:
    """The further actions that are open to the person, as Django's own."""
    both = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]
    return {
        offered.name: Action(offered.run, offered.name, offered.label, offered.label, both)
        for offered in _actions[model]
        if request.user.has_perm(offered.permission)
    }


def button_of_offered(request: HttpRequest, name: str, row: models.Model) -> Button | None:
    """The button of an offered action on a record's page; None where it does not apply."""
    offered = next(action for action in _actions[type(row)] if action.name == name)
    return offered.button(request, row)


def is_offered(model: type[models.Model], name: str) -> bool:
    """Whether the action of that name is another app's."""
    return any(action.name == name for action in _actions[model])


def offer_button(model: type[models.Model], offer: Offer) -> None:
    """Ask `offer` on every page of the model's records whether it has a button there, for this person and state."""
    _offers[model].append(offer)


def offered_buttons(request: HttpRequest, row: models.Model) -> list[Button]:
    """The further buttons of a record's page."""
    found = [offer(request, row) for offer in _offers[type(row)]]
    return [button for button in found if button is not None]


def offer_column(model: type[models.Model], column: Callable[[models.Model], object], permission: str) -> None:
    """Add a column to the list of a model of an app below, for those with the permission."""
    _columns[model].append((column, permission))


def offered_columns(request: HttpRequest, model: type[models.Model]) -> list[Callable]:
    """The further columns of a list."""
    return [column for column, permission in _columns[model] if request.user.has_perm(permission)]


def offer_tab(model: type[models.Model], tab: Tab, permission: str) -> None:
    """Add a tab to the list of a model of an app below, for those with the permission."""
    _tabs[model].append((tab, permission))


def offered_tabs(request: HttpRequest, model: type[models.Model]) -> list[Tab]:
    """The further tabs of a list."""
    return [tab for tab, permission in _tabs[model] if request.user.has_perm(permission)]


def offer_filter(model: type[models.Model], spec: type[ListFilter], permission: str) -> None:
    """Add a filter to the list of a model of an app below, for those with the permission."""
    _filters[model].append((spec, permission))


def offered_filters(request: HttpRequest, model: type[models.Model]) -> list[type[ListFilter]]:
    """The further filters of a list."""
    return [spec for spec, permission in _filters[model] if request.user.has_perm(permission)]


def offer_related(
    model: type[models.Model], offer: Callable[[HttpRequest, models.Model], Sequence[RelatedLink]]
) -> None:
    """Ask `offer` on every page of the model's records which links there are to rows of this app, for this person."""
    _related[model].append(offer)


def offered_related(request: HttpRequest, row: models.Model) -> list[RelatedLink]:
    """The further links of a record's page."""
    return [link for offer in _related[type(row)] for link in offer(request, row)]
