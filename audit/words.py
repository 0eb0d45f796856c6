"""Entries of the ledger in words: what it is about, and what it says besides."""

from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from core.models import Job, LedgerEntry

# The names of facts → their words. A fact without words is shown by its name.
FACTS = {
    "reason": pgettext_lazy("fact of an entry", "why"),
    "method": "",
    "list": pgettext_lazy("fact of an entry", "list"),
    "table": "",
    "filters": pgettext_lazy("fact of an entry", "filters"),
    "times": pgettext_lazy("fact of an entry", "times"),
    "of": pgettext_lazy("fact of an entry", "of the day"),
    "token": pgettext_lazy("fact of an entry", "token"),
    "network": pgettext_lazy("fact of an entry", "from"),
    "counted": "",
    "changed": pgettext_lazy("fact of an entry", "changed"),
    "active": pgettext_lazy("fact of an entry", "active"),
    "role": pgettext_lazy("fact of an entry", "role"),
    "scope": pgettext_lazy("fact of an entry", "may"),
    "until": pgettext_lazy("fact of an entry", "until"),
    "user": pgettext_lazy("fact of an entry", "account"),
    "own": pgettext_lazy("fact of an entry", "by the person"),
    "taken": pgettext_lazy("fact of an entry", "password taken away"),
    "password": pgettext_lazy("fact of an entry", "with a password"),
    "days": pgettext_lazy("fact of an entry", "days"),
    "wrong": pgettext_lazy("fact of an entry", "faults"),
    "verb": pgettext_lazy("fact of an entry", "act"),
    "way": pgettext_lazy("fact of an entry", "way"),
    "medium": pgettext_lazy("fact of an entry", "by"),
    "factor": pgettext_lazy("fact of an entry", "second factor"),
    "at": pgettext_lazy("fact of an entry", "for the moment"),
}
VALUES = {
    "forbidden": gettext_lazy("not allowed to this account"),
    "hidden": gettext_lazy("a record that is not for this account"),
    "csrf": gettext_lazy("a form without its mark"),
    "token": gettext_lazy("a key that is unknown, revoked or expired"),
}
FAULTS = {
    "altered": gettext_lazy("%(day)s: entry %(entry)s was changed"),
    "removed": gettext_lazy("%(day)s: entry %(entry)s was removed"),
    "inserted": gettext_lazy("%(day)s: entry %(entry)s was put in"),
    "seal": gettext_lazy("%(day)s: the seal does not fit"),
    "missing": gettext_lazy("%(day)s: the day has no seal"),
}
ROLES = {"": "", **{role.value: role.label for role in User.Role}}
NOBODY = pgettext_lazy("ledger", "nobody signed in")


def about_of(label: str, key: str) -> str:
    """What an entry is about: the table in words and the key, never the name of the row."""
    if not label:
        return ""
    try:
        words = str(capfirst(apps.get_model(label)._meta.verbose_name))
    except (LookupError, ValueError):
        words = label
    return f"{words} {key}" if key else words


def facts_of(entry: LedgerEntry) -> list[tuple[str, str]]:
    """What an entry says besides, as pairs of label and value."""
    pairs = [(str(FACTS.get(name, name)), _value(name, value)) for name, value in entry.facts.items()]
    return [pair for pair in pairs if pair[0] and pair[1]]


def where_of(path: str) -> str:
    """Where it came in: the page, or the background work or command in words."""
    what, _space, name = path.partition(" ")
    if what == "job":
        kind = name.partition(" ")[0]
        return str(Job.WORDS.get(kind, kind))
    return _("command %(name)s") % {"name": name} if what == "command" else path


def facts_in_line(entry: LedgerEntry) -> str:
    return "；".join(_("%(label)s: %(value)s") % {"label": label, "value": value} for label, value in facts_of(entry))


def who_of(entry: LedgerEntry) -> str:
    """The account as it was called then; its key where the name was emptied."""
    if entry.who is None:
        return "" if entry.path.startswith(("job ", "command ")) else str(NOBODY)
    return entry.who_name or _("account %(key)s") % {"key": entry.who}


def fault_in_words(fault: dict[str, Any]) -> str:
    """What a check found: the day, the entry, and what was done to it."""
    words = FAULTS.get(fault["what"], fault["what"])
    return str(words) % {"day": fault["day"], "entry": fault["entry"]}


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "reason":
        return str(VALUES.get(str(value), value))
    if name == "role":
        return str(ROLES.get(str(value), value))
    return "" if value is None else str(value)
