"""What orders and dispatches contribute: the menu, what waits for an answer, and their tables."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments import waiting
from assignments.admin import DispatchTable, OrderTable, ProjectTable
from assignments.models import Dispatch, Order, Project
from ui.contributions import Entry, Table, Todo

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
tables = [
    Table(Order, OrderTable, 40),
    Table(Dispatch, DispatchTable, 41),
    Table(Project, ProjectTable, 43),
]
