"""The sign of attacks: how many passwords were wrong within the last hour, and how much access was refused today."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import LedgerEntry, LedgerTally
from core.refusals import REFUSED_ACCESS
from identity.sign_ins import SIGN_IN_FAILED
from talentlink.watch.signs import Level, Sign

# From how many on it needs attention, and from how many on it is wrong. No more entries than the second are read.
WRONG_PASSWORDS = (100, 500)
REFUSALS = (200, 2000)


def attacks(at: datetime) -> Sign:
    """The sign of attacks; the refusals are those of the one account or address that had most of them today."""
    lately = LedgerEntry.objects.filter(kind=SIGN_IN_FAILED).order_by("-pk").values_list("at", flat=True)
    wrong = sum(moment > at - timedelta(hours=1) for moment in lately[: WRONG_PASSWORDS[1]])
    tallies = LedgerTally.objects.filter(day=timezone.localdate(at), kind=REFUSED_ACCESS)
    refused = max(tallies.values_list("times", flat=True), default=0)
    level = max(_level(wrong, WRONG_PASSWORDS), _level(refused, REFUSALS))
    if not level:
        return Sign(Level.GOOD, _("No sign of an attack"), value=wrong)
    said = _(
        "%(wrong)s wrong passwords within an hour, access refused %(refused)s times today to one account or address"
    )
    return Sign(
        (Level.WAIT, Level.BAD)[level - 1],
        said % {"wrong": wrong, "refused": refused},
        _("Somebody tries passwords, or asks for what is not his. The site slows it and gives nothing out."),
        _(
            "Tell the auditor, who sees accounts and addresses in the audit trail; "
            "let the operator shut the addresses out."
        ),
        value=wrong,
    )


def _level(number: int, bounds: tuple[int, int]) -> int:
    """0 for fine, 1 for what needs attention, 2 for what is wrong."""
    return sum(number >= bound for bound in bounds)
