"""Through which door a change comes in, and under which id: the history of changes names both."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Door(models.TextChoices):
    """Where people and programs come in."""

    ADMIN = "admin", _("back office")
    API = "api", _("API")
    COMMAND = "command", _("command")
    PROGRAM = "program", _("program")
    SQL = "sql", _("plain SQL")


_door: ContextVar[Door] = ContextVar("door", default=Door.PROGRAM)
_correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")


def current_door() -> Door:
    """Where what is being done came in."""
    return _door.get()


def current_correlation_id() -> str:
    """The id of the request being answered, or of the command being run; '' outside of both."""
    return _correlation_id.get()


def new_id(prefix: str) -> str:
    """An id by which people can report what happened, and find it again."""
    return f"{prefix}_{uuid.uuid4().hex[:16]}"


@contextmanager
def entering(door: Door, correlation_id: str) -> Iterator[None]:
    """Everything done inside came through this door."""
    tokens = _door.set(door), _correlation_id.set(correlation_id)
    try:
        yield
    finally:
        _door.reset(tokens[0])
        _correlation_id.reset(tokens[1])


@contextmanager
def running_command() -> Iterator[str]:
    """A command of an administrator, with an id of its own."""
    command_id = new_id("cmd")
    with entering(Door.COMMAND, command_id):
        yield command_id
