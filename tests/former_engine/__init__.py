"""Judges whether the promised service is served. Takes values, returns a verdict with reasons; no Django, no database,
no clock.

`ServiceRules` is the rule set of a batch as data. `check_visit` says whether a visit may be entered, `judge_month` and
`judge_term` what was served as of any moment, `forecast` whether the term can still be kept, and `contradictions`
warns the author of rules that contradict each other.
"""

from tests.former_engine.entry import check_visit
from tests.former_engine.facts import (
    Key,
    Reason,
    Refusal,
    ReopenFact,
    Term,
    VisitFact,
    WaiverFact,
    Window,
    as_data,
)
from tests.former_engine.month import VERDICTS, MonthQuestions, MonthVerdict, decide, judge_month, judge_months
from tests.former_engine.outlook import STATUSES, Forecast, forecast
from tests.former_engine.ruleset import DAY_KINDS, DEFAULT_RULES, RuleError, ServiceRules, contradictions
from tests.former_engine.term import TERM_VERDICTS, TermVerdict, judge_term, term_target
from tests.former_engine.windows import month_of, month_window, months_of, served_window

__all__ = [
    "DAY_KINDS",
    "DEFAULT_RULES",
    "STATUSES",
    "TERM_VERDICTS",
    "VERDICTS",
    "Forecast",
    "Key",
    "MonthQuestions",
    "MonthVerdict",
    "Reason",
    "Refusal",
    "ReopenFact",
    "RuleError",
    "ServiceRules",
    "Term",
    "TermVerdict",
    "VisitFact",
    "WaiverFact",
    "Window",
    "as_data",
    "check_visit",
    "contradictions",
    "decide",
    "forecast",
    "judge_month",
    "judge_months",
    "judge_term",
    "month_of",
    "month_window",
    "months_of",
    "served_window",
    "term_target",
]
