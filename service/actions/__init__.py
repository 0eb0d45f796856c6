"""The actions on visits, waivers, reminders, months and outcomes."""

from service.actions.entries import log_visit, says_the_same, share_visit
from service.actions.given import give_value
from service.actions.months import Reminded, remind, reopen_month
from service.actions.outcomes import register_outcome
from service.actions.reasons import explain_warning
from service.actions.visits import confirm_visit, confirm_visits, dispute_visit, withdraw_visit
from service.actions.waivers import ask_waiver, decide_waiver

__all__ = [
    "Reminded",
    "ask_waiver",
    "confirm_visit",
    "confirm_visits",
    "decide_waiver",
    "dispute_visit",
    "explain_warning",
    "give_value",
    "log_visit",
    "register_outcome",
    "remind",
    "reopen_month",
    "says_the_same",
    "share_visit",
    "withdraw_visit",
]
