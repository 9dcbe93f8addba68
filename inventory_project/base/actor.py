"""Who is acting: kept for the length of a request, a command or a service call, read by the stamping fields."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_actor: ContextVar[int | None] = ContextVar("actor_id", default=None)


def current_actor_id() -> int | None:
    """The primary key of the user on whose behalf rows are written; None is the system itself."""
    return _actor.get()


@contextmanager
def acting_as(user) -> Iterator[None]:
    """Stamp everything written inside with `user` (None: the system)."""
    token = _actor.set(getattr(user, "pk", None))
    try:
        yield
    finally:
        _actor.reset(token)


class ActorMiddleware:
    """Opens a fresh actor per request, so that nobody's name leaks into the next request of the same worker."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        with acting_as(None):
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs) -> None:
        # The admin and the session pages know the user here; the API sets it once it has authenticated.
        if hasattr(view, "cls"):
            return
        set_actor(request.user)


def set_actor(user) -> None:
    """From here to the end of the request, rows are written on behalf of `user`."""
    _actor.set(getattr(user, "pk", None))
