"""The kinds of notices that `talentlink` writes, each with its sentence; every process loads this module."""

from django.utils.translation import gettext_lazy

from core.notices import sentence
from talentlink.watch.parts import Part

ALARM_BEGUN = sentence(
    "watch_alarm", gettext_lazy("Operation: something is wrong with “%(part)s”. See what to do."), part=Part
)
LEDGER_WRONG = sentence(
    "ledger_wrong",
    gettext_lazy("The audit trail was changed: %(faults)s faults, the first on %(first)s. See what to do."),
)
ALARM_OVER = sentence("watch_over", gettext_lazy("Operation: “%(part)s” is no longer wrong."), part=Part)
