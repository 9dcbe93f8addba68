"""One id per request, on the answer and in every error, so that a report can be found again."""

import logging
import uuid
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request being answered, '' outside of one."""
    return _request_id.get()


class RequestIdFilter(logging.Filter):
    """Lets a line of the log say to which request it belongs."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id() or "-"
        return True


class RequestIdMiddleware:
    """Gives each request an id and returns it as X-Request-ID."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        token = _request_id.set(f"req_{uuid.uuid4().hex[:16]}")
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = current_request_id()
            return response
        finally:
            _request_id.reset(token)
