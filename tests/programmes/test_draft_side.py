"""What stands beside the editor: wrong words, warnings, and three terms before and after."""

from datetime import timedelta
from time import process_time
from typing import Any

import pytest
from django.utils import translation

import servicerules
from officedata.months import Month
from programmes.before_after import Cell, Change, compared
from programmes.draft_side import side_of
from programmes.drafts import begin_draft, save_draft
from programmes.models import RuleDraft
from programmes.rule_warnings import warnings_of
from programmes.rulebook import read
from servicerules import example_terms, read_rule_set
from tests.factories import (
    START,
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    RuleSetFactory,
    VisitFactory,
    moment,
)

AT = moment(START.replace(year=2026, month=6))


def rules_of(days: int, **words: Any) -> dict[str, Any]:
    """A visit of at least so many days each month, and thirty days in the term."""
    return {
        "code": "yq",
        "version": 1,
        "rules": [
            {"id": "monthly", "in": {"every": "month"}, "measure": {"count": {"activity": "visit", "lasting": days}},
             "must": {"least": 1}},
            {"id": "whole", "measure": {"days": {}}, "must": {"least": 24}},
        ],
        **words,
    }  # fmt: skip


def example(kind: str, days_before: int, days_after: int) -> Any:
    before, after = (read_rule_set(rules_of(days)) for days in (days_before, days_after))
    service = example_terms(after, START)[kind]
    return compared(service, before, after, moment(START))


def test_an_example_before_and_after() -> None:
    result = example("uneven", 1, 2)
    states = [(str(cell.month), cell.before, cell.after) for cell in result.months]
    assert states == [
        *((f"2024-{month:02d}", "met", "met") for month in (1, 2, 3, 4)),
        ("2024-05", "met", "not_met"),
        ("2024-06", "not_met", "not_met"),
        *((f"2024-{month:02d}", "met", "met") for month in range(7, 13)),
    ]
    # Two days in ten months and one in one: 21 of 24 days.
    assert result.whole == Cell(None, "not_met", "not_met")
    assert result.changes == (Change("monthly", "met", "not_met", ("2024-05",)),)


def test_the_other_examples() -> None:
    steady, seldom = example("steady", 2, 3), example("seldom", 1, 2)
    assert (steady.changes, steady.whole) == ((), Cell(None, "met", "met"))
    assert seldom.changes == (Change("monthly", "met", "not_met", ("2024-01", "2024-04", "2024-07", "2024-10")),)


def test_a_rule_that_is_new_or_gone_is_asked_on_one_side_only() -> None:
    before, after = rules_of(2), rules_of(2)
    after["rules"][1]["id"] = "other"
    one, other = read_rule_set(before), read_rule_set(after)
    service = example_terms(other, START)["steady"]
    assert compared(service, one, other, moment(START)).changes == (
        Change("whole", "met", "", ("term",)),
        Change("other", "", "met", ("term",)),
    )
    assert compared(service, None, other, moment(START)).changes == ()


def test_other_lengths_of_term_have_other_months() -> None:
    rules = read_rule_set(rules_of(2, term={"months": 2}))
    terms = example_terms(rules, START)
    assert {(each.term.starts_on, each.term.ends_on) for each in terms.values()} == {
        (Month(2024, 11).first, Month(2024, 12).last)
    }
    result = compared(terms["steady"], None, rules, moment(START))
    assert [str(cell.month) for cell in result.months] == ["2024-11", "2024-12"]


@pytest.mark.parametrize("name", servicerules.preset_names())
def test_every_preset_has_examples_that_count(name: str) -> None:
    rules = servicerules.preset(name)
    for service in example_terms(rules, START).values():
        result = compared(service, rules, rules, moment(START))
        assert result.changes == ()
        assert result.whole.before in servicerules.STATES


@pytest.mark.django_db
def test_where_nobody_serves_examples_are_used_and_said_so() -> None:
    by = CityUserFactory()
    draft = begin_draft("yq", "三十天", rules_of(2), by=by, at=AT, follows=RuleSetFactory(code="yq", data=rules_of(1)))
    side = side_of(draft, by, AT)
    assert side.preview is not None
    assert (side.wrong, side.warnings, side.preview.invented, side.preview.stale) == ([], [], True, False)
    assert [len(term.changes) for term in side.preview.terms] == [0, 1, 1]
    assert side.preview.changed == 2


@pytest.mark.django_db
def test_three_real_terms_are_chosen_and_judged() -> None:
    by = CityUserFactory()
    before = RuleSetFactory(code="yq", data=rules_of(1))
    batch = BatchFactory(rule_set=before)
    for days, surname in ((3, "甲"), (2, "乙"), (0, "丙")):
        served = AssignmentFactory(batch=batch, host__batch=batch, doctor__name=f"{surname}某", status="active")
        if not days:
            continue
        for month in Month.between(served.starts_on, served.ends_on):
            first = month.first + timedelta(days=8)
            last = first + timedelta(days=days - 1)
            at = moment(last, 20)
            VisitFactory(
                assignment=served, starts_on=first, ends_on=last, status="confirmed", logged_at=at, confirmed_at=at
            )
    draft = begin_draft("yq", "三十天", rules_of(3), by=by, at=AT, follows=before)
    with translation.override("en"):
        side = side_of(draft, by, moment(served.ends_on + timedelta(days=90)))
    assert side.preview is not None
    assert not side.preview.invented
    shown = [(term.name, term.result.whole.before, term.result.whole.after) for term in side.preview.terms]
    assert shown == [
        ("Dr 甲", "met", "met"),
        ("Dr 乙", "met", "not_met"),
        ("Dr 丙", "not_met", "not_met"),
    ]
    assert [len(term.changes) for term in side.preview.terms] == [0, 1, 0]
    change = side.preview.terms[1].changes[0]
    assert (change.rule, change.before.word, change.after.word) == ("monthly", "met", "not met")
    assert len(change.windows.split("、")) == 12


@pytest.mark.django_db
def test_what_cannot_be_read_keeps_the_last_good_result() -> None:
    by = CityUserFactory()
    draft = begin_draft("yq", "三十天", rules_of(2), by=by, at=AT)
    bad = rules_of(2)
    bad["rules"][0]["measure"] = {"count": {"lastinj": 2}}
    save_draft(draft, bad, by=by, at=AT, version=None)
    with translation.override("en"):
        side = side_of(RuleDraft.objects.get(), by, AT)
    assert side.wrong == [
        "“rule 1”: there is no word “lastinj” here; is “lasting” meant? There are: activity, class, lasting, modes."
    ]
    assert (side.warnings, side.preview is not None and side.preview.stale) == ([], True)
    unsaved = side_of(RuleDraft.objects.get(), by, AT, data=rules_of(3))
    assert (unsaved.wrong, unsaved.preview is not None and unsaved.preview.stale) == ([], False)


@pytest.mark.django_db
def test_where_nothing_could_ever_be_read_there_is_no_preview() -> None:
    by = CityUserFactory()
    side = side_of(begin_draft("yq", "三十天", {"rules": 1}, by=by, at=AT), by, AT)
    assert (len(side.wrong), side.preview) == (1, None)


def test_a_contradiction_says_its_numbers_and_its_rules() -> None:
    data = rules_of(2)
    data["rules"][1]["must"] = {"least": 30}
    with translation.override("zh-hans"):
        (found,) = warnings_of(read(data))
    assert (found.code, found.level, found.rules) == ("parts_fall_short", "contradiction", ("monthly", "whole"))
    assert found.text == "每期只做到最低要求仍达不到总数：12×2＝24，少于30（规则第1条与第2条）。"
    assert found.places == [("monthly", 1), ("whole", 2)]
    with translation.override("en"):
        (found,) = warnings_of(read(data))
    assert found.text.endswith("24 < 30 (rules 1 and 2).")


def test_a_rule_on_teams_says_what_a_team_is() -> None:
    rule = {"id": "r", "of": {"each": "team"}, "measure": {"days": {}}, "must": {"least": 2}}
    rules = read_rule_set({"code": "x", "rules": [rule, {**rule, "id": "alone", "of": {"each": "doctor"}}]})
    with translation.override("en"):
        found = warnings_of(rules)
    assert [(each.text, each.rules, each.contradicts) for each in found] == [
        ("Rule 1: a team are the doctors who serve the same enterprise in the same batch. "
         "Doctors of several enterprises are not judged as one team.", ("r",), False)
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_preview_takes_less_than_a_third_of_a_second() -> None:
    by = CityUserFactory()
    batch = BatchFactory(rule_set=RuleSetFactory(code="yq", data=rules_of(2)))
    for _number in range(18):
        served = AssignmentFactory(batch=batch, host__batch=batch, status="active")
        for month in Month.between(served.starts_on, served.ends_on):
            first = month.first + timedelta(days=8)
            at = moment(first + timedelta(days=1), 20)
            VisitFactory(
                assignment=served, starts_on=first, ends_on=first + timedelta(days=1), status="confirmed", logged_at=at,
                confirmed_at=at,
            )  # fmt: skip
    draft = begin_draft("yq", "三十天", rules_of(3), by=by, at=AT)
    spent = []
    for _round in range(5):
        began = process_time()
        side = side_of(draft, by, moment(served.ends_on + timedelta(days=90)))
        spent.append(process_time() - began)
    assert side.preview is not None
    assert [len(term.changes) for term in side.preview.terms] == [1, 1, 1]
    assert min(spent) < 0.3
