"""How the program logs: one line per event, as text while developing, as JSON for machines elsewhere."""

import logging
import re
import traceback
from collections.abc import Iterator
from copy import copy

from inventory_project.base.request_id import RequestIdFilter

FIELDS = "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"
TEXT = "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s"


ENDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Formatter):
    """An event is one line, whatever somebody has sent to be written down; tracebacks follow it."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return ENDS.sub(lambda found: ascii(found[0])[1:-1], super().formatMessage(record))


class Discreet(logging.Filter):
    """Leaves out what is nobody's business who reads logs: values of rows, and parameters of requests."""

    def filter(self, record: logging.LogRecord) -> logging.LogRecord:
        record = copy(record)
        record.__dict__.pop("request", None)  # Django's, whose text holds the query string
        if isinstance(record.args, tuple):
            record.args = tuple(_brief(part) if isinstance(part, Exception) else part for part in record.args)
        if record.exc_info and record.exc_info[1]:
            record.exc_text = _told(record.exc_info[1])
            record.exc_info = None
        return record


def _told(error: BaseException) -> str:
    """The traceback, which never shows variables, without what the database quotes."""
    text = "".join(traceback.format_exception(error)).rstrip()
    for each in _chain(error):
        text = text.replace(str(each), _brief(each)) if str(each) else text
    return text


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    waiting, seen = [error], set()
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [each.__cause__, each.__context__]


def _brief(error: BaseException) -> str:
    from inventory_project.base.database_errors import without_values  # the settings load this before any model

    return without_values(error)


def logging_settings(*, form: str, level: str) -> dict[str, object]:
    """The setting LOGGING. `form` is "text" or "json"; everything goes to the standard error stream."""
    quiet = "WARNING" if form == "text" else level  # at a terminal the development server says it already
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": RequestIdFilter}, "discreet": {"()": Discreet}},
        "formatters": {
            "text": {"()": OneLine, "format": TEXT},
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": FIELDS,
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            },
        },
        "handlers": {
            "stream": {"class": "logging.StreamHandler", "filters": ["request_id", "discreet"], "formatter": form}
        },
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            # Django's own handlers say everything twice while developing, and nothing of a failure in production.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": ["stream"], "level": "INFO", "propagate": False},
            "django.db.backends": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            "django.tasks": {"level": quiet},
            "inventory.requests": {"level": quiet},
        },
    }
