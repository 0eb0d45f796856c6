"""The rules of any programme as data: read and checked, said in sentences, judged for ever. No Django, no database, no
clock.

`read_rule_set` reads a rule set, `judge` judges services by it as of any moment, `judge_act` an act before it is done,
`grades_of` and `pay_of` what follows, `forecast` how it will end, `check_entry` whether a record may be entered. `lint`
warns the author; `pieces_of`, `sentence` and `parse` are the rule as chips and text and back. See docs/rules.md.

Apps import from here, from `language` (the nodes of a rule set), `chips` (the editor) and `outcomes` (case files).
"""

from servicerules.acting import asks_for_reason, judge_act, refuses
from servicerules.checking import read_rule, read_rule_set, write_rule_set
from servicerules.effort import steps_of
from servicerules.entry import check_entry
from servicerules.examples import example_terms
from servicerules.excuses import timing_of
from servicerules.facts import (
    Act,
    Gift,
    Key,
    Party,
    Qualification,
    Reason,
    Record,
    Refusal,
    Reopening,
    Replaced,
    Service,
    Stretch,
    Term,
    Waiver,
    in_days,
)
from servicerules.from_v1 import (
    OldRules,
    host_rule_from_v1,
    rules_from_v1,
)
from servicerules.grading import Grade, Payment, grades_of, pay_of
from servicerules.judging import (
    all_rules,
    judge,
    judge_slot,
    judge_world,
    rule_named,
    unit_of,
)
from servicerules.language import (
    Action,
    Age,
    Count,
    Days,
    Each,
    Every,
    Group,
    Least,
    NthTerm,
    OfAge,
    OfClass,
    Records,
    Rolling,
    Rule,
    RuleSet,
    Whole,
)
from servicerules.lexicon import LANGUAGES, Lexicon
from servicerules.linter import lint
from servicerules.outlook import (
    Forecast,
    can_forecast,
    forecast,
    forecast_of,
)
from servicerules.parsing import NoSuchSentence, parse, parse_node
from servicerules.parties import why_not_held
from servicerules.places import wrong_in_words
from servicerules.presets import preset, preset_data, preset_names
from servicerules.reading import WrongWords, printable
from servicerules.schema import rule_set_schema
from servicerules.sentences import Piece, pieces_of, sentence, unit_word
from servicerules.tally import (
    HOPED,
    NOW,
    Subject,
    World,
    in_states,
    units_of,
)
from servicerules.verdicts import (
    EXEMPT,
    PENDING,
    STATES,
    Asks,
    Verdict,
    as_data,
    number_text,
    worst,
)
from servicerules.windows import (
    Slot,
    Span,
    month_of,
    slots_of,
    span_of,
    together,
    whole_month,
)
from servicerules.wording import formula, in_words, lexicon_of, say, what_is_wrong
from servicerules.writing import as_json, nodes_in

__all__ = [
    "EXEMPT", "HOPED", "LANGUAGES", "NOW", "PENDING", "STATES", "Act", "Action", "Age", "Asks", "Count", "Days",
    "Each", "Every", "Forecast", "Gift", "Grade", "Group", "Key", "Least", "Lexicon", "NoSuchSentence", "NthTerm",
    "OfAge", "OfClass", "OldRules", "Party", "Payment", "Piece", "Qualification", "Reason", "Record", "Records",
    "Refusal", "Reopening", "Replaced", "Rolling", "Rule", "RuleSet", "Service", "Slot", "Span", "Stretch",
    "Subject", "Term", "Verdict", "Waiver", "Whole", "World", "WrongWords", "all_rules", "as_data", "as_json",
    "asks_for_reason", "can_forecast", "check_entry", "example_terms", "forecast", "forecast_of", "formula",
    "grades_of", "host_rule_from_v1", "in_days", "in_states", "in_words", "judge", "judge_act", "judge_slot",
    "judge_world", "lexicon_of", "lint", "month_of", "nodes_in", "number_text", "parse", "parse_node", "pay_of",
    "pieces_of", "preset", "preset_data", "preset_names", "printable", "read_rule", "read_rule_set", "refuses",
    "rule_named", "rule_set_schema", "rules_from_v1", "say", "sentence", "slots_of", "span_of", "steps_of",
    "timing_of", "together", "unit_of", "unit_word", "units_of", "what_is_wrong", "whole_month", "why_not_held",
    "worst", "write_rule_set", "wrong_in_words",
]  # fmt: skip
