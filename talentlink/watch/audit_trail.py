"""The sign of the ledger: whether the last check found everything as it was written."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.words import fault_in_words
from core import ledger_checks
from talentlink.watch.signs import Level, Sign


def ledger(at: datetime) -> Sign:
    """The sign of the ledger; one that was not checked yet is fine."""
    job = ledger_checks.latest_done()
    if job is None:
        return Sign(Level.GOOD, _("Not checked yet"), value=0)
    wrong = job.result["wrong"]
    if not wrong:
        return Sign(Level.GOOD, _("Everything is as it was written"), since=job.ended_at, value=0)
    return Sign(
        Level.BAD,
        ngettext("%(n)s fault in the audit trail", "%(n)s faults in the audit trail", wrong) % {"n": wrong},
        _("Somebody with the rights of the database's owner changed it. It proves nothing about these days."),
        _("Tell the auditor, keep the backups, and ask who used the database by hand at that time."),
        since=job.ended_at,
        value=wrong,
        details=tuple(fault_in_words(each) for each in job.result["faults"][:10]),
    )
