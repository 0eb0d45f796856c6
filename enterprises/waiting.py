"""What waits for an enterprise that writes needs, and for an office that visits enterprises."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from core.permissions import may
from enterprises.models import Need, VisitSheet
from ui.contributions import Item
from ui.templatetags.ui_format import cndate


def to_visit(user: User, on: date) -> Iterator[Item]:
    """A line for each survey in which the office has enterprises left to visit; the city's office sends others."""
    if may(user, "add", VisitSheet):
        return
    left = VisitSheet.objects.visible_to(user).planned().order_by("survey__ends_on", "survey")
    for row in left.values("survey", "survey__name", "survey__ends_on").annotate(n=Count("pk")):
        yield Item(
            _("Enterprises to visit"),
            reverse("admin:survey_coverage", args=[row["survey"]]) + "?state=planned#visit-sheets",
            row["survey__name"],
            "bad" if row["survey__ends_on"] < on else "wait",
            row["n"],
            pgettext("deadline", "until %(day)s") % {"day": cndate(row["survey__ends_on"])},
        )


def returned(user: User, on: date) -> Iterator[Item]:
    """Needs the office sent back; the reason is shown."""
    rows = Need.objects.visible_to(user).filter(status=Need.Status.RETURNED).order_by("-status_at", "-pk")
    counted, latest = rows.count(), rows.first()
    if latest is not None:
        address = _address_of(latest, counted)
        yield Item(_("Returned: please correct"), address, latest.return_reason, "wait", counted)


def with_numbers(user: User, on: date) -> Iterator[Item]:
    """Needs meant for everyone that are not public, because their text has a personal number."""
    held = Need.objects.visible_to(user).held_back().count()
    address = reverse("admin:enterprises_need_changelist") + "?public=held"
    words = _("Open the need and have them taken out.")
    yield Item(_("Not public: personal numbers in the text"), address, words, "wait", held)


def drafts(user: User, on: date) -> Iterator[Item]:
    """Needs that were not sent yet."""
    rows = Need.objects.visible_to(user).filter(status=Need.Status.DRAFT).order_by("-pk")
    counted, latest = rows.count(), rows.first()
    if latest is not None:
        yield Item(_("Drafts to finish"), _address_of(latest, counted), latest.title, "idle", counted)


def _address_of(latest: Need, counted: int) -> str:
    """The form of a single need, or the list of all in its state."""
    if counted == 1:
        return reverse("need_edit", args=[latest.pk])
    return f"{reverse('need_list')}?status={latest.status}"
