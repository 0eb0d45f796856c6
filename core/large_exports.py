"""Exports of many rows by people of an office: a second person agrees first, and then one day is given for it."""

from datetime import datetime
from typing import TypedDict

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.duties import Duty
from accounts.models import User
from accounts.rules import is_office
from core.approvals import granted, kind
from core.models import Proposal


class Asked(TypedDict):
    """An export that is asked for: the list's name, its address with the filters, and how many rows it has."""

    title: str
    path: str
    rows: int


def _will_export(proposal: Proposal) -> list[str]:
    rows, title = proposal.facts["rows"], proposal.facts["title"]
    return [
        _("The list “%(title)s” is downloaded.") % {"title": title},
        ngettext("It has %(rows)s row.", "It has %(rows)s rows.", rows) % {"rows": rows},
        _("Its address with the filters: %(path)s") % {"path": proposal.facts["path"]},
        _("Only the proposer downloads it, within a day of the approval."),
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


def needs_approval(by: User, *, path: str, rows: int, at: datetime) -> bool:
    """Whether a second person has to agree before this export, and has not done so within a day."""
    if not is_limited(by) or rows <= settings.EXPORT_ROWS:
        return False
    return granted(LARGE_EXPORT, by=by, at=at, path=path) is None
