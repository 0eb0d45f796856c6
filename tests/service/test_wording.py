"""Every code that a stored verdict of an earlier release can have reads as a sentence."""

import ast
from pathlib import Path

import pytest
from django.utils.translation import override

from service.wording import AS_TODAY, OF_BEFORE, formula_in_words, sentence
from servicerules import Reason, lexicon_of

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


def test_every_code_has_a_sentence_and_none_has_two() -> None:
    said = set(lexicon_of(None, "en").words["reasons"])
    assert codes() - said - set(AS_TODAY) - set(OF_BEFORE) == set()
    assert set(AS_TODAY.values()) - said == set()
    assert (set(AS_TODAY) | set(OF_BEFORE)) & said == set()


def test_no_sentence_is_left_over() -> None:
    assert (set(AS_TODAY) | set(OF_BEFORE)) - codes() == set()


@pytest.mark.parametrize("code", sorted(codes()))
def test_a_sentence_without_its_facts_still_reads(code: str) -> None:
    for said in (sentence(Reason(code)), sentence({"code": code})):
        assert not any(mark in said for mark in ("%(", "{", "Reason:"))


def test_facts_read_as_words() -> None:
    with override("zh-hans"):
        assert sentence(Reason("future_days", {"ends_on": "2025-05-21"})) == (
            "结束日期2025年5月21日尚未到，请在服务完成后登记。"
        )
        assert sentence({"code": "month_locked", "params": {"month": "2025-03", "locked_on": "2025-04-06"}}) == (
            "2025年3月已于2025年4月6日锁定；如需补录，请说明原因，由人才办重新开放。"
        )
        assert sentence(Reason("not_counted", {"kind": "online"})) == "本规则不计入“入企服务”（线上）。"
        assert sentence({"code": "too_few_days", "params": {"days": 3, "asks": 7}}) == "已确认3天，要求7天。"


def test_a_record_is_not_named_by_its_key() -> None:
    with override("zh-hans"):
        assert sentence(Reason("duplicate", {"with": 17})) == "已登记过相同的记录。"


def test_one_code_speaks_of_a_visit_or_of_the_month() -> None:
    with override("zh-hans"):
        assert sentence(Reason("outside_term")) == "本期不在服务期内，不作要求。"
        assert sentence(Reason("outside_term", {"first": "2025-03-01", "last": "2025-08-31"})) == (
            "不在服务期（2025年3月1日至2025年8月31日）内。"
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
