"""Two versions side by side."""

from copy import deepcopy
from typing import Any

import pytest

import servicerules
from programmes.comparing import Difference, difference
from servicerules import preset_data, preset_names, read_rule_set

DATA: dict[str, Any] = {
    "code": "yq",
    "version": 1,
    "term": {"months": 12},
    "rules": [
        {"id": "monthly", "in": {"every": "month"}, "measure": {"count": {"activity": "visit", "lasting": 2}},
         "must": {"least": 1}, "short": {"exempt_under": 15}, "waivable": "yes"},
        {"id": "whole", "measure": {"days": {}}, "must": {"least": 24}},
        {"id": "advice", "measure": {"hours": {}}, "should": {"least": 8}},
    ],
}  # fmt: skip


def changed(**words: Any) -> dict[str, Any]:
    return {**deepcopy(DATA), **words}


def of(after: dict[str, Any], before: dict[str, Any] = DATA) -> Difference:
    return difference(read_rule_set(before), read_rule_set(after), "zh")


def kinds(found: Difference) -> list[tuple[str, str]]:
    return [(row.rule, row.kind) for row in found.rules]


def marked(row: Any) -> list[tuple[list[str], list[str]]]:
    return [([each.text for each in side if each.marked]) for side in (row.before, row.after)]


def test_the_same_version_differs_in_nothing() -> None:
    found = of(changed(version=2))
    assert (kinds(found), found.parts, found.differs) == (
        [("monthly", "same"), ("whole", "same"), ("advice", "same")], (), 0,
    )  # fmt: skip
    assert not any(each.marked for row in found.rules for each in (*row.before, *row.after))


def test_a_changed_chip_is_marked_and_nothing_else() -> None:
    after = changed()
    after["rules"][0]["measure"]["count"]["lasting"] = 3
    after["rules"][1]["must"]["least"] = 30
    found = of(after)
    assert kinds(found) == [("monthly", "changed"), ("whole", "changed"), ("advice", "same")]
    assert [marked(row) for row in found.rules] == [[["2"], ["3"]], [["24"], ["30"]], [[], []]]
    assert (found.parts, found.differs) == ((), 2)


def test_a_part_of_a_sentence_that_is_gone_is_marked_before_only() -> None:
    after = changed()
    del after["rules"][0]["short"]
    before, now = marked(of(after).rules[0])
    assert ("15" in before, now) == (True, [])


def test_rules_that_are_new_gone_or_renamed() -> None:
    after = changed()
    after["rules"] = [
        {"id": "weekly", "in": {"every": "week"}, "measure": {"count": {}}, "should": {"least": 1}},
        after["rules"][0],
        {**after["rules"][1], "id": "year"},
    ]
    found = of(after)
    assert kinds(found) == [("weekly", "added"), ("monthly", "same"), ("year", "changed"), ("advice", "removed")]
    assert marked(found.rules[2]) == [[], []]  # only its name, which no sentence says
    assert [(bool(row.before), bool(row.after)) for row in found.rules] == [
        (False, True), (True, True), (True, True), (True, False),
    ]  # fmt: skip


def told(found: Difference) -> list[tuple[str, str, str, str]]:
    """Each row of the other parts as texts, what is marked in brackets."""
    return [
        (
            row.part,
            row.kind,
            *("".join(f"[{each.text}]" if each.marked else each.text for each in side) for side in row[2:]),
        )
        for row in found.parts
    ]


def test_the_other_parts_are_compared_as_sentences() -> None:
    before = changed(
        count=[{"activity": "visit", "weight": "0.5", "mode": "online"}], entries={"grace_days": 7},
        indicators=[{"code": "score", "by": "host"}], source={"zh": "旧文件", "en": "old"},
    )  # fmt: skip
    after = changed(
        count=[{"activity": "visit", "weight": "0.6", "mode": "online"}, {"activity": "lecture"}],
        term={"months": 24}, source={"zh": "新文件", "en": "new"},
    )  # fmt: skip
    rows = told(of(after, before))
    assert rows[0] == ("term", "changed", "服务期[12]个月。", "服务期[24]个月。")
    assert [(part, kind) for part, kind, _before, _after in rows] == [
        ("term", "changed"), ("entries", "changed"), ("count", "changed"), ("count", "added"),
        ("indicators", "removed"), ("source", "changed"),
    ]  # fmt: skip
    assert ("[7]天内" in rows[1][2], "[5]天内" in rows[1][3]) == (True, True)
    assert ("每天计[0.5]天" in rows[2][2], "每天计[0.6]天" in rows[2][3]) == (True, True)
    assert rows[3][2:] == ("", "讲座（现场）每天计1天，同一天在多家单位只计一天，接收单位确认后计入。")
    assert rows[4][2:] == ("综合评分由接收单位给定。", "")
    assert rows[5][2:] == ("旧文件", "新文件")


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_the_same_as_itself_and_another_one_than_the_next(name: str) -> None:
    data = preset_data(name)
    assert of(data, data).differs == 0
    others = [each for each in preset_names() if each != name]
    assert of(preset_data(others[0]), data).differs > 0
    assert servicerules.LANGUAGES == ("zh", "en")
