"""One translation of every refusal into RFC 9457 `application/problem+json`."""

import logging
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models.deletion import ProtectedError, RestrictedError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from ..database_errors import is_temporary, refusal
from ..errors import Gone, InvalidInput, NotAllowed, RuleViolation
from ..request_id import current_request_id
from .problems import problem_for

logger = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"

CODES = {  # of REST framework's own exceptions
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "authentication_failed",
    exceptions.PermissionDenied: "permission_denied",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.ParseError: "malformed",
    exceptions.Throttled: "throttled",
}

STATUS = {NotAllowed: 403, Gone: 404}  # of our own refusals; the others are conflicts


class ApiProblem(exceptions.APIException):
    """A refusal of the API itself, with its published code."""

    def __init__(self, code: str, detail: str = "", *, headers: dict[str, str] | None = None, **facts: object) -> None:
        super().__init__(detail, code)
        self.code = code
        self.status_code = problem_for(code).status
        self.headers = headers or {}
        self.facts = facts


class MissingPermission(ApiProblem):
    """Whoever calls lacks a permission, which is named."""

    def __init__(self, permission: str) -> None:
        detail = _("You need the permission “%(name)s”.") % {"name": permission}
        super().__init__("permission_denied", detail, permission=permission)


class InvalidParameters(ApiProblem):
    """Parameters of the address that are unknown or have a wrong value."""

    def __init__(self, *errors: dict[str, object]) -> None:
        super().__init__("invalid_parameter", " ".join(str(error["message"]) for error in errors), errors=errors)


def parameter_error(name: str, message: str, code: str = "invalid", **facts: object) -> dict[str, object]:
    """One entry of `errors` for a parameter of the address."""
    return {"parameter": name, "code": code, "message": message, **facts}


def body(code: str, status: int, detail: str = "", **facts: object) -> dict[str, object]:
    """The members of a problem document."""
    problem = problem_for(code, status)
    return {
        "type": f"/api/errors/{code}",
        "title": str(problem.title),
        "status": status,
        "code": code,
        "detail": str(detail or problem.title),
        **facts,
        "request_id": current_request_id(),
    }


def problem_response(error: Exception, context: dict) -> Response | None:
    """REST framework's exception handler. None, for what nobody expected, makes it a logged 500."""
    error = _as_ours(error)
    if isinstance(error, RuleViolation):
        return _of_rule(error)
    if isinstance(error, exceptions.ValidationError):
        entries = list(pointers(error.detail))
        detail = " ".join(dict.fromkeys(entry["message"] for entry in entries))
        return _response(body("invalid", 400, detail, errors=entries))
    if isinstance(error, ApiProblem):
        return _response(body(error.code, error.status_code, error.detail, **error.facts), error.headers)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    return None


def _as_ours(error: Exception) -> Exception:
    """Bring what Django raises into the form that the rest of this module understands."""
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return ApiProblem("too_large")
    if isinstance(error, DjangoValidationError):
        return exceptions.ValidationError(_details(error))
    if isinstance(error, ProtectedError | RestrictedError):
        return RuleViolation(_("Other records refer to this one, so it stays."), code="in_use")
    if isinstance(error, OperationalError | InterfaceError) and is_temporary(error):
        logger.warning("The database refused for now: %s", error)
        return ApiProblem("unavailable", headers={"Retry-After": "1"})
    if isinstance(error, IntegrityError | DataError):
        logger.warning("The database refused what no rule had caught: %s", error)
        return refusal(error)
    return error


def _details(error: DjangoValidationError) -> dict | list:
    if hasattr(error, "error_dict"):
        return {name: _details(DjangoValidationError(found)) for name, found in error.error_dict.items()}
    return [exceptions.ErrorDetail(" ".join(one.messages), one.code or "invalid") for one in error.error_list]


def _of_rule(error: RuleViolation) -> Response:
    pointer = f"/{_as_sent(error.field)}" if error.field else ""
    if isinstance(error, InvalidInput):
        entry = {"pointer": pointer, "code": error.code, "message": str(error)}
        return _response(body("invalid", 400, str(error), errors=[entry], **error.details))
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 409)
    facts = {"pointer": pointer} if pointer else {}
    return _response(body(error.code, status, str(error), **facts, **error.details))


def _as_sent(path: str) -> str:
    """Services speak of lines; what is sent and shown calls them items."""
    first, _slash, rest = path.partition("/")
    return path if first != "lines" else "/".join(filter(None, ["items", rest]))


def _of_framework(error: exceptions.APIException) -> Response:
    code = next((CODES[kind] for kind in error.__class__.__mro__ if kind in CODES), "error")
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)
    return _response(body(code, error.status_code, str(error.detail)), headers)


def _response(data: dict[str, object], headers: dict[str, str] | None = None) -> Response:
    return Response(data, status=data["status"], headers=headers, content_type=PROBLEM_JSON)


def pointers(detail: object, path: str = "") -> Iterator[dict[str, str]]:
    """Flatten REST framework's nested validation errors: one entry per message, with a JSON pointer."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            whole = name in ("non_field_errors", "__all__")
            yield from pointers(inner, path if whole else f"{path}/{escaped(str(name))}")
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            yield from pointers(inner, f"{path}/{index}" if isinstance(inner, dict | list) else path)
    else:
        yield {"pointer": path, "code": getattr(detail, "code", "invalid"), "message": str(detail)}


def escaped(name: str) -> str:
    """A name as a step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
