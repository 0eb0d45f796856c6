"""The city office's page about the state of operation."""

import datetime as dt
from dataclasses import replace
from typing import TypedDict

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.rules import is_office
from core.models import Alarm
from core.permissions import rules_let
from talentlink.watch.looking import look_at_all
from talentlink.watch.parts import Part
from talentlink.watch.signs import ORDER, Level, Sign, worst
from ui.office_table import person

# Parts whose rows are needs, doctors and firms, or messages about them.
OF_BUSINESS = (Part.ASIDE, Part.OFFERS, Part.MAILS)


def may_watch(user: User) -> bool:
    """Whether the user may see the state of operation."""
    return rules_let(user, "view", Alarm)


class WatchPage(TypedDict):
    """The context of office/watch.html."""

    troubles: list[Sign]
    fine: list[Sign]
    worst: Level
    at: dt.datetime


def _opened_by(user: User, sign: Sign) -> Sign:
    """The sign; without its link where the rows behind it are business that the user does not see."""
    return replace(sign, link="", listed=None) if sign.key in OF_BUSINESS and not is_office(user) else sign


@require_safe
def watch(request: HttpRequest) -> HttpResponse:
    """The page with all signs, the worst first, each with its meaning and advice."""
    if not may_watch(person(request)):
        raise PermissionDenied
    signs = [_opened_by(person(request), sign) for sign in look_at_all()]
    troubles = sorted((sign for sign in signs if sign.is_trouble), key=lambda sign: ORDER.index(sign.level))
    page: WatchPage = {
        "troubles": troubles,
        "fine": [sign for sign in signs if not sign.is_trouble],
        "worst": worst(*(sign.level for sign in signs)),
        "at": timezone.now(),
    }
    return render(request, "office/watch.html", page)
