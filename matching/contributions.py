"""What matching contributes: the office's queue and plan, shortlists to order from, orders to dispatch, its tables."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Dispatch, Order
from enterprises.models import Need
from experts.models import Doctor
from matching import stored_words, waiting  # noqa: F401 - stored_words says what is stored
from matching.admin import (
    FactorWeightsTable,
    FeedbackTable,
    MatchRunTable,
    NeedTable,
    OverrideTable,
    PlanLineTable,
    PlanQuotaTable,
    SuggestionTable,
)
from matching.models import FactorWeights, Feedback, MatchRun, Override, PlanLine, PlanQuota, Suggestion
from matching.office import plan, plan_accept, plan_pairs, plan_run, queue
from matching.on_doctor import shortlists_with
from matching.on_needs import review_of, shortlist_of
from matching.on_orders import naming_of, reasons_of
from programmes.models import Batch
from ui.contributions import Entry, Panel, Screen, Table, Todo, no_facts

menu = [
    Entry(
        User.Role.OFFICE, _("Needs to review"), "admin:need_queue", "list", 20, _("Review"), shows=Need, verb="review"
    ),
    Entry(User.Role.UNIVERSITY, _("To dispatch"), "dispatch_table", "send", 20, _("Dispatch")),
]
todos = [
    Todo(User.Role.OFFICE, waiting.needs_to_review, 30),
    Todo(User.Role.ENTERPRISE, waiting.shortlists, 30),
    Todo(User.Role.UNIVERSITY, waiting.orders, 10),
]
panels = [
    Panel(Need, "matching/need_panel.html", shortlist_of, 10),
    Panel(Need, "ui/offers.html", review_of, 10, "actions"),
    Panel(Doctor, "matching/doctor_shortlists.html", shortlists_with, 20),
    Panel(Dispatch, "matching/dispatch_reasons.html", reasons_of, 10),
    Panel(Order, "ui/offers.html", naming_of, 10, "actions"),
    Panel(Batch, "office/batch_plan.html", plan_run.plan_of_round, 30),
    Panel(User, "matching/home_dispatch.html", no_facts, 20, "actions", User.Role.UNIVERSITY),
]
screens = [
    Screen("queue/", queue.need_queue, "need_queue"),
    Screen("round/<key:pk>/match/", plan.match_start, "match_start"),
    Screen("round/<key:pk>/match/cancel/", plan_run.match_cancel, "match_cancel"),
    Screen("round/<key:pk>/match/progress/", plan_run.match_progress, "match_progress"),
    Screen("round/<key:pk>/plan/", plan.batch_plan, "batch_plan"),
    Screen("round/<key:pk>/plan/accept/", plan_accept.plan_accept, "plan_accept"),
    Screen("round/<key:pk>/plan/accept/cancel/", plan_accept.accept_cancel, "accept_cancel"),
    Screen("round/<key:pk>/plan/accept/progress/", plan_accept.accept_progress, "accept_progress"),
    Screen("round/<key:pk>/plan/accept/refused/", plan_accept.accept_refused, "accept_refused"),
    Screen("round/<key:pk>/plan/quotas/", plan_pairs.plan_quotas, "plan_quotas"),
    Screen("override/<key:pk>/lift/", plan_pairs.override_lift, "override_lift"),
    *(
        Screen(f"round/<key:pk>/plan/{kind}/", plan_pairs.plan_pair, f"plan_{kind}", {"kind": kind})
        for kind in plan_pairs.KINDS
    ),
]
tables = [
    Table(Need, NeedTable, 21),
    Table(MatchRun, MatchRunTable, 90, technical=True),
    Table(Suggestion, SuggestionTable, 91, technical=True),
    Table(PlanLine, PlanLineTable, 92, technical=True),
    Table(Override, OverrideTable, 93, technical=True),
    Table(PlanQuota, PlanQuotaTable, 94, technical=True),
    Table(Feedback, FeedbackTable, 95, technical=True),
    Table(FactorWeights, FactorWeightsTable, 96, technical=True),
]
