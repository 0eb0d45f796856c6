"""Slows whoever guesses passwords. A try is counted before its password is computed, and taken back if it was right.

Strangers are counted by address, by the typed name and for the whole site. With a known device only that device is
counted: what strangers do keeps nobody from his own account. A name without an account is counted like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import By, action
from core.clients import address_of, counted_as
from core.ledger import kind, record
from identity.delays import Budget, Growth, Pace, after_waiting, level_at, one_less, one_more, seconds_left
from identity.known_devices import key_of, token_for
from identity.models import TryCount

Kind = TryCount.Kind
GROWTH: dict[str, Growth] = {
    # The password of one account: 100 tries take a day.
    Kind.ACCOUNT: Pace(free=4, first=2, doubling=1, longest=900, forgiven=1800),
    # Many people may sit behind one address, and some of them mistype.
    Kind.ADDRESS: Pace(free=10, first=1, doubling=2, longest=600, forgiven=180),
    Kind.DEVICE: Pace(free=5, first=2, doubling=1, longest=300, forgiven=600),
    # More than one wrong password a second, and more than all people of a city mistype at once.
    Kind.SITE: Pace(free=300, first=1, doubling=60, longest=30, forgiven=1),
}
# For so many seconds somebody who waited, because the site is under attack, may make his try.
WAITED = 600
UNLOCKED = kind("unlocked", gettext_lazy("delays of an account cleared"))


class MustWait(Exception):
    """No password is looked at before so many seconds have passed."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Try:
    """A counted try; `keys` are its counts, `waits` the seconds that the next one waits if this one is wrong."""

    keys: tuple[tuple[str, str], ...]
    waits: int


def begin(request: HttpRequest, name: str) -> Try:
    """Count a try at the account with that name. Raises MustWait if it may not be made yet; then nothing is counted."""
    token = token_for(request, name)
    source = token or counted_as(address_of(request))
    with transaction.atomic():
        rows = _locked([(Kind.HASHING, source), (Kind.DEVICE if token else Kind.ADDRESS, source)])
        _refuse_early(rows)
        least = 0.0
        if not token:
            rows += _locked([(Kind.ACCOUNT, key_of(name)), (Kind.SITE, "")])
            _refuse_early(rows[2:3])
            least = _site_delay(rows[3])
        waiting = _made_to_wait(rows[1], least)
        if not waiting:
            return _counted(rows, least)
    raise MustWait(waiting)


def was_right(made: Try) -> None:
    """Take back a try whose password was right; only the cost of computing it stays counted."""
    with transaction.atomic():
        rows = [*_locked(made.keys[1:2]), *_locked(made.keys[2:])]
        now = timezone.now()
        for row in rows:
            row.count = one_less(row.count, GROWTH[row.kind], now)
        _store(rows)


def forget_account(name: str) -> None:
    """Clear the delays of the account with that name, as after a new password."""
    TryCount.objects.filter(kind=Kind.ACCOUNT, key=key_of(name)).delete()


@action(gettext_lazy("delays of an account cleared"))
def unlock(user: User, *, by: By) -> None:
    """Clear the delays of an account, for its owner who stands before a stranger's computer."""
    forget_account(user.username)
    record(UNLOCKED, by=by, about=user)


def growth_of(kind: str) -> Growth:
    """How the delays of a kind of count grow; the budget of computing passwords is a setting."""
    if kind == Kind.HASHING:
        return Budget(burst=settings.SIGN_INS_AT_ONCE, forgiven=60 / settings.SIGN_INS_PER_MINUTE)
    return GROWTH[kind]


def _locked(keys: Sequence[tuple[str, str]]) -> list[TryCount]:
    """The rows of these counts, locked; missing ones are made.

    Every request locks the rows of its source first, then those of the name and of the site, so none waits in a circle.
    """
    now = timezone.now()
    # Somebody who appears for the first time has not waited.
    before = now - timedelta(seconds=2 * WAITED)
    TryCount.objects.bulk_create(
        [TryCount(kind=kind, key=key, at=now, until=before) for kind, key in keys], ignore_conflicts=True
    )
    wanted = reduce(or_, (Q(kind=kind, key=key) for kind, key in keys), Q(pk__in=[]))
    found = {(row.kind, row.key): row for row in TryCount.objects.select_for_update().filter(wanted).order_by("pk")}
    return [found[key] for key in keys]


def _refuse_early(rows: Sequence[TryCount]) -> None:
    now = timezone.now()
    if seconds := max(seconds_left(row.count, now) for row in rows):
        raise MustWait(seconds)


def _site_delay(site: TryCount) -> float:
    growth = GROWTH[Kind.SITE]
    return growth.delay(level_at(site.count, growth, timezone.now()))


def _made_to_wait(row: TryCount, seconds: float) -> int:
    """Under an attack on the site: seconds that this address has to wait first, or 0 if it has waited."""
    if not seconds:
        return 0
    now = timezone.now()
    waiting = after_waiting(row.count, now, seconds=seconds, valid=WAITED)
    if waiting is None:
        return 0
    row.count = waiting
    _store([row])
    return seconds_left(waiting, now)


def _counted(rows: Sequence[TryCount], least: float) -> Try:
    now = timezone.now()
    for row in rows:
        row.count = one_more(row.count, growth_of(row.kind), now, least=least if row.kind == Kind.ADDRESS else 0)
    _store(rows)
    waits = max(seconds_left(row.count, now) for row in rows if row.kind != Kind.SITE)
    return Try(tuple((row.kind, row.key) for row in rows), waits)


def _store(rows: Sequence[TryCount]) -> None:
    TryCount.objects.bulk_update(rows, ["level", "at", "until"])
