"""Puts a pseudonym in the place of a person: into the rows by the ORM, into their history by the owner's procedure."""

import hmac
import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from core.personal_data import (
    HOLDINGS,
    REMOVED,
    SHORTEST,
    SOMEBODY,
    Becomes,
    Holding,
    Mention,
    Subject,
    everything,
)
from officedata.pinyin import pinyin_of
from privacy.history_function import by_name
from privacy.models import Erasure

ACCOUNT = "accounts.user"
SHORTEST_LATIN = 4  # a shorter Latin name stands within too many words
TELLING = 6  # a shorter reason ("病假") is one that many give


def pseudonym_of(subjects: list[Subject]) -> tuple[str, str]:
    """The name that stands for an erased person, and one that no other account has."""
    first = subjects[0]
    account = next((each for each in subjects if each.kind == ACCOUNT), None)
    user = User.objects.filter(pk=account.key).first() if account else None
    role = user.role if user else User.Role.DOCTOR
    words: dict[str, str] = {
        User.Role.DOCTOR: _("erased doctor No. %(number)s"),
        User.Role.ENTERPRISE: _("erased member of an enterprise No. %(number)s"),
        User.Role.UNIVERSITY: _("erased liaison person No. %(number)s"),
        User.Role.OFFICE: _("erased staff member No. %(number)s"),
    }
    secret = hmac.new(settings.SECRET_KEY.encode(), f"{first.kind}:{first.key}".encode(), sha256).hexdigest()[:16]
    return words.get(role, words[User.Role.ENTERPRISE]) % {"number": first.key}, f"erased-{secret}"


def erasure_of(subjects: list[Subject], **facts: Any) -> Erasure:
    """The row of a new erasure; the pseudonym is Chinese, whatever the language of the page."""
    with override("zh-hans"):
        pseudonym, unique_name = pseudonym_of(subjects)
    first = subjects[0]
    return Erasure.objects.create(
        subject=first.kind,
        key=first.key,
        account=next((each.key for each in subjects if each.kind == ACCOUNT), None),
        pseudonym=pseudonym,
        pinyin=pinyin_of(pseudonym)[:255],
        unique_name=unique_name,
        **facts,
    )


def known_of(subjects: list[Subject]) -> list[str]:
    """The names, numbers and addresses of a person, now and in the history; the longest first, because one may hold
    another."""
    return _values(subjects, lambda each: each.identifies)


def reasons_of(subjects: list[Subject]) -> list[str]:
    """The texts that are replaced by a fixed one; contexts of the history repeat them as the reason of an act."""
    return _values(subjects, lambda each: [name for name, how in each.becomes.items() if how == Becomes.REMOVED])


def _values(subjects: list[Subject], names: Any) -> list[str]:
    found: set[str] = set()
    for holding in HOLDINGS:
        events = holding.events(subjects)
        for source in [holding.rows(subjects)] if events is None else [holding.rows(subjects), events]:
            for name in names(holding):
                found.update(source.order_by().values_list(name, flat=True))
    return sorted(filter(_is_telling, found - {REMOVED}), key=lambda value: (-len(value), value))


def _is_telling(value: str | None) -> bool:
    return bool(value) and len(str(value)) >= (SHORTEST_LATIN if str(value).isascii() else SHORTEST)


def rewrite(erasure: Erasure, subjects: list[Subject], known: list[str], reasons: list[str]) -> dict[str, int]:
    """Put pseudonyms into the rows, and delete those that are declared to go; return how many rows of each table.

    Texts that may name anybody, such as notices, also repeat what the person wrote himself.
    """
    changed: dict[str, int] = {}
    said = [*known, *(text for text in reasons if len(text) >= TELLING)]
    for each in everything():
        if isinstance(each, Mention):
            number = _rewrite(each, each.rows(said), erasure, said)
        elif each.removed:
            number = _remove(each.rows(subjects))
        else:
            number = _rewrite(each, each.rows(subjects), erasure, known)
        if number:
            label = each.model._meta.label_lower
            changed[label] = changed.get(label, 0) + number
    return changed


def _remove(rows: Any) -> int:
    keys = list(rows.values_list("pk", flat=True))
    rows.model._base_manager.filter(pk__in=keys).delete()
    return len(keys)


def _rewrite(each: Holding | Mention, rows: Any, erasure: Erasure, known: list[str]) -> int:
    columns = [(each.model._meta.get_field(name), how) for name, how in each.becomes.items()]
    number = 0
    for row in rows.only("pk", *each.becomes) if columns else ():
        new = {column.name: value_of(column, how, row, erasure, known) for column, how in columns}
        new = {name: value for name, value in new.items() if value != getattr(row, name)}
        if new:
            each.model._base_manager.filter(pk=row.pk).update(**new)
            number += 1
    return number


def value_of(column: Any, how: Becomes, row: models.Model, erasure: Erasure, known: list[str]) -> Any:
    """What the column of a row holds after its person was erased."""
    old = getattr(row, column.name)
    instead = {
        Becomes.NAME: erasure.pseudonym,
        Becomes.PINYIN: erasure.pinyin,
        Becomes.KEY: erasure.unique_name,
        Becomes.REMOVED: REMOVED if old else old,
    }
    if how in instead:
        return instead[how]
    if how == Becomes.FREED:
        return free_of(old, known)
    return old if how == Becomes.NOT_HIS and old not in known else empty_of(column)


def empty_of(column: Any) -> Any:
    if column.null:
        return None
    if isinstance(column, models.JSONField):
        return column.get_default()
    return False if isinstance(column, models.BooleanField) else ""


def free_of(value: Any, known: Iterable[str]) -> Any:
    """A text, or the texts within a JSON value, without the names; keys of objects are no texts of people."""
    if isinstance(value, dict):
        return {name: free_of(each, known) for name, each in value.items()}
    if isinstance(value, list):
        return [free_of(each, known) for each in value]
    if isinstance(value, str):
        for each in known:
            value = value.replace(each, SOMEBODY)
    return value


def rewrite_history(erasure: Erasure, subjects: list[Subject], known: list[str], reasons: list[str]) -> None:
    """Have the owner's procedure put the same into the history of these rows."""
    keys: dict[str, list[int]] = {}
    for name, each in by_name().items():
        events = each.events(known) if isinstance(each, Mention) else each.events(subjects)
        if events is not None and each.becomes:
            found = list(events.order_by().values_list("pgh_id", flat=True))
            if found:
                keys[name] = sorted(found)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT privacy_erase_history(%s, %s::jsonb, %s::text[], %s::text[])",
            [erasure.pk, json.dumps(keys), known, [*known, *reasons]],
        )
