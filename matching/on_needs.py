"""What the page of a need shows of matching: its shortlist, the way to an order, and the office's decision on it."""

from collections.abc import Sequence
from typing import Any, TypedDict

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from core.models import Job
from core.permissions import entitled, may
from enterprises.models import Enterprise, Need
from matching.actions import MATCH_NEED
from matching.forms import ReturnForm
from matching.models import Suggestion
from matching.ordering import no_order_because
from matching.shortlists import ShortlistLine, notes_of, shortlist_rows, strength_facts, why_empty
from ui.act_page import Ask
from ui.offers import Offer, ShownOffer, offers_of


class Asked(TypedDict, total=False):
    """What only its enterprise and the office read: the run under way, why nobody is listed, what stops an order."""

    job: Job | None
    why_empty: str
    why_not: str
    may_order: bool


class ShortlistPart(Asked):
    """What matching/need_panel.html reads."""

    need: Need
    lines: list[ShortlistLine]
    inside: bool
    strength_facts: list[str]
    notes: list[str]


def shortlist_of(need: Need, request: HttpRequest) -> ShortlistPart | None:
    """The lines the reader may see (a university those of its own doctors), and whether a run is under way."""
    user: User = request.user  # type: ignore[assignment]  # this side of the page is behind the sign-in
    rows = Suggestion.objects.visible_to(user).current().filter(need=need).select_related("doctor__university")
    lines, inside = shortlist_rows(rows), may(user, "inspect", need)
    asked: Asked = _asked(user, need, listed=bool(lines)) if inside else {}
    if not lines and not any(asked.values()):
        return None
    return {
        **asked,
        "need": need,
        "lines": lines,
        "inside": inside,
        "strength_facts": strength_facts(lines),
        "notes": notes_of(need, lines) if inside or lines else [],
    }


def _asked(user: User, need: Need, *, listed: bool) -> Asked:
    job = Job.objects.open().filter(kind=MATCH_NEED, key=str(need.pk)).first()
    asked: Asked = {"job": job}
    if need.status != Need.Status.PUBLISHED:
        return asked
    if not listed and job is None:
        asked["why_empty"] = why_empty(need)
    if entitled(user, "order", need):
        asked["why_not"] = no_order_because(need)
        asked["may_order"] = asked["why_not"] == ""
    return asked


def review_of(need: Need, request: HttpRequest) -> dict[str, list[ShownOffer]]:
    """The office publishes the need or returns it."""
    user: User = request.user  # type: ignore[assignment]  # this side of the page is behind the sign-in
    publish = Offer("publish", _("Publish"), tone="primary", at_once=True)
    back = Offer("return", _("Return"), ask_return(need), ReturnForm)
    return {"offers": offers_of(user, need, [publish, back])}


def ask_return(need: Need) -> Ask:
    """The question before a need goes back to its enterprise."""
    return Ask(
        title=_("Return this need?"),
        button=_("Return"),
        lede=_("It goes back to %(enterprise)s with your reason, to be corrected and sent again.")
        % {"enterprise": need.enterprise},
        base="office/base.html",
        about="enterprises/need_about.html",
        crumbs=_crumbs(need, _("Return")),
    )


def returned_in_words(needs: Sequence[Need]) -> list[str]:
    """How many needs were returned; and of which enterprises nobody has an account to read why."""
    words = ngettext("%(count)s need was returned.", "%(count)s needs were returned.", len(needs))
    said = [words % {"count": len(needs)}]
    owners = Enterprise.objects.filter(pk__in=[need.enterprise_id for need in needs])
    untold = list(owners.exclude(members__user__is_active=True).order_by("pinyin", "pk"))
    if untold:
        names = pgettext("list", ", ").join(str(each) for each in untold)
        said.append(_("Nobody has an account here to read why: please tell %(names)s.") % {"names": names})
    return said


def ask_publish(need: Need) -> Ask:
    """The question before a need is published, where it is not done at one tap."""
    return Ask(
        title=_("Publish this need?"),
        button=_("Publish"),
        lede=_("Who may see it is what the enterprise chose: %(who)s. Its shortlist is made next.")
        % {"who": need.get_visibility_display()},
        base="office/base.html",
        about="enterprises/need_about.html",
        crumbs=_crumbs(need, _("Publish")),
    )


def _crumbs(need: Need, act: str) -> list[tuple[Any, str]]:
    return [(_("Queue of needs"), reverse("admin:need_queue")), (need.number, need.get_absolute_url()), (act, "")]
