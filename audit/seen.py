"""Who saw the data of a person: pages opened, numbers shown, lists exported, lists read by programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Min, QuerySet

from accounts.models import User
from audit.words import ROLES, about_of
from core.ledger_kinds import KINDS
from core.models import LedgerEntry, PhoneShown
from core.persons import HISTORY_VIEWED, PERSON_VIEWED, path_to_person, rows_of
from core.phones import PHONE_SHOWN
from core.token_reads import REST_READ
from ui.exported import EXPORTED

SHOWN = (PERSON_VIEWED, HISTORY_VIEWED, PHONE_SHOWN)
MOST = 500


@dataclass(frozen=True)
class Seen:
    """One time that somebody saw data of a person."""

    at: datetime
    who: int | None
    name: str
    role: str
    how: str
    what: str
    rows: int | None = None


def who_saw(user: User, *, most: int = MOST) -> list[Seen]:
    """Who saw the data of this account's person, the latest first; what the person did himself is left out."""
    rows = [*rows_of(user)]
    entries = _entries(rows).exclude(who=user.pk).order_by("-id")[:most]
    found = [_seen(entry) for entry in entries] + list(_before_the_ledger(rows, user))
    return sorted(found, key=lambda each: each.at, reverse=True)[:most]


def _entries(rows: list[tuple[str, str]]) -> QuerySet[LedgerEntry]:
    """The entries of what showed one of these rows, each found by an index of its own."""
    parts = [LedgerEntry.objects.about_row(label, key).filter(kind__in=SHOWN) for label, key in rows]
    parts += [LedgerEntry.objects.holding(label, int(key)).filter(kind=EXPORTED) for label, key in rows]
    parts += [LedgerEntry.objects.filter(kind=REST_READ, about_label__in=_lists_of({label for label, _key in rows}))]
    first, *others = [part.order_by().values("pk") for part in parts]
    found: QuerySet[LedgerEntry] = LedgerEntry.objects.filter(pk__in=first.union(*others))
    return found


def _lists_of(labels: set[str]) -> list[str]:
    """The tables whose rows are about persons of these tables; a program that read one may have read the person's."""
    found = []
    for model in apps.get_models():
        way = path_to_person(model)
        if way is not None and way[1]._meta.label_lower in labels:
            found.append(model._meta.label_lower)
    return found


def _seen(entry: LedgerEntry) -> Seen:
    what = str(entry.facts.get("list") or about_of(entry.about_label, ""))
    how = str(KINDS.get(entry.kind, entry.kind))
    return Seen(entry.at, entry.who, entry.who_name, str(ROLES.get(entry.who_role, "")), how, what, entry.rows)


def _before_the_ledger(rows: list[tuple[str, str]], user: User) -> Iterator[Seen]:
    """Numbers that were shown by a release without a ledger."""
    first = LedgerEntry.objects.aggregate(first=Min("at"))["first"]
    for label, key in rows:
        shown: Any = PhoneShown.objects.filter(kind=label, key=key).exclude(by=user).select_related("by")
        for row in shown.filter(at__lt=first) if first else shown:
            how = str(KINDS[PHONE_SHOWN])
            yield Seen(row.at, row.by_id, str(row.by), row.by.get_role_display(), how, about_of(label, ""))
