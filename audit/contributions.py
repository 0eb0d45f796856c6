"""What `audit` contributes: the auditor's pages, their entry in the menu, and what stands on his home."""

from django.utils.translation import gettext_lazy as _

from accounts.duties import Duty
from accounts.models import User
from audit import home, views
from audit.lists import DayList, LedgerList
from core.models import LedgerEntry
from ui.contributions import Entry, Panel, Screen, Todo

menu = [
    Entry(Duty.AUDITOR, _("Audit trail"), "admin:ledger", "check", 70, shows=LedgerEntry),
]
todos = [Todo(Duty.AUDITOR, home.of_chain, 10)]
panels = [Panel(User, "audit/home.html", home.recent, 10, "main", Duty.AUDITOR)]
screens = [
    Screen("ledger/", LedgerList.as_view(), "ledger"),
    Screen("ledger/days/", DayList.as_view(), "ledger_days"),
    Screen("ledger/wrong/", views.wrong, "ledger_wrong"),
    Screen("ledger/check/", views.check, "ledger_check"),
    Screen("ledger/persons/", views.persons, "ledger_persons"),
    Screen("ledger/<key:pk>/seen/", views.seen, "ledger_seen"),
    Screen("ledger/<key:pk>/deeds/", views.deeds, "ledger_deeds"),
]
