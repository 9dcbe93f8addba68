"""How the program logs: one line per event, as text while developing, as JSON for machines elsewhere."""

import logging

from inventory_project.base.request_id import current_request_id

FIELDS = "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"
TEXT = "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s"


class RequestId(logging.Filter):
    """Marks each line with the request or command that it belongs to, '-' outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not hasattr(record, "request_id"):
            record.request_id = current_request_id() or "-"
        return True


def logging_settings(*, form: str, level: str) -> dict[str, object]:
    """The setting LOGGING. `form` is "text" or "json"; everything goes to the standard error stream."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": RequestId}},
        "formatters": {
            "text": {"format": TEXT},
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": FIELDS,
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            },
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": form}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            # Django's own handlers (a mail per error, a second console) would say everything twice.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": ["stream"], "level": "INFO", "propagate": False},
            "django.db.backends": {"level": "WARNING"},
        },
    }
