"""How the program logs: one line per event, as text while developing, as JSON for machines elsewhere."""

from inventory_project.base.request_id import RequestIdFilter

FIELDS = "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"
TEXT = "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s"


def logging_settings(*, form: str, level: str) -> dict[str, object]:
    """The setting LOGGING. `form` is "text" or "json"; everything goes to the standard error stream."""
    quiet = "WARNING" if form == "text" else level  # at a terminal the development server says it already
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": RequestIdFilter}},
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
            # Django's own handlers say everything twice while developing, and nothing of a failure in production.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": ["stream"], "level": "INFO", "propagate": False},
            "django.db.backends": {"level": "WARNING"},
            "django.tasks": {"level": quiet},
            "inventory.requests": {"level": quiet},
        },
    }
