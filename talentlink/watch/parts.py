"""The parts of operation, in the order of the page."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Part(TextChoices):
    """A part of operation, which one sign is about."""

    WORKERS = "workers", _("Workers")
    BEAT = "beat", _("Clock of the calendar")
    WAITING = "waiting", _("Work that waits")
    LEASES = "leases", _("Work without its worker")
    FAILED = "failed", _("Work given up on")
    UNKNOWN = "unknown", _("Work of unknown kinds")
    ASIDE = "aside", _("Rows set aside")
    MONTHS = "months", _("Monthly close")
    OFFERS = "offers", _("Offers to answer")
    MAILS = "mails", _("Mail and SMS")
    HISTORY = "history", _("Records of changes")
    LEDGER = "ledger", _("Audit trail")
    ATTACKS = "attacks", _("Attacks")
    BACKUP = "backup", _("Backup")
    DISK = "disk", _("Disks")
    DATABASE = "database", _("Database")
    CLOCK = "clock", _("Clocks")
    RELEASE = "release", _("Release")
