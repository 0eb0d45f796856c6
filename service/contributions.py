"""What service contributes: visits and assignments in the menu, who is behind, the homes' bars, and its tables."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from programmes.models import Batch
from service import home_panels, waiting
from service.admin import (
    AssignmentTable,
    CheckTable,
    OutcomeTable,
    ReminderTable,
    ReopeningTable,
    StandingTable,
    VisitTable,
    WaiverTable,
)
from service.models import Check, Outcome, Reminder, Reopening, Standing, Visit, Waiver
from service.office import behind, grades, waivers
from service.on_assignment import offers_on, service_of
from ui.contributions import Entry, Panel, Screen, Table, Todo, no_facts

OFFICE, ENTERPRISE, UNIVERSITY, DOCTOR = (
    User.Role.OFFICE,
    User.Role.ENTERPRISE,
    User.Role.UNIVERSITY,
    User.Role.DOCTOR,
)
menu = [
    Entry(OFFICE, _("Who is behind"), "admin:behind", "clock", 30, _("Behind"), shows=Standing),
    Entry(OFFICE, _("Waivers"), "admin:waivers", "shield", 40, shows=Waiver),
    Entry(ENTERPRISE, _("Visits"), "visit_list", "calendar", 40),
    Entry(UNIVERSITY, _("Assignments"), "assignment_list", "link", 50),
    Entry(DOCTOR, _("Log a visit"), "visit_new", "plus", 20),
    Entry(DOCTOR, _("Visits"), "visit_list", "calendar", 30),
    Entry(DOCTOR, _("Assignments"), "assignment_list", "link", 50),
]
todos = [
    Todo(OFFICE, waiting.doctors_behind, 20),
    Todo(OFFICE, waiting.waivers_to_decide, 40),
    Todo(OFFICE, waiting.rules_not_kept, 45),
    Todo(OFFICE, waiting.assignments_to_begin, 50),
    Todo(OFFICE, waiting.values_to_give, 48),
    Todo(ENTERPRISE, waiting.values_to_give, 60),
    Todo(UNIVERSITY, waiting.values_to_give, 60),
    Todo(DOCTOR, waiting.values_to_give, 60),
    Todo(ENTERPRISE, waiting.visits_to_confirm, 10),
    Todo(ENTERPRISE, waiting.services_to_begin, 50),
    Todo(UNIVERSITY, waiting.doctors_behind_of_university, 30),
    Todo(UNIVERSITY, waiting.services_in_preparation, 40),
    Todo(DOCTOR, waiting.disputed_visits, 20),
    Todo(DOCTOR, waiting.windows_not_met, 30),
    Todo(DOCTOR, waiting.warnings_to_explain, 35),
    Todo(DOCTOR, waiting.first_days, 40),
]
panels = [
    Panel(Assignment, "service/assignment_acts.html", offers_on, 10, "actions"),
    Panel(Assignment, "service/assignment_service.html", service_of, 10),
    Panel(Batch, "office/batch_grades.html", grades.offered_on, 20, "actions"),
    Panel(User, "service/home_behind_link.html", no_facts, 30, "actions", OFFICE),
    Panel(User, "service/home_behind.html", home_panels.most_behind, 10, "main", OFFICE),
    Panel(User, "service/home_enterprise.html", home_panels.at_enterprise, 10, "main", ENTERPRISE),
    Panel(User, "service/home_figures.html", home_panels.university_figures, 20, "figures", UNIVERSITY),
    Panel(User, "service/home_months.html", home_panels.university_months, 10, "main", UNIVERSITY),
    Panel(User, "service/home_doctor.html", home_panels.of_doctor, 10, "first", DOCTOR),
    Panel(User, "service/home_visits.html", home_panels.recent_visits, 10, "main", DOCTOR),
]
screens = [
    Screen("behind/", behind.behind, "behind"),
    Screen("behind/export/", behind.behind_export, "behind_export"),
    Screen("batches/<key:pk>/grades/", grades.grades, "batch_grades"),
    Screen("waivers/", waivers.waivers, "waivers"),
    Screen("waivers/<key:pk>/", waivers.waiver_decide, "waiver_decide"),
]
tables = [
    Table(Assignment, AssignmentTable, 42),
    Table(Visit, VisitTable, 50),
    Table(Waiver, WaiverTable, 51),
    Table(Check, CheckTable, 52),
    Table(Reopening, ReopeningTable, 53),
    Table(Outcome, OutcomeTable, 54),
    Table(Reminder, ReminderTable, 55),
    Table(Standing, StandingTable, 98, technical=True),
]
