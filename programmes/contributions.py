"""What programmes contribute: the page of a batch with the acts on it, and their tables."""

from programmes.admin import BatchTable, ProgrammeTable, RuleSetTable
from programmes.models import Batch, Programme, RuleSet
from programmes.office import ACTS, act_offered, batch_act, batch_round
from ui.contributions import Panel, Screen, Table

panels = [
    Panel(Batch, "office/batch_acts.html", act_offered, 10, "actions"),
]
screens = [
    Screen("round/<key:pk>/", batch_round, "batch_round"),
    *(Screen(f"round/<key:pk>/{act}/", batch_act, f"batch_{act}", {"act": act}) for act in ACTS),
]
tables = [
    Table(Batch, BatchTable, 10),
    Table(Programme, ProgrammeTable, 11),
    Table(RuleSet, RuleSetTable, 12),
]
