"""What experts contribute: the doctors in a university's menu and figures, and their tables."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from experts import home_panels, inviting
from experts.admin import DoctorTable, InterestTable, LiaisonTable, UniversityTable, WorkTable
from experts.models import Doctor, Interest, Liaison, University, Work
from identity.models import Invitation
from ui.contributions import Entry, Panel, Table, no_facts

menu = [
    Entry(User.Role.UNIVERSITY, _("Doctors"), "doctor_list", "users", 40),
]
panels = [
    Panel(User, "experts/home_enrol.html", no_facts, 10, "actions", User.Role.UNIVERSITY),
    Panel(Invitation, "experts/invite_colleagues.html", inviting.colleagues, 10, "actions"),
    Panel(User, "experts/home_figure.html", home_panels.enrolled, 10, "figures", User.Role.UNIVERSITY),
]
tables = [
    Table(Doctor, DoctorTable, 30),
    Table(University, UniversityTable, 31),
    Table(Liaison, LiaisonTable, 32),
    Table(Work, WorkTable, 33),
    Table(Interest, InterestTable, 34),
]
