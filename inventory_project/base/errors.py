"""Refusals that a person can read. Each door (API, admin, command) translates them in one place."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _


class RuleViolation(Exception):
    """A business rule says no, and nothing was written.

    `code` is stable, for programs; the message is a sentence for people. `field` names the input at fault, as
    a name (`quantity`) or a path (`items/2/quantity`). `details` are JSON-ready facts about the refusal.
    """

    code = "rule_violation"

    def __init__(
        self,
        message,
        *,
        code: str = "",
        field: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field
        self.details = dict(details or {})

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(RuleViolation):
    """A value that was handed in can't be right, whatever the state of the world (a quantity of 0)."""

    code = "invalid"


def no_such_line(document: object, field: str) -> InvalidInput:
    """What was named is no line of the document, or no longer: others may have changed it meanwhile."""
    message = _("%(document)s has no such line.") % {"document": document}
    return InvalidInput(message, field=field, code="does_not_exist")


class InvalidTransition(RuleViolation):
    """The document's status does not allow this act. Says what it would allow."""

    code = "invalid_state"

    def __init__(self, message, *, current_status: str, allowed_actions: Sequence[str]) -> None:
        super().__init__(
            message,
            details={"current_status": current_status, "allowed_actions": list(allowed_actions)},
        )


class InsufficientStock(RuleViolation):
    """There is less than was asked for. `details["lines"]` names each short line, asked and available."""

    code = "insufficient_stock"


class Gone(RuleViolation):
    """The record was there a moment ago, and somebody has deleted it since."""

    code = "not_found"


class NotAllowed(RuleViolation):
    """Whoever acts may not do this to that record, although the act itself is open to them."""

    code = "not_allowed"


LOCKED_DOCUMENT = _("%(document)s is %(status)s and can no longer be edited. Use one of its actions instead.")
