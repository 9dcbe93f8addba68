"""Every document in every status takes every act through every door: those that its table of acts names work, the
others change no row and say so."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import transaction

from billing.models import Invoice
from inventory_project.base.errors import InvalidTransition
from inventory_project.base.models import Document
from sales.models import Order, SalesReturn, Shipment
from tests.api_client import address, root_client
from tests.back_office import Desk, said, sent
from tests.lives.scenes import FOR_ACT, SCENES
from tests.lives.steps import BY_COMMAND, service_of, told_at_desk, told_to_api

BUSINESS = ("accounts", "catalog", "stock", "sales", "billing")
# Signing in is noted on the user; it is no part of the act.
TABLES = [model for label in BUSINESS for model in apps.get_app_config(label).get_models() if label != "accounts"]
DOCUMENTS = [model for model in apps.get_models() if issubclass(model, Document)]
EVERY_STATUS = pytest.mark.parametrize(
    ("model", "status"), list(SCENES), ids=[f"{model._meta.model_name}-{status}" for model, status in SCENES]
)

pytestmark = pytest.mark.django_db


def rows() -> dict[str, list[tuple]]:
    """Every row of the company's tables."""
    return {model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in TABLES}


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done here is undone at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def in_status[D: Document](model: type[D], status: str, act: str = "") -> D:
    document = FOR_ACT.get((model, status, act), SCENES[model, status])()
    document = model.objects.get(pk=document.pk)
    assert document.status == status
    return document


def by_command(document: Document, act: str) -> bool:
    return (document._meta.model_name, act) in BY_COMMAND


def acts_of(model: type[Document], status: str, legal: bool) -> list[str]:
    return [name for name, step in model.ACTS.items() if (status in step.sources) is legal]


# Later in a life than where an act leads: that it has happened is still so, and asking again changes nothing.
LATER = {
    (Order, "delivered", "ship"),
    (Order, "delivered", "close"),
    (SalesReturn, "closed", "receive"),
    (Shipment, "delivered", "ship"),
    (Invoice, "overdue", "issue"),
}


def has_happened(model: type[Document], status: str, act: str, door: str) -> bool:
    """Whether the act would be a repetition. A command passes over what it does not concern."""
    if (model._meta.model_name, act) in BY_COMMAND:
        return door == "service"
    return status in model.ACTS[act].targets or (model, status, act) in LATER


class Doors:
    """The ways to an act, each of which tells what came of it: done, or refused."""

    def __init__(self) -> None:
        self.client, self.desk = root_client(), Desk()

    def service(self, document: Document, act: str) -> str:
        try:
            service_of(document, act)()
        except InvalidTransition:
            return "refused"
        return "done"

    def api(self, document: Document, act: str) -> str:
        answer = self.client.post(address(document, act.replace("_", "-")), told_to_api(document, act))
        if by_command(document, act):
            return "refused" if answer.status_code == 404 else "unheard of"
        if answer.status_code == 409:
            problem = answer.json()
            told = (problem["code"], problem["current_status"], problem["allowed_actions"])
            return "refused" if told == ("invalid_state", document.status, document.allowed_actions) else str(problem)
        return "done" if answer.status_code == 200 else str(answer.content)

    def admin(self, document: Document, act: str) -> str:
        """Press the button and answer what it asks; the answer must say something."""
        answer = self.desk.press(document, act)
        if answer.status_code == 200 and getattr(answer.context["form"], "fill_label", ""):
            answer = self.desk.press(document, act, fill="1")
        if answer.status_code == 200 and "form" in (answer.context or {}):
            entries = sent(answer.context["form"]) | told_at_desk(document, act)
            answer = self.desk.press(document, act, **(entries or {"apply": "1"}))
        if by_command(document, act):
            return "refused"
        if answer.status_code == 200:
            return f"refused: {answer.context['form'].errors}" if answer.context["form"].errors else "asks again"
        return "refused" if "not possible now" in said(answer) else "done" if said(answer) else "says nothing"


DOORS = ("service", "api", "admin")


def test_every_document_is_walked_in_every_status():
    every = {(model, value) for model in DOCUMENTS for value, _label in model._meta.get_field("status").choices}
    assert set(SCENES) == every
    assert len(DOCUMENTS) == 10


@EVERY_STATUS
def test_what_the_status_does_not_allow_changes_no_row(model, status):
    document, doors = in_status(model, status), Doors()
    before, wrong = rows(), []
    for act in acts_of(model, status, legal=False):
        for door in DOORS:
            with taken_back():
                came_of_it = getattr(doors, door)(model.objects.get(pk=document.pk), act)
                changed = rows() != before
            fine = came_of_it.startswith("refused") or came_of_it == "done" and has_happened(model, status, act, door)
            if changed or not fine:
                wrong.append((act, door, came_of_it, changed))
    assert not wrong


@EVERY_STATUS
def test_what_the_status_allows_works_and_leads_where_it_may(model, status):
    doors, wrong = Doors(), []
    for act in acts_of(model, status, legal=True):
        document = in_status(model, status, act)
        for door in DOORS:
            if by_command(document, act) and door != "service":
                continue
            with taken_back():
                came_of_it = getattr(doors, door)(model.objects.get(pk=document.pk), act)
                after = model.objects.get(pk=document.pk).status
            if came_of_it != "done" or after not in model.ACTS[act].targets:
                wrong.append((act, door, came_of_it, after))
    assert not wrong
