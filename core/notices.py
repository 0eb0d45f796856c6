"""Writes notices: one row for each person and key, written once, read in the reader's language."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import TextChoices

from accounts.models import User
from core.models import Notice

NAMES = re.compile(r"%\((\w+)\)")


def sentence(kind: str, text: Any, **choices: type[TextChoices] | Callable[[str], str]) -> str:
    """Register the lazy sentence of a kind of notice; raise KeyError if the kind has one.

    `choices` gives for a parameter the choices of which it is a value, so that it is read as a label, or a function
    that says it in words.
    """
    if kind in Notice.SENTENCES:
        raise KeyError(kind)
    Notice.SENTENCES[kind] = text
    Notice.CHOICES.update({(kind, name): words for name, words in choices.items()})
    return kind


def notify(users: Iterable[User], kind: str, *, key: str, at: datetime, url: str = "", **params: str | int) -> int:
    """Write the notice for each of `users` who does not have one of this key; return how many users were given.

    Raises ValueError if the sentence of the kind has a parameter that is not given.
    """
    missing = set(NAMES.findall(str(Notice.SENTENCES.get(kind, "")))) - params.keys()
    if missing:
        raise ValueError(f"{kind} says nothing of {', '.join(sorted(missing))}")
    rows = [Notice(user=user, kind=kind, key=f"{kind}:{key}", params=params, url=url, created_at=at) for user in users]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def mark_read(user: User, *, at: datetime, pk: int | None = None) -> int:
    """Mark one notice of a person, or all of them, as read; return how many were unread."""
    rows = Notice.objects.visible_to(user).unread()
    return (rows if pk is None else rows.filter(pk=pk)).update(read_at=at)
