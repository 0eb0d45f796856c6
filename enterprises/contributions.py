"""What enterprises contribute: their needs in the menu and at home, surveys, and their tables."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from enterprises import home_panels, inviting, waiting
from enterprises.admin import EnterpriseTable, HostTable, MemberTable, QualificationTable, SurveyTable, VisitSheetTable
from enterprises.models import Enterprise, Host, Member, Qualification, Survey, VisitSheet
from enterprises.office import coverage, eligible, host_desk, hosts, sheets
from identity.models import Invitation
from programmes.models import Batch
from ui.contributions import Entry, Panel, Screen, Table, Todo, no_facts

menu = [
    Entry(User.Role.ENTERPRISE, _("Needs"), "need_list", "file", 20),
]
todos = [
    Todo(User.Role.OFFICE, waiting.with_numbers, 25),
    Todo(User.Role.OFFICE, waiting.to_visit, 70),
    Todo(User.Role.ENTERPRISE, waiting.returned, 20),
    Todo(User.Role.ENTERPRISE, waiting.drafts, 40),
]
panels = [
    Panel(User, "enterprises/home_post.html", no_facts, 10, "actions", User.Role.ENTERPRISE),
    Panel(User, "enterprises/home_states.html", home_panels.states, 10, "side", User.Role.ENTERPRISE),
    Panel(User, "enterprises/home_latest.html", home_panels.latest, 20, "side", User.Role.ENTERPRISE),
    Panel(Invitation, "enterprises/invite_colleague.html", inviting.colleagues, 20, "actions"),
    Panel(Batch, "office/batch_hosts.html", hosts.hosts_of, 20),
    Panel(Batch, "office/batch_asked_panel.html", eligible.asked, 25),
    Panel(User, "enterprises/home_coverage.html", home_panels.coverage, 10, "actions", User.Role.OFFICE),
]
screens = [
    Screen("survey/<key:pk>/", coverage.survey_coverage, "survey_coverage"),
    Screen("survey/<key:pk>/plan/", sheets.survey_plan, "survey_plan"),
    Screen("sheet/<key:pk>/", sheets.sheet_fill, "sheet_fill"),
    Screen("round/<key:pk>/eligibility/", host_desk.batch_eligibility, "batch_eligibility"),
    Screen("round/<key:pk>/eligibility/count/", host_desk.batch_eligibility_count, "batch_eligibility_count"),
    Screen("round/<key:pk>/host/", hosts.host_choose, "host_choose"),
]
tables = [
    Table(Enterprise, EnterpriseTable, 20),
    Table(Qualification, QualificationTable, 22),
    Table(Member, MemberTable, 23),
    Table(Survey, SurveyTable, 24),
    Table(VisitSheet, VisitSheetTable, 25),
    Table(Host, HostTable, 26),
]
