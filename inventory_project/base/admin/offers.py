"""Buttons that an app puts on the pages of the apps below it: billing's “Create invoice” on an order."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.http import HttpRequest


@dataclass(frozen=True)
class Button:
    """A next step on a record's page: an act or, with a `url`, a page of its own."""

    name: str
    label: object
    kind: str = ""
    url: str = ""


type Offer = Callable[[HttpRequest, models.Model], Button | None]

_offers: dict[type[models.Model], list[Offer]] = defaultdict(list)


def offer_button(model: type[models.Model], offer: Offer) -> None:
    """Ask `offer` on every page of the model's records whether it has a button there, for this person and state."""
    _offers[model].append(offer)


def offered_buttons(request: HttpRequest, row: models.Model) -> list[Button]:
    """The further buttons of a record's page."""
    found = [offer(request, row) for offer in _offers[type(row)]]
    return [button for button in found if button is not None]
