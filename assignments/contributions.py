"""What orders and dispatches contribute: the menu, what waits for an answer, and their tables."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments import waiting
from assignments.admin import DispatchTable, OrderTable, ProjectTable
from assignments.models import Dispatch, Order, Project
from assignments.on_doctor import services_of
from assignments.on_need import orders_of, taking_back
from enterprises.models import Need
from experts.models import Doctor
from ui.contributions import Entry, Panel, Table, Todo

menu = [
    Entry(User.Role.ENTERPRISE, _("Orders"), "order_list", "pair", 30),
    Entry(User.Role.UNIVERSITY, _("Orders"), "order_list", "pair", 30),
    Entry(User.Role.DOCTOR, _("Dispatches"), "dispatch_list", "send", 40),
]
todos = [
    Todo(User.Role.OFFICE, waiting.overdue, 60),
    Todo(User.Role.UNIVERSITY, waiting.unanswered, 20),
    Todo(User.Role.DOCTOR, waiting.offers, 10),
]
panels = [
    Panel(Need, "ui/offers.html", taking_back, 20, "actions"),
    Panel(Need, "assignments/need_orders.html", orders_of, 10, "side"),
    Panel(Doctor, "assignments/doctor_services.html", services_of, 10),
]
tables = [
    Table(Order, OrderTable, 40),
    Table(Dispatch, DispatchTable, 41),
    Table(Project, ProjectTable, 43),
]
