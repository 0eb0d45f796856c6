"""What `audit` contributes: the auditor's pages and their entry in the menu."""

from django.utils.translation import gettext_lazy as _

from accounts.duties import Duty
from audit import views
from audit.lists import DayList, LedgerList
from core.models import LedgerEntry
from ui.contributions import Entry, Screen

menu = [
    Entry(Duty.AUDITOR, _("Audit trail"), "admin:ledger", "check", 70, shows=LedgerEntry),
]
screens = [
    Screen("ledger/", LedgerList.as_view(), "ledger"),
    Screen("ledger/days/", DayList.as_view(), "ledger_days"),
    Screen("ledger/check/", views.check, "ledger_check"),
    Screen("ledger/persons/", views.persons, "ledger_persons"),
    Screen("ledger/<key:pk>/seen/", views.seen, "ledger_seen"),
    Screen("ledger/<key:pk>/deeds/", views.deeds, "ledger_deeds"),
]
