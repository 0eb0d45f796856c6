"""Exports of many rows by people of an office: a second person agrees first, and then one day is given for it."""

from datetime import datetime
from typing import NotRequired, TypedDict
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.duties import Duty
from accounts.models import User
from accounts.rules import is_office
from core import ledger
from core.action import action
from core.approvals import granted, kind
from core.models import Proposal
from core.status import lock

DOWNLOADS = 3  # of one approved export
# An approved export may have grown by a tenth since it was asked for, or by so many rows.
MORE = 20


class Asked(TypedDict):
    """An export that is asked for: the list's name, its filters in words, and how many rows it has.

    No word that somebody typed into a filter is kept: `filters` has only the label of such a one, `path` leaves it
    out, and `digest` is that of the whole address.
    """

    title: str
    path: str
    filters: str
    digest: str
    rows: int
    downloads: NotRequired[int]


def _will_export(proposal: Proposal) -> list[str]:
    rows, title, filters = (proposal.facts[name] for name in ("rows", "title", "filters"))
    return [
        _("The list “%(title)s” is downloaded.") % {"title": title},
        ngettext("It has %(rows)s row.", "It has %(rows)s rows.", rows) % {"rows": rows},
        _("Filters: %(filters)s") % {"filters": filters} if filters else _("Filters: none"),
        _("Only the proposer downloads it, within a day of the approval and three times at most."),
    ]


LARGE_EXPORT = kind(
    "large_export",
    gettext_lazy("Export of many rows"),
    facts=Asked,
    decides=Duty.OPERATOR,
    describe=_will_export,
)


def deciding(by: User) -> Duty:
    """The duty that decides what somebody of an office asks for in his daily work."""
    return Duty.OPERATOR if is_office(by) else Duty.ADMINISTRATOR


def is_limited(by: User) -> bool:
    """Whether exports of this person can need a second one: they hold rows of many firms and doctors."""
    return by.role == User.Role.OFFICE


def digest_of(path: str, asked: QueryDict) -> str:
    """A digest of the address of an export: the list and its filters, in whichever order they stand."""
    pairs = sorted((name, value) for name, values in asked.lists() for value in values)
    return ledger.keyed_digest(f"{path}?{urlencode(pairs)}")


def may_export(by: User, *, digest: str, rows: int, at: datetime) -> bool:
    """Whether this person takes this export now: a small one, or one that a second person agreed to within a day."""
    if not is_limited(by) or rows <= settings.EXPORT_ROWS:
        return True
    proposal = granted(LARGE_EXPORT, by=by, at=at, digest=digest)
    return proposal is not None and take_export(proposal, by=by, rows=rows)


@action(gettext_lazy("approved export taken"))
def take_export(proposal: Proposal, *, by: User, rows: int) -> bool:
    """Count a download of an approved export; False if it has grown since, or was downloaded often enough."""
    facts = lock(proposal).facts
    taken = facts.get("downloads", 0)
    if taken >= DOWNLOADS or rows > facts["rows"] + max(MORE, facts["rows"] // 10):
        return False
    proposal.facts = {**facts, "downloads": taken + 1}
    proposal.save(update_fields=["facts"])
    return True
