"""Addresses of the API that are no records: its root, its error codes, and what is answered where nothing is."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from .exceptions import PROBLEM_JSON, body
from .problems import PROBLEMS, problem_for
from .renderers import ENCODER
from .router import prefixes

PREFIX = "/api/"


class ApiRoot(APIView):
    """Every kind of record and its address."""

    permission_classes = [IsAuthenticated]
    schema = None

    def get(self, request) -> Response:
        return Response({prefix: request.build_absolute_uri(f"/api/v1/{prefix}/") for prefix in sorted(prefixes())})


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
    if request.path_info.startswith(PREFIX):
        return problem("bad_request", 400)
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    if request.path_info.startswith(PREFIX):
        return problem("not_found", 404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500."""
    if request.path_info.startswith(PREFIX):
        return problem("error", 500)
    return defaults.server_error(request)
