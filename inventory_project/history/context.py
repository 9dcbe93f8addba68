"""Who acts, and through which door, told to the triggers that record changes: without a statement of its own.

On PostgreSQL a comment behind the verb of every writing statement says so. The triggers read it there and nowhere
else in the statement, and it holds nothing that people type. It travels with the statement, so that it is right
under connection pools, in batches and in cascades as well.

On SQLite the triggers call a function that every connection of the program brings along. Its name and the number of
its arguments are those of a function that SQLite has itself: a plain shell gets the answer “somebody, by SQL” from
that one, and can write.
"""

import json
import re
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.backends.signals import connection_created

from inventory_project.base.actor import current_actor_id
from inventory_project.base.door import Door, current_correlation_id, current_door

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|MERGE|WITH|COPY)\b", re.IGNORECASE)
# In PostgreSQL's own dialect of regular expressions; what stands between the marks is what _comment() writes.
SAID = r"^\s*\w+ /\* history actor=(\d*) door=(\w*) request=(\w*) \*/"
SAID_WITHIN = 160

FUNCTION, ARGUMENTS = "printf", 7
PLAIN_SQL = json.dumps([None, Door.SQL.value, "", None])
ASKED = f"{FUNCTION}('{PLAIN_SQL}', 'who', 'acts', 'is', 'said', 'by', 'whom')"
"""What the triggers of SQLite ask: [actor, door, request, the instant before which history may be forgotten]."""

_forgetting: ContextVar[str | None] = ContextVar("forgetting", default=None)


@contextmanager
def forgetting_before(instant: str):
    """Let history before the instant be deleted, on SQLite."""
    token = _forgetting.set(instant)
    try:
        yield
    finally:
        _forgetting.reset(token)


def marked(sql: str) -> str:
    """A writing statement that says on whose behalf it is. Others are left as they are."""
    verb = WRITES.match(sql)
    return f"{sql[: verb.end()]} {_comment()}{sql[verb.end() :]}" if verb else sql


def _comment() -> str:
    actor = current_actor_id()
    said = "" if actor is None else int(actor)
    return f"/* history actor={said} door={current_door().value} request={current_correlation_id()} */"


def _mark(execute, sql, params, many: bool, context: dict):
    return execute(marked(sql) if isinstance(sql, str) else sql, params, many, context)


def _answer(*_asked: object) -> str:
    return json.dumps([current_actor_id(), current_door().value, current_correlation_id(), _forgetting.get()])


def say_who_acts(sender: object, connection, **kwargs: object) -> None:
    """Let a new connection tell the triggers."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, ARGUMENTS, _answer)
    elif _mark not in connection.execute_wrappers:
        connection.execute_wrappers.append(_mark)  # the others see the statement without it


def keep_saying() -> None:
    """Do so from now on."""
    connection_created.connect(say_who_acts, dispatch_uid="say who acts")
