"""From a published need to an assignment: the verbs of offices, enterprises, universities and doctors."""

from matching.actions.acceptance import (
    ACCEPT_PLAN,
    Acceptance,
    accept_plan_line,
    accept_plan_lines,
    ask_for_acceptance,
)
from matching.actions.assignments import (
    STANDING_OF,
    add_served_enterprise,
    begin_assignment,
    cancel_assignment,
    complete_assignment,
    stop_assignment,
)
from matching.actions.dispatches import (
    accept_dispatch,
    decline_dispatch,
    dispatch_doctor,
    lapse_dispatch,
    withdraw_dispatch,
)
from matching.actions.needs import (
    MATCH_NEED,
    ask_for_batch_match,
    ask_for_match,
    cancel_batch_match,
    publish_need,
    withdraw_need,
)
from matching.actions.orders import cancel_order, host_for, place_order
from matching.actions.plans import (
    forbid_pair,
    lift_override,
    pin_pair,
    set_quota,
)
from matching.actions.telling import liaisons_of

__all__ = [
    "ACCEPT_PLAN",
    "MATCH_NEED",
    "STANDING_OF",
    "Acceptance",
    "accept_dispatch",
    "accept_plan_line",
    "accept_plan_lines",
    "add_served_enterprise",
    "ask_for_acceptance",
    "ask_for_batch_match",
    "ask_for_match",
    "begin_assignment",
    "cancel_assignment",
    "cancel_batch_match",
    "cancel_order",
    "complete_assignment",
    "decline_dispatch",
    "dispatch_doctor",
    "forbid_pair",
    "host_for",
    "lapse_dispatch",
    "liaisons_of",
    "lift_override",
    "pin_pair",
    "place_order",
    "publish_need",
    "set_quota",
    "stop_assignment",
    "withdraw_dispatch",
    "withdraw_need",
]
