"""What an account did: its entries of the ledger and its acts in the history of the tables, in one time line."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from pghistory.models import Context

from audit.words import about_of, facts_in_line, where_of
from core.action import ACTS
from core.models import LedgerEntry
from officedata.months import LOCAL_ZONE

MOST = 300


@dataclass(frozen=True)
class Deed:
    """One thing an account did: when, what in words, about what, on which page."""

    at: datetime
    what: str
    about: str
    where: str
    source: str  # "ledger" or "history"


def deeds_of(account: int, first: date, last: date, *, most: int = MOST) -> list[Deed]:
    """What an account did in these days, the latest first."""
    entries: QuerySet[LedgerEntry] = LedgerEntry.objects.filter(who=account, day__range=(first, last)).order_by("-id")
    acts = Context.objects.filter(metadata__by=account, created_at__range=_bounds(first, last)).order_by("-created_at")
    found = [_of_entry(entry) for entry in entries[:most]] + [_of_act(act) for act in acts[:most]]
    return sorted(found, key=lambda deed: deed.at, reverse=True)[:most]


def _bounds(first: date, last: date) -> tuple[datetime, datetime]:
    return (
        datetime.combine(first, datetime.min.time(), LOCAL_ZONE),
        datetime.combine(last, datetime.max.time(), LOCAL_ZONE),
    )


def _of_entry(entry: LedgerEntry) -> Deed:
    about = "；".join(part for part in (about_of(entry.about_label, entry.about_key), facts_in_line(entry)) if part)
    return Deed(entry.at, str(entry.kind_word), about, where_of(entry.path), "ledger")


def _of_act(context: Context) -> Deed:
    """An act without its reason, which may speak of persons or of business."""
    name = str(context.metadata.get("act", "")).rpartition(".")[2]
    words = str(ACTS.get(name, name))
    return Deed(context.created_at, words, "", where_of(str(context.metadata.get("address", ""))), "history")
