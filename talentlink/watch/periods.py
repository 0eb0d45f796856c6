"""Signs of the calendar: months that are over and not closed, and offers whose last day to answer is over."""

from datetime import datetime, timedelta

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assignments.models import Dispatch
from officedata.months import Month, day_end
from service.closing import months_never_closed
from talentlink.watch.signs import Level, Sign
from ui.templatetags.ui_format import cnmonth

MOST = 500
# The close begins five minutes after the end of a month; a month with many assignments takes longer.
CLOSE_WAIT, CLOSE_BAD = timedelta(hours=6), timedelta(hours=24)
# The hour by which offers have lapsed: the calendar does it in the first hour of the day after their last day.
LAPSED_BY = 2


def months(at: datetime) -> Sign:
    """The sign of the monthly close: whether every month that is over is closed."""
    missing = months_never_closed(on=timezone.localdate(at))
    over = at - day_end(missing[0].last) if missing else timedelta(0)
    if over < CLOSE_WAIT:
        return Sign(Level.GOOD, _("Every month that is over is closed"), value=len(missing))
    return Sign(
        Level.BAD if over >= CLOSE_BAD else Level.WAIT,
        _("Not closed: %(months)s") % {"months": _named(missing)},
        _("The verdicts of these months are missing, so who is behind is not told by them."),
        _("The close runs by itself every hour. Look at the workers and at failed jobs; then tell the operator."),
        link=reverse("admin:core_period_changelist"),
        since=day_end(missing[0].last),
        value=len(missing),
    )


def offers(at: datetime) -> Sign:
    """The sign of offers that should have lapsed."""
    today, hour = timezone.localdate(at), timezone.localtime(at).hour
    overdue = Dispatch.objects.overdue(today)
    count = len(overdue.values_list("pk")[:MOST])
    first = overdue.aggregate(day=Min("answer_by"))["day"]
    days = (today - first).days if first else 0
    if days == 0 or (days == 1 and hour < LAPSED_BY):
        return Sign(Level.GOOD, _("No offer is past its day"), value=count)
    return Sign(
        Level.BAD if days > 1 else Level.WAIT,
        _("%(n)s offers are past their day to answer") % {"n": f"{count}+" if count >= MOST else count},
        _("The doctor did not answer in time, and the next alternate is not asked yet."),
        _("Offers lapse by themselves every hour. Look at the workers and at failed jobs; then tell the operator."),
        link=f"{reverse('admin:assignments_dispatch_changelist')}?status__exact=offered&answer_by__lt={today}",
        since=day_end(first),
        value=count,
        listed=count if count < MOST else None,
    )


def _named(months: list[Month]) -> str:
    shown = pgettext("list", ", ").join(cnmonth(month) for month in months[:6])
    return f"{shown} …" if len(months) > 6 else shown
