"""What waits in matching: needs to review, shortlists to order from, orders to name doctors for."""

from collections.abc import Iterator
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from assignments.models import Order
from core.permissions import may
from enterprises.models import Need
from matching.models import Suggestion
from officedata.months import working_days
from ui.contributions import Item

MOST = 8  # shortlists named one by one


def needs_to_review(user: User, on: date) -> Iterator[Item]:
    """Needs that were submitted, for whoever reviews them, and how long the oldest waits."""
    if not may(user, "review", Need):
        return
    found = Need.objects.visible_to(user).awaiting_review().aggregate(n=Count("pk"), since=Min("submitted_at"))
    text = _waited(found["since"], on) if found["since"] else ""
    yield Item(_("Needs to review"), reverse("admin:need_queue"), text, "wait", found["n"])


def _waited(since: datetime, on: date) -> str:
    sent = timezone.localdate(since)
    days = (on - sent).days
    words = ngettext("The oldest waits for %(days)s day.", "The oldest waits for %(days)s days.", days) % {"days": days}
    if working_days(sent, on) <= settings.REVIEW_DAYS:
        return words
    return f"{words} {_('Promised: %s working days.') % settings.REVIEW_DAYS}"


def shortlists(user: User, on: date) -> Iterator[Item]:
    """Published needs with a shortlist from which nobody is ordered yet, a line each, and where the others are."""
    listed = Exists(Suggestion.objects.current().filter(need=OuterRef("pk")).order_by())
    ordered = Exists(Order.objects.open().filter(need=OuterRef("pk")))
    published = Need.objects.visible_to(user).filter(status=Need.Status.PUBLISHED)
    found = list(published.filter(~ordered, listed).order_by("published_at", "pk")[: MOST + 1])
    for need in found[:MOST]:
        yield Item(_("Shortlist to order from"), need.get_absolute_url(), need.title, "live")
    if len(found) > MOST:
        address = f"{reverse('need_list')}?status={Need.Status.PUBLISHED}"
        yield Item(_("All published needs"), address, _("More of them have a shortlist to order from."), "live")


def orders(user: User, on: date) -> Iterator[Item]:
    """Orders a university has to name doctors for."""
    found = Order.objects.visible_to(user).awaiting_dispatch()
    count = found.aggregate(n=Count("pk", distinct=True), first=Min("placed_at"))
    days = (timezone.now() - count["first"]).days if count["first"] else 0
    waited = ngettext("the oldest waits %(count)d day", "the oldest waits %(count)d days", days) % {"count": days}
    yield Item(_("Orders to name doctors for"), reverse("dispatch_table"), waited, "wait", count["n"])
