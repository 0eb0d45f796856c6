"""The scheduled jobs on offers and terms: what each does, and when beat starts it."""

from typing import Any

from celery.schedules import crontab
from django.utils import timezone
from django.utils.translation import gettext_lazy

from assignments import shapes, terms
from core import jobs
from core.shapes import Nothing


@jobs.work(
    "settle_terms",
    lane="calendar",
    words=gettext_lazy("lapsed offers and ended assignments settled"),
    routine=True,
    every=crontab(minute=15),
    key="now",
    args=Nothing,
    result=shapes.Settled,
)
def settle_terms(run: jobs.Run) -> dict[str, Any]:
    """Offers past their day lapse, terms past their last day are completed."""
    now, today = timezone.now(), timezone.localdate()
    return {
        "lapsed": terms.lapse_overdue(at=now, on=today),
        "completed": terms.complete_ended(at=now, on=today),
    }


@jobs.work(
    "remind_of_offers",
    lane="calendar",
    words=gettext_lazy("reminders of offers that lapse soon"),
    every=crontab(hour=8, minute=30),
    args=Nothing,
    result=shapes.Reminded,
)
def remind_of_offers(run: jobs.Run) -> dict[str, Any]:
    """Doctors hear of offers that lapse unless they answer by today or tomorrow."""
    return {"reminded": terms.remind_of_offers(at=timezone.now(), on=timezone.localdate())}
