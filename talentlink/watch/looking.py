"""Looks at all signs, each on its own and within a time limit, so that an error in one does not hide the others."""

import logging
from dataclasses import replace

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from talentlink.watch.attacks import attacks
from talentlink.watch.audit_trail import ledger
from talentlink.watch.backups import backup
from talentlink.watch.bounded import Bounded
from talentlink.watch.database import clock, release, server
from talentlink.watch.disk import disk
from talentlink.watch.history import history
from talentlink.watch.mails import mails
from talentlink.watch.parts import Part
from talentlink.watch.periods import months, offers
from talentlink.watch.processes import beat, workers
from talentlink.watch.signs import ORDER, Level, Look, Sign
from talentlink.watch.work import aside, failed, leases, unknown, waiting

logger = logging.getLogger(__name__)

# The most seconds that all signs take together.
SECONDS = 3.0
# The home page shows troubles that were found at most so many seconds ago.
KEPT_KEY, KEPT_SECONDS = "watch-troubles", 15
LOOKS = [
    Look(Part.WORKERS, workers),
    Look(Part.BEAT, beat),
    Look(Part.WAITING, waiting),
    Look(Part.LEASES, leases),
    Look(Part.FAILED, failed),
    Look(Part.UNKNOWN, unknown),
    Look(Part.ASIDE, aside),
    Look(Part.MONTHS, months),
    Look(Part.OFFERS, offers),
    Look(Part.MAILS, mails),
    Look(Part.HISTORY, history),
    Look(Part.LEDGER, ledger),
    Look(Part.ATTACKS, attacks),
    Look(Part.BACKUP, backup),
    Look(Part.DISK, disk, local=True),
    Look(Part.DATABASE, server),
    Look(Part.CLOCK, clock, local=True),
    Look(Part.RELEASE, release, local=True),
]

JOBS = "admin:core_job_changelist"
ROWS: dict[Part, tuple[str, str]] = {
    Part.WAITING: (JOBS, "?state__exact=queued&routine=1"),
    Part.LEASES: (JOBS, "?state__exact=running&routine=1"),
    Part.FAILED: (JOBS, "?state__exact=failed"),
    Part.UNKNOWN: (JOBS, "?state__exact=queued&routine=1"),
    Part.ASIDE: ("admin:core_setaside_changelist", ""),
    Part.MONTHS: ("admin:core_period_changelist", ""),
    Part.OFFERS: ("admin:assignments_dispatch_changelist", "?status__exact=offered"),
    Part.MAILS: ("admin:mails", ""),
    Part.BACKUP: ("admin:core_backup_changelist", ""),
}


def look_at_all(*, bounded: Bounded | None = None) -> list[Sign]:
    """All signs at this moment, by the clock of the database."""
    if bounded is not None:
        return [_look_at(look, bounded) for look in LOOKS]
    with Bounded(SECONDS) as own:
        return look_at_all(bounded=own)


def _look_at(look: Look, bounded: Bounded) -> Sign:
    try:
        sign = bounded.run(look.see)
    except Exception as error:  # the page shows the cause, and it is logged
        logger.warning("the sign %s cannot be seen", look.part.value, exc_info=True)
        sign = _unseen(error)
    return replace(sign, key=look.part.value, title=str(look.part.label), link=sign.link or rows_of(look.part))


def rows_of(part: Part) -> str:
    """The address of the list of the rows that a part is about; empty if there is no list."""
    name, query = ROWS.get(part, ("", ""))
    return f"{reverse(name)}{query}" if name else ""


def _unseen(error: Exception) -> Sign:
    cause = str(error).strip().partition("\n")[0][:200]
    return Sign(
        Level.UNKNOWN,
        _("Cannot be seen: %(cause)s") % {"cause": f"{type(error).__name__}: {cause}"},
        _("Whether all is well here is not known; the other lines are not touched by it."),
        _("Open the page again. If it stays so, tell the operator the cause that is named here."),
    )


def troubles() -> list[Sign]:
    """The signs that are not fine, the worst first, as they were at most `KEPT_SECONDS` ago."""
    kept = f"{KEPT_KEY}-{get_language()}"
    found: list[Sign] = cache.get_or_set(kept, _find_troubles, KEPT_SECONDS) or []
    return found


def _find_troubles() -> list[Sign]:
    found = [sign for sign in look_at_all() if sign.is_trouble]
    return sorted(found, key=lambda sign: ORDER.index(sign.level))
