"""The sign of mail and SMS: messages that wait too long, were not delivered, or may have arrived."""

from datetime import datetime, timedelta

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _

from outbox.models import Mail
from talentlink.watch.signs import Level, Sign, length, level_of, worst

MOST = 500
WAIT, BAD = timedelta(minutes=30), timedelta(hours=4)
RECENT = timedelta(hours=24)


def mails(at: datetime) -> Sign:
    """The sign of messages: how long the oldest has waited, how many failed, and how many may have arrived."""
    first = Mail.objects.filter(state__in=[Mail.State.QUEUED, Mail.State.SENDING]).aggregate(at=Min("waits_since"))[
        "at"
    ]
    waited = at - first if first else timedelta(0)
    failed = _count(Mail.State.FAILED, ended_at__gte=at - RECENT)
    unsure = _count(Mail.State.UNSURE)
    late = level_of(waited.total_seconds(), WAIT.total_seconds(), BAD.total_seconds())
    level = worst(late, Level.WAIT if failed or unsure else Level.GOOD)
    said = [
        (first, _("the oldest waits for %(span)s") % {"span": length(waited)}),
        (failed, _("%(n)s not delivered in the last 24 hours") % {"n": failed}),
        (unsure, _("%(n)s may have arrived") % {"n": unsure}),
    ]
    details = tuple(words for there, words in said if there)
    if level is Level.GOOD:
        return Sign(level, _("Messages go out"), value=waited.total_seconds(), details=details)
    late_words = _("A message waits for %(span)s") % {"span": length(waited)}
    return Sign(
        level,
        _("Some messages did not arrive, or perhaps not") if late is Level.GOOD else late_words,
        _("The people they are for were not told by mail or SMS; their notices on the site are there all the same."),
        _("Open the list: each message says why. Correct the address or the server, then send it again there."),
        link=reverse("admin:mails"),
        since=first if late is not Level.GOOD else None,
        value=waited.total_seconds(),
        details=details,
    )


def mails_by_state(at: datetime) -> dict[str, int]:
    """The number of messages that wait, are being sent, may have arrived, and failed in the last 24 hours."""
    open_states = (Mail.State.QUEUED, Mail.State.SENDING, Mail.State.UNSURE)
    counts = {state.value: _count(state) for state in open_states}
    return counts | {Mail.State.FAILED.value: _count(Mail.State.FAILED, ended_at__gte=at - RECENT)}


def _count(state: Mail.State, **conditions: datetime) -> int:
    return len(Mail.objects.filter(state=state, **conditions).order_by().values_list("pk")[:MOST])
