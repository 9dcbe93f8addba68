"""Addresses of the API that are no records: its root, its error codes, and what is answered where nothing is."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from ..database_errors import is_temporary
from .exceptions import PROBLEM_JSON, body
from .problems import PROBLEMS, problem_for
from .renderers import ENCODER
from .router import at_root

PREFIX = "/api/"
RETRY_AFTER_SECONDS = 2


class ApiRoot(APIView):
    """Every kind of record and its address, and the reports."""

    permission_classes = [IsAuthenticated]
    schema = None

    def get(self, request) -> Response:
        return Response({prefix: request.build_absolute_uri(f"/api/v1/{prefix}/") for prefix in at_root()})


class UnknownAddress(APIView):
    """Whatever else is asked for under /api/."""

    permission_classes = [AllowAny]
    authentication_classes = []
    schema = None

    def initial(self, request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound


def error_page(request: HttpRequest, code: str) -> HttpResponse:
    """What a code means and what to do about it."""
    if code not in PROBLEMS:
        raise Http404
    return render(request, "api/problem.html", {"code": code, "problem": problem_for(code)})


def error_index(request: HttpRequest) -> HttpResponse:
    """All codes."""
    return render(request, "api/problems.html", {"problems": PROBLEMS})


def problem(code: str, status: int) -> HttpResponse:
    """A problem document outside REST framework."""
    return HttpResponse(ENCODER.encode(body(code, status)), content_type=PROBLEM_JSON, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: a request that Django itself refuses."""
    too_large = isinstance(exception, RequestDataTooBig)
    if request.path_info.startswith(PREFIX):
        return problem("too_large", 413) if too_large else problem("bad_request", 400)
    return render(request, "413.html", status=413) if too_large else defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    if request.path_info.startswith(PREFIX):
        return problem("not_found", 404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500; 503 if it is only the database that is away or busy, on pages as in the API."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError) and is_temporary(error):
        return _unavailable(request)
    if request.path_info.startswith(PREFIX):
        return problem("error", 500)
    return defaults.server_error(request)


def _unavailable(request: HttpRequest) -> HttpResponse:
    if request.path_info.startswith(PREFIX):
        response = problem("unavailable", 503)
    else:
        response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = RETRY_AFTER_SECONDS
    return response
