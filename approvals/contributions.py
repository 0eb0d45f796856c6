"""What `approvals` contributes: the menu entry and the to-dos of whoever decides and of the auditor."""

from django.utils.translation import gettext_lazy as _

from accounts.duties import Duty
from accounts.models import User
from approvals import waiting
from core.models import Proposal
from ui.contributions import Entry, Todo

PARTS = (User.Role.OFFICE, Duty.ADMINISTRATOR)
menu = [
    Entry(part, _("Approvals"), "proposal_list", "shield", 58, shows=Proposal, verb="list")
    for part in (*PARTS, Duty.AUDITOR)
]
# One line, also for whoever has both duties.
todos = [
    Todo(User.Role.OFFICE, waiting.to_decide, 15),
    Todo(Duty.ADMINISTRATOR, waiting.to_decide, 15),
    Todo(Duty.AUDITOR, waiting.too_long, 15),
]
