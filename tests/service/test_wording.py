"""Every code that a stored verdict of an earlier release can have reads as a sentence."""

import ast
from pathlib import Path

import pytest
from django.utils.translation import override

from service.wording import BARE, SENTENCES, formula_in_words, sentence
from servicerules import Reason

JUDGE = Path(__file__).parents[1] / "former_engine"
ACTS = ("confirmed", "disputed", "withdrawn")


def codes() -> set[str]:
    """The codes written in the judge's own text: what is handed to Reason, and what tables of codes hold.

    Those of rules that cannot be read were never stored.
    """
    found = {f"{act}_after_lock" for act in ACTS} | set(ACTS[1:])
    for path in set(JUDGE.glob("*.py")) - set(JUDGE.glob("test_*.py")) - {JUDGE / "ruleset.py"}:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason" and node.args:
                found |= {
                    each.value
                    for each in ast.walk(node.args[0])
                    if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value != "_after_lock"
                }
    return found | {"month_not_over", "waiver_undecided", "awaits_confirmation", "duplicate", "overlap"}


def test_every_code_has_a_sentence() -> None:
    assert codes() - set(SENTENCES) == set()


def test_no_sentence_is_left_over() -> None:
    assert set(SENTENCES) - codes() == set()


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_without_its_facts_still_reads(code: str) -> None:
    assert "%(" not in sentence(Reason(code))
    assert "%(" not in sentence({"code": code})


def test_facts_read_as_words() -> None:
    with override("en"):
        assert sentence(Reason("future_days", {"ends_on": "2025-05-21"})) == (
            "The visit ends on 21 May 2025, which is in the future; log it when it has been made."
        )
        assert sentence({"code": "month_locked", "params": {"month": "2025-03", "locked_on": "2025-04-06"}}) == (
            "Mar 2025 was locked on 6 Apr 2025; ask the talent office to re-open it, with a reason."
        )
        assert sentence(Reason("not_counted", {"kind": "online"})) == (
            "Days of this kind (on-line) do not count under the rule set."
        )


def test_one_code_speaks_of_a_visit_or_of_the_month() -> None:
    with override("en"):
        assert sentence(Reason("outside_term")) == str(BARE["outside_term"])
        assert sentence(Reason("outside_term", {"first": "2025-03-01", "last": "2025-08-31"})) == (
            "The visit lies outside the term, which runs from 1 Mar 2025 to 31 Aug 2025."
        )


def test_an_unknown_code_stands_for_itself() -> None:
    with override("en"):
        assert sentence({"code": "brand_new"}) == "Reason: brand_new"


def test_a_formula_in_words() -> None:
    with override("en"):
        assert formula_in_words("visits(≥ 2 d) = 1 ≥ 1; days = 6.5 < 7") == [
            "Confirmed visits of at least 2 days: 1; asked for: 1.",
            "Confirmed days: 6.5; asked for: 7.",
        ]
        assert formula_in_words("") == []
