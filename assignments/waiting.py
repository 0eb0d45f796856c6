"""What waits for an answer to an offer: the doctor, his university, and the office where the day has passed."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.models import Dispatch
from ui.contributions import Item
from ui.templatetags.ui_format import cndate


def overdue(user: User, on: date) -> Iterator[Item]:
    """Offers whose day has passed."""
    yield Item(
        _("Offers past their day"),
        f"{reverse('admin:assignments_dispatch_changelist')}?status__exact=offered&answer_by__lt={on.isoformat()}",
        _("The doctor did not answer in time; the next alternate is asked."),
        "wait",
        Dispatch.objects.visible_to(user).overdue(on).count(),
    )


def unanswered(user: User, on: date) -> Iterator[Item]:
    """Offers to a university's doctors."""
    found = Dispatch.objects.visible_to(user).pending().aggregate(n=Count("pk"), first=Min("answer_by"))
    yield Item(
        _("Offers your doctors have not answered"),
        f"{reverse('dispatch_list')}?status={Dispatch.Status.OFFERED}",
        _("the first is due on %(day)s") % {"day": cndate(found["first"])} if found["first"] else "",
        "live",
        found["n"],
    )


def offers(user: User, on: date) -> Iterator[Item]:
    """Each offer to a doctor, with the day to answer by."""
    rows = Dispatch.objects.visible_to(user).pending().select_related("order__host__enterprise", "order__need")
    for row in rows.order_by("answer_by", "pk"):
        title = _("Answer %(host)s by %(day)s") % {"host": row.order.host, "day": cndate(row.answer_by)}
        yield Item(title, row.get_absolute_url(), row.order.need.title, "wait")
