"""Entries of the ledger in words: what it is about, and what it says besides."""

from typing import Any

from django.apps import apps
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.duties import Duty
from accounts.models import ApiToken, User
from core.models import Job, LedgerEntry, Proposal
from ui.templatetags.ui_format import cnmoment

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
    "account": pgettext_lazy("fact of an entry", "account"),
    "again": pgettext_lazy("fact of an entry", "again after a restore"),
    "alone": pgettext_lazy("fact of an entry", "decided by one person"),
    "choice": pgettext_lazy("fact of an entry", "choice"),
    "devices": pgettext_lazy("fact of an entry", "devices"),
    "duties": pgettext_lazy("fact of an entry", "duties"),
    "form": pgettext_lazy("fact of an entry", "form"),
    "known": pgettext_lazy("fact of an entry", "the account exists"),
    "name": "",  # a digest of the name that was typed, for the search
    "proposal": pgettext_lazy("fact of an entry", "proposal"),
    "status": pgettext_lazy("fact of an entry", "state"),
    "version": pgettext_lazy("fact of an entry", "version"),
    "waits": pgettext_lazy("fact of an entry", "seconds to wait"),
    "what": pgettext_lazy("fact of an entry", "what"),
    "why": pgettext_lazy("fact of an entry", "why"),
}
VALUES = {
    "forbidden": gettext_lazy("not allowed to this account"),
    "hidden": gettext_lazy("a record that is not for this account"),
    "csrf": gettext_lazy("a form without its mark"),
    "token": gettext_lazy("a key that is unknown, revoked or expired"),
}
# Words of the values of other facts; a value without words is shown as it is.
CODES: dict[str, dict[str, Any]] = {
    "reason": VALUES,
    "why": {
        "idle": pgettext_lazy("fact of an entry", "nobody used it"),
        "longest": pgettext_lazy("fact of an entry", "it lasted long enough"),
        "missing": pgettext_lazy("fact of an entry", "no ID token"),
        "malformed": pgettext_lazy("fact of an entry", "not an ID token as agreed"),
        "signature": pgettext_lazy("fact of an entry", "signature of the ID token is wrong"),
        "nonce": pgettext_lazy("fact of an entry", "ID token is of another sign-in"),
        "audience": pgettext_lazy("fact of an entry", "ID token is for another site"),
        "issuer": pgettext_lazy("fact of an entry", "ID token is of another service"),
        "expired": pgettext_lazy("fact of an entry", "ID token is too old"),
        "subject": pgettext_lazy("fact of an entry", "ID token is about another person"),
    },
    "role": {role.value: role.label for role in User.Role},
    "scope": {scope.value: scope.label for scope in ApiToken.Scope},
    "what": {
        "correct": pgettext_lazy("fact of an entry", "correct"),
        "object": pgettext_lazy("fact of an entry", "object"),
        "erase": pgettext_lazy("fact of an entry", "erase"),
    },
    "status": {
        "asked": pgettext_lazy("fact of an entry", "asked"),
        "granted": pgettext_lazy("fact of an entry", "granted"),
        "refused": pgettext_lazy("fact of an entry", "refused"),
        "withdrawn": pgettext_lazy("fact of an entry", "withdrawn"),
    },
    "way": {
        "mail": pgettext_lazy("fact of an entry", "mail"),
        "sms": pgettext_lazy("fact of an entry", "SMS"),
        "shown": pgettext_lazy("fact of an entry", "link handed over"),
        "sheet": pgettext_lazy("fact of an entry", "printed sheet"),
    },
    "factor": {
        "totp": pgettext_lazy("fact of an entry", "app"),
        "webauthn": pgettext_lazy("fact of an entry", "passkey"),
        "recovery_codes": pgettext_lazy("fact of an entry", "recovery code"),
    },
    "choice": {
        "join": pgettext_lazy("fact of an entry", "duties joined"),
        "separate": pgettext_lazy("fact of an entry", "duties separated"),
        "alone": pgettext_lazy("fact of an entry", "one person decides"),
        "two": pgettext_lazy("fact of an entry", "a second person decides"),
    },
}
CODES["medium"] = CODES["way"]
FAULTS = {
    "altered": gettext_lazy("%(day)s: entry %(entry)s was changed"),
    "removed": gettext_lazy("%(day)s: entry %(entry)s was removed"),
    "inserted": gettext_lazy("%(day)s: entry %(entry)s was put in"),
    "seal": gettext_lazy("%(day)s: the seal does not fit"),
    "missing": gettext_lazy("%(day)s: the day has no seal"),
}
# What an auditor does when entries or days are not as they were written.
AFTER_FAULTS = (
    gettext_lazy("Leave the database and all backups as they are; let nothing be removed."),
    gettext_lazy("Compare the seals of the days with the last one that is kept outside this site."),
    gettext_lazy("Ask who used the database by hand at that time, and keep a note of the answers."),
    gettext_lazy("Have the last backup restored at another place: it has the entries as they were written."),
)
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
    if value is None:
        return ""
    if name == "at" and (moment := parse_datetime(str(value))):
        return cnmoment(moment)
    if name == "duties":
        return "、".join(str(Duty(duty).label) for duty in str(value).split(",") if duty in Duty.values)
    known = Proposal.WORDS if name == "what" and value in Proposal.WORDS else CODES.get(name, {})
    return str(known.get(str(value), value))
