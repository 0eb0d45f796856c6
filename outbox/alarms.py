"""Messages that tell the city office of a trouble in the operation of the site."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.rules import is_administrator, is_operator
from outbox import post
from outbox.kinds import kind

WATCH_ALARM = kind(
    "watch_alarm", gettext_lazy("Alarms of operation"), for_whom=is_operator | is_administrator, default=()
)


def alarm(what: str, *, advice: str = "", key: str, at: datetime, url: str = "") -> int:
    """Write to the operators and administrators who chose this kind, once for each key; return how many messages.

    `what` and `advice` are sentences in the language of the site; the page at `url` shows more.
    """
    people = User.objects.watching()
    return post.send(people, WATCH_ALARM, key=key, at=at, url=url, what=what, advice=advice)
