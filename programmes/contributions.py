"""What programmes contribute: the page of a batch with the acts on it, and their tables."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from programmes.admin import BatchTable, ProgrammeTable, RuleSetTable
from programmes.models import Batch, Programme, RuleSet
from programmes.office import ACTS, act_offered, batch_act, batch_round
from programmes.rule_pages import views as rule_pages
from ui.contributions import Entry, Panel, Screen, Table

menu = [
    Entry(User.Role.OFFICE, _("Rules"), "admin:rules", "list", 45, shows=RuleSet),
]

panels = [
    Panel(Batch, "office/batch_acts.html", act_offered, 10, "actions"),
]
screens = [
    Screen("round/<key:pk>/", batch_round, "batch_round"),
    *(Screen(f"round/<key:pk>/{act}/", batch_act, f"batch_{act}", {"act": act}) for act in ACTS),
    Screen("rules/", rule_pages.rule_list, "rules"),
    Screen("rules/new/", rule_pages.rule_begin, "rule_begin"),
    Screen("rules/<key:pk>/", rule_pages.rule_version, "rule_version"),
    Screen("rules/draft/<key:pk>/", rule_pages.rule_draft, "rule_draft"),
    Screen("rules/draft/<key:pk>/side/", rule_pages.rule_draft_side, "rule_draft_side"),
    Screen("rules/draft/<key:pk>/name/", rule_pages.rule_draft_name, "rule_draft_name"),
]
tables = [
    Table(Batch, BatchTable, 10),
    Table(Programme, ProgrammeTable, 11),
    Table(RuleSet, RuleSetTable, 12),
]
