"""The actions of the office and of enterprises, from publishing a need to accepting a plan."""

from matching.actions.acceptance import (
    ACCEPT_LINE,
    ACCEPT_PLAN,
    Acceptance,
    accept_plan_line,
    accept_plan_lines,
    ask_for_acceptance,
    try_line,
)
from matching.actions.needs import (
    MATCH_NEED,
    ask_for_batch_match,
    ask_for_match,
    cancel_batch_match,
    publish_need,
)
from matching.actions.plans import (
    forbid_pair,
    lift_override,
    pin_pair,
    set_quota,
    set_quotas,
)

__all__ = [
    "ACCEPT_LINE",
    "ACCEPT_PLAN",
    "MATCH_NEED",
    "Acceptance",
    "accept_plan_line",
    "accept_plan_lines",
    "ask_for_acceptance",
    "ask_for_batch_match",
    "ask_for_match",
    "cancel_batch_match",
    "forbid_pair",
    "lift_override",
    "pin_pair",
    "publish_need",
    "set_quota",
    "set_quotas",
    "try_line",
]
