"""What programmes contribute: the page of a batch with the acts on it, and their tables."""

from django.utils.translation import gettext_lazy as _

from accounts.duties import Duty
from accounts.models import User
from core.models import Proposal
from programmes.admin import BatchTable, ProgrammeTable, RuleSetTable
from programmes.models import Batch, Programme, RuleDraft, RuleSet
from programmes.office import ACTS, act_offered, batch_act, batch_round
from programmes.rule_pages import deciding, files, in_words, moving  # noqa: F401 - in_words says the rules
from programmes.rule_pages import panels as rule_panels
from programmes.rule_pages import views as rule_pages
from ui.contributions import Entry, Panel, Screen, Table

menu = [
    Entry(User.Role.OFFICE, _("Rules"), "admin:rules", "list", 45, shows=RuleSet),
    Entry(Duty.AUDITOR, _("Rules"), "admin:rules", "list", 45, shows=RuleSet),
]

panels = [
    Panel(Batch, "office/batch_acts.html", act_offered, 10, "actions"),
    Panel(Batch, "programmes/batch_rules.html", rule_panels.rules_of_batch, 90),
    Panel(RuleDraft, "programmes/draft_acts.html", rule_panels.acts_on_draft, 10, "actions"),
    Panel(RuleDraft, "programmes/draft_side.html", rule_panels.side_of_draft, 10, "side"),
    Panel(RuleSet, "programmes/version_acts.html", rule_panels.acts_on_version, 10, "actions"),
    Panel(RuleSet, "programmes/version_about.html", rule_panels.about_version, 10),
    Panel(Proposal, "programmes/proposal_rules.html", rule_panels.of_proposal, 10),
]
screens = [
    Screen("round/<key:pk>/", batch_round, "batch_round"),
    *(Screen(f"round/<key:pk>/{act}/", batch_act, f"batch_{act}", {"act": act}) for act in ACTS),
    Screen("round/<key:pk>/rules/", moving.batch_rules, "batch_rules"),
    Screen("rules/", rule_pages.rule_list, "rules"),
    Screen("rules/new/", rule_pages.rule_begin, "rule_begin"),
    Screen("rules/<key:pk>/", rule_pages.rule_version, "rule_version"),
    Screen("rules/draft/<key:pk>/", rule_pages.rule_draft, "rule_draft"),
    Screen("rules/draft/<key:pk>/side/", rule_pages.rule_draft_side, "rule_draft_side"),
    Screen("rules/draft/<key:pk>/name/", rule_pages.rule_draft_name, "rule_draft_name"),
    Screen("rules/draft/<key:pk>/check/", deciding.draft_check, "rule_draft_check"),
    Screen("rules/draft/<key:pk>/file/", files.draft_file, "rule_draft_file"),
    *(
        Screen(f"rules/draft/<key:pk>/{act}/", deciding.draft_act, f"rule_draft_{act.replace('-', '_')}", {"act": act})
        for act in deciding.ACTS
    ),
    Screen("rules/<key:pk>/file/", files.version_file, "rule_version_file"),
    Screen("rules/import/", files.rule_import, "rule_import"),
    Screen("rules/compare/", files.rule_compare, "rule_compare"),
]
tables = [
    Table(Batch, BatchTable, 10),
    Table(Programme, ProgrammeTable, 11),
    Table(RuleSet, RuleSetTable, 12),
]
