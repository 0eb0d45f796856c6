"""Writing messages: in the transaction of what they tell, so that they exist if and only if it happened.

    outbox.post.send(users, kind, key=str(dispatch.pk), at=at, url=dispatch.get_absolute_url(), title=need.title)

writes a message for each of `users` who has a confirmed address and wants the kind there; an address given as text is
written to as it is. A receiver has at most one message of a kind and key. Whatever the template of the kind
(templates/mail/<kind>.txt) names is given in `params`.
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
    """One thing to be told: to whom, under which key, with the page it leads to."""

    to: Iterable[User | str]
    key: str
    url: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def send(to: Iterable[User | str], kind: str, *, key: str, at: datetime, url: str = "", **params: Any) -> int:
    """Write a message of this kind to each receiver who does not have it; return how many were asked for.

    Raises ValueError for a text that is no mail address.
    """
    return send_all([Letter(to, key, url, params)], kind, at=at)


def send_all(letters: Sequence[Letter], kind: str, *, at: datetime) -> int:
    """Write many letters of one kind at the cost of one: three statements, however many they are."""
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
    """Store messages, and ask for their sending."""
    if not rows:
        return
    Mail.objects.bulk_create(rows, ignore_conflicts=True)
    wake()


def take_back(*kinds: str, key: str) -> int:
    """Withdraw what waits to be sent of these kinds and this key: it is no longer true. Return how many."""
    return withdraw(Mail.objects.filter(kind__in=kinds, key__in=[f"{kind}:{key}" for kind in kinds]))


def withdraw(rows: QuerySet[Mail]) -> int:
    """Withdraw those of the messages that wait, for good, and let nobody send the others again. Return how many wait.

    One that is being sent in this moment goes out.
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
    """Ask a worker to send, when the transaction has ended."""
    # One message for all mails of a transaction; one that is lost is made up for by the calendar.
    if not any(hook[1] is ask_to_send for hook in connection.run_on_commit):
        transaction.on_commit(ask_to_send, robust=True)


def ask_to_send() -> None:
    jobs.enqueue(SEND, "now", by=None, at=timezone.now())


def validate(address: str) -> None:
    """Raises ValueError (a ValidationError or a UnicodeEncodeError) for a text that is no mail address."""
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
