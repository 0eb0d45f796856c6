"""Home: each role's own to-do list."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import SignedIn
from talentlink.pages import doctor_home, university_home
from talentlink.pages.enterprise_home import enterprise_home


def office_home(request: SignedIn) -> HttpResponse:
    """The office works in its own site."""
    return redirect("admin:index")


def program_home(request: SignedIn) -> HttpResponse:
    """A program needs no pages; whoever signs in with its account finds the way to the interface."""
    return render(request, "talentlink/home_program.html")


HOMES: dict[str, Callable[[SignedIn], HttpResponse]] = {
    User.Role.OFFICE: office_home,
    User.Role.ENTERPRISE: enterprise_home,
    User.Role.UNIVERSITY: university_home.show,
    User.Role.DOCTOR: doctor_home.show,
    User.Role.PROGRAM: program_home,
}


@require_safe
def home(request: SignedIn) -> HttpResponse:
    """The page of one's role."""
    return HOMES[request.user.role](request)
