"""Writes messages in the transaction of what they tell, so that a message exists only if that was committed.

    outbox.post.send(users, kind, key=str(dispatch.pk), at=at, url=dispatch.get_absolute_url(), title=need.title)

writes a message to each confirmed address of `users` for whose medium the user wants this kind. A receiver may also be
a mail address as text. A receiver gets at most one message of a kind and key. `params` are the values that the template
of the kind (templates/mail/<kind>.txt) uses.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from core import jobs
from outbox.kinds import KINDS
from outbox.letters import letter
from outbox.models import Channel, Mail, Medium, Preference

SEND = "send_mail"


@dataclass(frozen=True)
class Letter:
    """What is told: to whom, with which key, with a link to which page, and with which values for the template."""

    to: Iterable[User | str]
    key: str
    url: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def send(to: Iterable[User | str], kind: str, *, key: str, at: datetime, url: str = "", **params: Any) -> int:
    """Write a message of this kind to each receiver who does not have it; return how many messages were asked for.

    Raises ValueError for a receiver given as text that is no mail address.
    """
    return send_all([Letter(to, key, url, params)], kind, at=at)


def send_all(letters: Sequence[Letter], kind: str, *, at: datetime) -> int:
    """Write many letters of one kind with three SQL statements, however many letters there are."""
    told = [(each, receiver) for each in letters for receiver in each.to]
    people = {to.pk for _, to in told if isinstance(to, User) and to.is_active}
    channels, chosen = _channels(people), _chosen(people, kind)
    rows = []
    for each, to in told:
        if isinstance(to, str):
            validate(to)
            rows.append(mail(Medium.MAIL, to, kind, each, at=at))
        else:
            wanted = [found for found in channels.get(to.pk, ()) if KINDS[kind].wanted_by(to, found.medium, chosen)]
            rows += [mail(found.medium, found.address, kind, each, at=at, channel=found) for found in wanted]
    put(rows)
    return len(rows)


def mail(medium: str, address: str, kind: str, told: Letter, *, at: datetime, channel: Channel | None = None) -> Mail:
    """The row of one message, not yet stored."""
    language = channel.language if channel else settings.LANGUAGE_CODE
    name = channel.user.name if channel else ""
    subject, text = letter(medium, kind, name=name, url=told.url, language=language, params=told.params)
    return Mail(
        medium=medium, address=address, user=channel.user if channel else None, kind=kind, key=f"{kind}:{told.key}",
        subject=subject, text=text, queued_at=at,
    )  # fmt: skip


def put(rows: Sequence[Mail]) -> None:
    """Store messages and ask a worker to send them."""
    if not rows:
        return
    Mail.objects.bulk_create(rows, ignore_conflicts=True)
    wake()


def take_back(*kinds: str, key: str) -> int:
    """Withdraw the waiting messages of these kinds with this key, as they are no longer true; return how many."""
    return withdraw(Mail.objects.filter(kind__in=kinds, key__in=[f"{kind}:{key}" for kind in kinds]))


def withdraw(rows: QuerySet[Mail]) -> int:
    """Withdraw those of the messages that wait, and mark the others as outdated, so that nobody sends them again.

    Return how many were withdrawn. A message that is being sent at this moment is still sent.
    """
    left = rows.filter(outdated=False).exclude(state=Mail.State.SENT)
    found = left.select_for_update(skip_locked=True, of=("self",)).order_by("pk").values_list("pk", "state")
    waiting = [pk for pk, state in found if state == Mail.State.QUEUED]
    if found:
        Mail.objects.filter(pk__in=[pk for pk, _state in found]).update(outdated=True)
    if waiting:
        Mail.objects.filter(pk__in=waiting).update(state=Mail.State.WITHDRAWN, ended_at=Now())
    return len(waiting)


def wake() -> None:
    """Ask a worker to send messages after the commit."""
    # Asked once in a transaction. If asking fails, the calendar asks again.
    if not any(hook[1] is ask_to_send for hook in connection.run_on_commit):
        transaction.on_commit(ask_to_send, robust=True)


def ask_to_send() -> None:
    jobs.enqueue(SEND, "now", by=None, at=timezone.now())


def validate(address: str) -> None:
    """Raise ValueError for a text that is no mail address in ASCII."""
    try:
        validate_email(address)
        address.encode("ascii")
    except Exception as error:
        raise ValueError(f"{address!r} is no mail address") from error


def _channels(people: set[int]) -> dict[int, list[Channel]]:
    found: dict[int, list[Channel]] = {}
    for channel in Channel.objects.confirmed().filter(user__in=people).select_related("user").order_by("pk"):
        found.setdefault(channel.user_id, []).append(channel)
    return found


def _chosen(people: set[int], kind: str) -> dict[tuple[int, str], Preference]:
    rows = Preference.objects.filter(user__in=people, kind=kind)
    return {(row.user_id, row.kind): row for row in rows}
