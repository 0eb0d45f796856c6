"""The models of `core`, one module for each subject."""

from core.models.backups import Backup, Epoch
from core.models.heartbeats import Heartbeat
from core.models.jobs import Job, Period
from core.models.ledger import LedgerDay, LedgerEntry
from core.models.notices import Notice
from core.models.phones import PhoneShown
from core.models.proposals import Proposal
from core.models.set_aside import SetAside
from core.models.tallies import LedgerTally
from core.models.watch import Alarm, HistoryMark

__all__ = [
    "Alarm",
    "Backup",
    "Epoch",
    "Heartbeat",
    "HistoryMark",
    "Job",
    "LedgerDay",
    "LedgerEntry",
    "LedgerTally",
    "Notice",
    "Period",
    "PhoneShown",
    "Proposal",
    "SetAside",
]
