"""The columns in which entries and days of the ledger are listed and exported."""

from django.utils.translation import gettext_lazy as _

from audit.words import ROLES, about_of, facts_in_line, who_of
from core.ledger_days import in_groups
from core.models import LedgerDay, LedgerEntry
from ui.exports import Column


def _about(entry: LedgerEntry) -> str:
    return about_of(entry.about_label, entry.about_key)


def _seal(day: LedgerDay) -> str:
    return in_groups(day.seal)


ENTRIES = [
    Column(_("Number of the entry"), 10, "pk"),
    Column(_("When"), 20, "at"),
    Column(_("What"), 24, lambda entry: str(entry.kind_word)),
    Column(_("Account"), 16, who_of),
    Column(_("Role"), 12, lambda entry: str(ROLES.get(entry.who_role, entry.who_role))),
    Column(_("About"), 24, _about),
    Column(_("Rows"), 8, "rows"),
    Column(_("Details of the entry"), 50, facts_in_line),
    Column(_("Network address"), 18, "address"),
    Column(_("Device"), 20, "device"),
    Column(_("Page"), 30, "path"),
    Column(_("Request id"), 38, "request"),
]
DAYS = [
    Column(_("Day"), 12, "day"),
    Column(_("Entries"), 10, "entries"),
    Column(_("Seal"), 84, _seal),
    Column(_("Sealed"), 20, "sealed_at"),
    Column(_("Entries taken away"), 20, "emptied_at"),
]
