"""Telling the city office that something of the site itself needs it."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.rules import is_city_office
from outbox import post
from outbox.kinds import kind

WATCH_ALARM = kind("watch_alarm", gettext_lazy("Alarms of operation"), for_whom=is_city_office, default=())


def alarm(what: str, *, advice: str = "", key: str, at: datetime, url: str = "") -> int:
    """Write to the people of the city office who chose to be told; once for each key. `what` and `advice` are
    sentences in the site's language; the page at `url` shows more."""
    people = User.objects.of_city_office()
    return post.send(people, WATCH_ALARM, key=key, at=at, url=url, what=what, advice=advice)
