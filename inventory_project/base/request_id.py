"""One id per request, on the answer and in every error, so that a report can be found again."""

import logging

from .door import Door, current_correlation_id, entering, new_id

API = "/api/"


def current_request_id() -> str:
    """The id of the request being answered or of the command being run, '' outside of both."""
    return current_correlation_id()


class RequestIdFilter(logging.Filter):
    """Lets a line of the log say to which request it belongs."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id() or "-"
        return True


class RequestIdMiddleware:
    """Gives each request an id, returns it as X-Request-ID, and notes which door it came through."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        request_id = new_id("req")
        door = Door.API if request.path_info.startswith(API) else Door.ADMIN
        with entering(door, request_id):
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            return response
