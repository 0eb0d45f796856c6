"""What a background job is about and why it failed, in words."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import jobs
from core.models import Job
from ui.value_words import name_of

# What an error of a program means to the reader, by how it begins; what it says itself follows for the operator.
CAUSES: list[tuple[tuple[str, ...], Any]] = [
    (("OperationalError", "InterfaceError"), gettext_lazy("The database did not answer.")),
    (("too many attempts",), gettext_lazy("It was begun several times and its process ended each time.")),
    (("MemoryError",), gettext_lazy("The memory of the machine was used up.")),
    (("OSError", "FileNotFoundError", "PermissionError"), gettext_lazy("A file could not be read or written.")),
    (("DoesNotExist", "LookupError"), gettext_lazy("What it is about is no longer there.")),
    (("ConnectionError", "ConnectionRefusedError", "TimeoutError"), gettext_lazy("Another server did not answer.")),
]
LONGEST = 120


def cause_of(job: Job) -> str:
    """Why it failed, in one line."""
    first = job.error.strip().partition("\n")[0]
    if not first:
        return ""
    for names, words in CAUSES:
        if first.startswith(names):
            return str(words)
    name, colon, said = first.partition(": ")
    if colon and name.isidentifier():
        first = said if name == "Refused" else _("The program met an error: %(said)s") % {"said": said}
    return first if len(first) <= LONGEST else first[:LONGEST] + "…"


def name_things(listed: Iterable[Job], user: User) -> None:
    """Put on each job the name of what it is about, with its link, as far as this person sees it: one query a table."""
    keys: dict[str, dict[Job, Any]] = {}
    for job in listed:
        label, part = jobs.ABOUT.get(job.kind, ("", ""))
        if job.args.get(part) is not None:
            keys.setdefault(label, {})[job] = job.args[part]
    for label, wanted in keys.items():
        rows: Any = apps.get_model(label)._default_manager
        found = rows.visible_to(user).select_related().in_bulk(set(wanted.values()))
        for job, key in wanted.items():
            job.about = _linked(found[key]) if key in found else ""  # type: ignore[attr-defined]


def _linked(row: Any) -> str:
    try:
        url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return name_of(row)
    return format_html('<a href="{}">{}</a>', url, name_of(row))
