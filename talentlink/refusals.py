"""The answers 400, 404 and 413: a page for people, JSON in the shape of REST framework for programs under /api/."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework.exceptions import NotFound


def is_for_program(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to a request that could not be read, or whose body is too large."""
    too_large = isinstance(exception, RequestDataTooBig)
    if is_for_program(request):
        detail = _("The body is too large.") if too_large else _("The request could not be read.")
        return JsonResponse({"detail": detail}, status=413 if too_large else 400)
    if too_large:
        return render(request, "413.html", status=413)
    return defaults.bad_request(request, exception)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_for_program(request):
        return JsonResponse({"detail": NotFound().detail}, status=404)
    return defaults.page_not_found(request, exception)
