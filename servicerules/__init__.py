"""The rules of any programme as data: read and checked, said in sentences, judged for ever. No Django, no database, no
clock.

`read_rule_set` reads a rule set, `judge` judges services by it as of any moment, `judge_act` an act before it is done,
`grades_of` and `pay_of` what follows, `forecast` how it will end, `check_entry` whether a record may be entered. `lint`
warns the author; `pieces_of`, `sentence` and `parse` are the rule as chips and text and back. See docs/rules.md.
"""

from servicerules.acting import judge_act, refuses
from servicerules.checking import read_rule, read_rule_set, write_rule_set
from servicerules.entry import check_entry
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
    Service,
    Stretch,
    Term,
    Waiver,
)
from servicerules.from_v1 import host_rule_from_v1, rules_from_v1
from servicerules.grading import Grade, Payment, grades_of, pay_of
from servicerules.judging import all_rules, judge, judge_world, rule_named
from servicerules.language import Rule, RuleSet
from servicerules.lexicon import LANGUAGES, Lexicon
from servicerules.linter import lint
from servicerules.outlook import Forecast, forecast
from servicerules.parsing import NoSuchSentence, parse, parse_node
from servicerules.presets import preset, preset_data, preset_names
from servicerules.reading import WrongWords
from servicerules.schema import rule_set_schema
from servicerules.sentences import Piece, pieces_of, sentence
from servicerules.tally import World
from servicerules.verdicts import STATES, Verdict, as_data, worst
from servicerules.wording import formula, in_words, lexicon_of, say, what_is_wrong

__all__ = [
    "LANGUAGES", "STATES", "Act", "Forecast", "Gift", "Grade", "Key", "Lexicon", "NoSuchSentence", "Party", "Payment",
    "Piece", "Qualification", "Reason", "Record", "Refusal", "Reopening", "Rule", "RuleSet", "Service", "Stretch",
    "Term", "Verdict", "Waiver", "World", "WrongWords", "all_rules", "as_data", "check_entry", "forecast", "formula",
    "grades_of", "host_rule_from_v1", "in_words", "judge", "judge_act", "judge_world", "lexicon_of", "lint", "parse",
    "parse_node", "pay_of", "pieces_of", "preset", "preset_data", "preset_names", "read_rule", "read_rule_set",
    "refuses", "rule_named", "rule_set_schema", "rules_from_v1", "say", "sentence", "what_is_wrong", "worst", "write_rule_set",
]  # fmt: skip
