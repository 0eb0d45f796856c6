"""What the forms of rules are sent with."""

from typing import Any

from .own_rows import AUDITOR
from .posts import OPEN_BATCH, WHY, Post, first
from .rule_rows import SCORE, TWICE, WITH_SCORE, rules_file, shared_soon


def _nothing(row: Any) -> None:
    """The form stands at an address of its own."""


WRITTEN = first("RuleDraft", status="draft")
OWN = first("RuleDraft", status="submitted", written_by__operates=True)
WAITING = first("RuleDraft", status="submitted", written_by__username=AUDITOR)
POSTS = (
    Post("batch_rules", "city", OPEN_BATCH, lambda row: WHY),
    Post("batch_eligibility", "city", OPEN_BATCH, lambda row: {"do": "new"}, page=None),
    Post("check_explain", "city", first("Check", verdict="warning"), lambda row: WHY),
    Post("given_new", "city", first("Assignment", batch__rule_set__code=WITH_SCORE), lambda row: {"value": "90"},
         query=lambda row: f"?indicator={SCORE}"),
    Post("visit_share", "doctor", shared_soon,
         lambda row: {"service": str(row.doctor.assignments.get(batch__name=TWICE).pk)}),
    Post("rule_begin", "city", WRITTEN, lambda row: {"begin": "nothing"}, page=None, about=_nothing),
    Post("rule_import", "city", WRITTEN, lambda row: {"file": rules_file()}, about=_nothing),
    Post("rule_draft", "city", WRITTEN, lambda row: {"do": "new"}, page=None),
    Post("rule_draft_name", "city", WRITTEN, lambda row: {"name": "修订稿", "source": "某市人才办〔2025〕1号"}),
    Post("rule_draft_submit", "city", WRITTEN, lambda row: {**WHY, "despite": "按通知执行。"}),
    Post("rule_draft_drop", "city", WRITTEN),
    Post("rule_draft_take_back", "city", OWN),
    Post("rule_draft_in_force", "city", WAITING, lambda row: {"reason": ""}),
    Post("rule_draft_send_back", "city", WAITING, lambda row: WHY),
)  # fmt: skip
