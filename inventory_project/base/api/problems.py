"""Everything that the API can refuse, by code. The codes are stable: programs may depend on them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Problem:
    """One kind of refusal: its status, its title, and what whoever gets it can do."""

    status: int
    title: str
    advice: str


PROBLEMS = {
    "invalid": Problem(
        400, _("The request has invalid values"), _("“errors” names each value at fault with a JSON pointer.")
    ),
    "bad_request": Problem(
        400, _("The request can't be answered"), _("Its host or its form is not one that this server takes.")
    ),
    "malformed": Problem(400, _("The body can't be read"), _("Send JSON in UTF-8, without duplicate keys.")),
    "invalid_parameter": Problem(
        400,
        _("The address has an unknown parameter or value"),
        _("“errors” names each parameter at fault and what is allowed instead."),
    ),
    "not_authenticated": Problem(
        401, _("Not signed in"), _("Send “Authorization: Bearer <key>”. Keys are made in the back office.")
    ),
    "authentication_failed": Problem(
        401, _("The key is not valid"), _("It was revoked or has expired, or its user is deactivated. Make a new one.")
    ),
    "permission_denied": Problem(
        403, _("Permission is missing"), _("“permission” names it. Ask an administrator for a role that holds it.")
    ),
    "read_only_key": Problem(
        403, _("The key may only read"), _("Use a key that was made without “only reads”, or send GET requests only.")
    ),
    "second_factor_required": Problem(
        403, _("A second factor is missing"), _("Set one up in the back office under My account, then repeat this.")
    ),
    "not_allowed": Problem(403, _("You may not do this to that record"), _("Somebody with more rights has to do it.")),
    "not_found": Problem(404, _("Not found"), _("There is no such address or no such record.")),
    "method_not_allowed": Problem(405, _("This can't be done here"), _("“Allow” lists the methods of this address.")),
    "not_acceptable": Problem(406, _("No such format"), _("The API answers in application/json only.")),
    "rule_violation": Problem(
        409, _("A business rule says no"), _("“detail” says which rule and why. Nothing was written.")
    ),
    "invalid_state": Problem(
        409,
        _("Wrong state"),
        _("“current_status” says where the document stands, “allowed_actions” what can be done with it now."),
    ),
    "insufficient_stock": Problem(
        409, _("Not enough stock"), _("“lines” names each line that is short: what was asked and what is available.")
    ),
    "append_only": Problem(
        409, _("The ledger is only written on"), _("Reverse a row of it by a further row instead of changing it.")
    ),
    "frozen": Problem(
        409, _("What was written stays"), _("Correct it with a further document: a reversal or a credit note.")
    ),
    "in_use": Problem(
        409,
        _("Other records refer to this one"),
        _("Deactivate it instead of deleting it, or remove what refers to it first."),
    ),
    "duplicate": Problem(409, _("There is one like it already"), _("Use the one that exists, or other values.")),
    "conflict": Problem(
        409, _("Somebody else was faster"), _("Read the record again and repeat the request if it still makes sense.")
    ),
    "in_progress": Problem(
        409,
        _("The first request with this key is still being answered"),
        _("Wait for the seconds that “Retry-After” names, then repeat the request with the same key."),
    ),
    "stale": Problem(
        412,
        _("The record has changed meanwhile"),
        _("Read it again, take over the changes and send the new ETag in “If-Match”."),
    ),
    "too_large": Problem(413, _("The body is too large"), _("Send it in several requests.")),
    "unsupported_media_type": Problem(
        415, _("The body has the wrong content type"), _("Send “Content-Type: application/json”.")
    ),
    "key_reused": Problem(
        422,
        _("The Idempotency-Key belongs to another request"),
        _("Use a new key for each request, and the same key only to repeat it unchanged."),
    ),
    "throttled": Problem(429, _("Too many requests"), _("Wait for the seconds that “Retry-After” names.")),
    "error": Problem(500, _("The server failed"), _("Nothing was written. Report “request_id” if it happens again.")),
    "unavailable": Problem(
        503, _("The database is busy"), _("Nothing was written. Repeat the request in a few seconds.")
    ),
}


def publish(**titles: str) -> None:
    """An app's own rules: the title of each code with which its services refuse."""
    advice = PROBLEMS["rule_violation"].advice
    PROBLEMS.update({code: Problem(409, title, advice) for code, title in titles.items()})


def problem_for(code: str, status: int = 409) -> Problem:
    """The published description of a code."""
    known = PROBLEMS.get(code)
    if known:
        return known
    general = PROBLEMS["invalid" if status == 400 else "rule_violation"]
    return Problem(status, general.title, general.advice)
