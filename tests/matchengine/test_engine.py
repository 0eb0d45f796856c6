"""Shortlists: who is listed, who is not and why, points and quotes, and that the same input gives the same answer."""

from collections.abc import Sequence
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchengine.ranking import (
    Against,
    DoctorText,
    Earlier,
    Excluded,
    Lexical,
    Line,
    NeedText,
    Posting,
    Shortlist,
    Snapshot,
    Weights,
    WorkText,
)
from matchengine.ranking.shortlists import LEAST_ANSWER

BRICKS = DoctorText(
    1,
    disciplines=("43045",),
    directions="耐火材料抗热震与抗渣侵蚀",
    keywords="镁碳砖；浇注料",
    works=(
        WorkText(
            11, "paper", "低碳镁碳砖的抗热震性与抗渣侵蚀", 2021, "加入纳米炭黑与金属铝粉，改善1600℃下的抗热震性。"
        ),
        WorkText(12, "patent", "一种刚玉尖晶石浇注料及其制备方法", 2022),
    ),
    fields=("30",),
    days_a_month=3,
    places_left=2,
)
GAS = DoctorText(
    2,
    disciplines=("44030",),
    directions="煤矿瓦斯抽采",
    works=(WorkText(21, "paper", "低透气性煤层水力压裂增透瓦斯抽采", 2020),),
    places_left=1,
)
METHANOL = DoctorText(
    3,
    disciplines=("53017",),
    directions="煤化工催化",
    works=(WorkText(31, "paper", "焦炉煤气制甲醇铜基催化剂的失活", 2019, "硫与氯使铜锌铝催化剂失活，提出再生工艺。"),),
    days_a_month=2,
    places_left=3,
)
TOMATO = DoctorText(
    4,
    disciplines=("21030",),
    directions="设施蔬菜栽培",
    works=(WorkText(41, "project", "日光温室番茄连作障碍防控", 2023),),
    fields=("农业",),
    days_a_month=4,
    places_left=2,
)
WATER = DoctorText(5, directions="焦化废水深度处理", keywords="膜 浓盐水", days_a_month=4, places_left=2)
DOCTORS = (BRICKS, GAS, METHANOL, TOMATO, WATER)
SNAPSHOT = Snapshot.build(DOCTORS)
ENGINE = Lexical()
NAMED = ("lexical", "2.2+w0")

BRICK_NEED = NeedText(
    101,
    "镁碳砖抗热震性差",
    problem="需求内容：钢包渣线用镁碳砖在1600℃下抗热震性不足，渣侵蚀严重，寿命仅60炉。",
    target="预期目标：寿命达到90炉",
    disciplines=("430",),
    fields=("C30",),
)


def ids(answer: Shortlist) -> list[int]:
    return [line.doctor_id for line in answer.lines]


def points(line: Line) -> dict[str, float]:
    return {one.factor: one.points for one in line.points}


def ask(need: NeedText, doctors: Sequence[DoctorText] = DOCTORS, limit: int = 10) -> Shortlist:
    return ENGINE.shortlist(Snapshot.build(doctors), need, limit=limit)


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("镁碳砖抗热震性差", 1),
        ("煤层瓦斯抽采浓度低", 2),
        ("焦炉煤气制甲醇催化剂失活快", 3),
        ("溫室番茄連作障礙", 4),
        ("焦化(huà)廢水浓盐水减量", 5),
    ],
)
def test_the_fitting_doctor_stands_first(title: str, first: int) -> None:
    answer = ask(NeedText(1, title))
    assert ids(answer)[0] == first
    assert answer.lines[0].strength == "strong"


def test_a_line_says_what_it_earned_and_why() -> None:
    (line,) = ENGINE.shortlist(SNAPSHOT, BRICK_NEED).lines
    assert (line.doctor_id, line.strength, line.unknown, line.against) == (
        1,
        "strong",
        ("need_place", "doctor_place"),
        (),
    )
    assert [one.factor for one in line.points] == list(Weights())
    assert sum(one.most for one in line.points) == 100
    assert (points(line)["discipline"], points(line)["field"], points(line)["availability"]) == (7.2, 9.0, 4.0)
    assert line.score == round(sum(points(line).values()), 2)
    best = line.quotes[0]
    assert best.work_id == 11
    assert best.terms[0] == "抗热震性"
    assert best.need_fragment in BRICK_NEED.problem
    assert best.fragment in (BRICKS.works[0].title, BRICKS.works[0].abstract.rstrip("。")[-len(best.fragment) :])
    assert 0 < best.weight <= 1
    assert None in {quote.work_id for quote in line.quotes}


def test_without_evidence_nobody_is_listed() -> None:
    answer = ask(NeedText(1, "啤酒瓶贴标机速度", disciplines=("43045",), fields=("30",)))
    assert (answer.lines, answer.excluded, answer.why) == ((), (), "no_match")


def test_a_figure_or_a_commonplace_in_common_is_no_evidence() -> None:
    answer = ask(NeedText(1, "窑炉技术研究与开发", problem="温度1600℃，提高产品质量"))
    assert answer.why == "no_match"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "too_short"),
        ("砖", "too_short"),
        ("，。！？…", "too_short"),
        ("123 456", "too_short"),
        ("💥🔥😀", "too_short"),
        ("技术研究", "too_short"),
        ("\ud800\u200b", "too_short"),
        ("需求内容：", "too_short"),
    ],
)
def test_too_little_said(text: str, why: str) -> None:
    assert ask(NeedText(7, text, problem=text)) == Shortlist(7, (), (), why, NAMED)


def test_no_doctors() -> None:
    assert ask(BRICK_NEED, []).why == "no_doctors"
    assert ask(BRICK_NEED, [DoctorText(9)]).why == "no_match"


def test_a_need_of_any_length_is_answered() -> None:
    long = "镁碳砖的抗热震性不足，" * 10_000
    assert ids(ask(NeedText(1, "镁碳砖", problem=long)))[0] == 1
    assert ids(ask(NeedText(1, long, target="\n" * 100_000)))[0] == 1


@pytest.mark.parametrize(
    ("need", "doctor", "excluded"),
    [
        ({}, {"available": False}, Excluded(1, "unavailable")),
        ({}, {"places_left": 0}, Excluded(1, "full")),
        ({"conflicts": frozenset({7, 1})}, {}, Excluded(1, "conflict")),
        ({"forbidden": frozenset({1})}, {}, Excluded(1, "forbidden")),
        (
            {},
            {"other_postings": (Posting("科技特派员", excludes=True),)},
            Excluded(1, "posting", (("name", "科技特派员"),)),
        ),
        ({"disciplines": ("440",), "discipline_required": True}, {}, Excluded(1, "discipline")),
        ({"discipline_required": True}, {"disciplines": ()}, Excluded(1, "discipline")),
        (
            {"place": (38.0, 113.0), "most_km": 100},
            {"place": (39.0, 113.0)},
            Excluded(1, "distance", (("km", 111), ("most", 100))),
        ),
        (
            {"place": (38.0, 113.0)},
            {"place": (39.0, 113.0), "most_km": 90},
            Excluded(1, "travel", (("km", 111), ("most", 90))),
        ),
        ({"min_days": 4}, {}, Excluded(1, "days", (("asked", 4), ("given", 3)))),
    ],
)
def test_hard_limits_keep_out_and_say_so(
    need: dict[str, object], doctor: dict[str, object], excluded: Excluded
) -> None:
    answer = ask(replace(BRICK_NEED, **need), [replace(BRICKS, **doctor)])  # type: ignore[arg-type]
    assert (answer.lines, answer.excluded, answer.why) == ((), (excluded,), "all_excluded")


@pytest.mark.parametrize(
    ("need", "doctor"),
    [
        ({"conflicts": frozenset({7})}, {}),
        ({"disciplines": ("43045",), "discipline_required": True}, {"disciplines": ("430",)}),
        ({"disciplines": (), "discipline_required": True}, {"disciplines": ()}),
        ({"place": (38.0, 113.0), "most_km": 100}, {}),
        ({"most_km": 100}, {"place": (39.0, 113.0), "most_km": 1}),
        ({"place": (38.0, 113.0), "most_km": 112}, {"place": (39.0, 113.0), "most_km": 112}),
        ({"min_days": 3}, {}),
        ({"min_days": 9}, {"days_a_month": None}),
        ({}, {"places_left": None}),
    ],
)
def test_what_is_not_against_a_limit_is_listed(need: dict[str, object], doctor: dict[str, object]) -> None:
    assert ids(ask(replace(BRICK_NEED, **need), [replace(BRICKS, **doctor)])) == [1]  # type: ignore[arg-type]


def test_an_excluded_doctor_makes_room_for_the_next() -> None:
    full = [replace(BRICKS, id=number, places_left=0) for number in range(10, 90)]
    answer = ask(BRICK_NEED, [*full, BRICKS], limit=1)
    assert ids(answer) == [1]
    assert {one.code for one in answer.excluded} <= {"full"}


def test_unknown_earns_nothing_and_is_named() -> None:
    bare = replace(BRICKS, disciplines=(), works=(), fields=(), days_a_month=None, places_left=None)
    (line,) = ask(replace(BRICK_NEED, disciplines=()), [bare]).lines
    assert line.unknown == (
        "need_discipline",
        "doctor_discipline",
        "doctor_field",
        "works",
        "days",
        "places",
        "need_place",
        "doctor_place",
    )
    assert points(line) == dict.fromkeys(Weights(), 0) | {"topic": line.score}


def test_who_serves_the_enterprise_already_is_not_offered_to_it_again() -> None:
    answer = ask(replace(BRICK_NEED, served_by=frozenset({BRICKS.id})), [BRICKS])
    assert (answer.lines, answer.excluded, answer.why) == ((), (Excluded(BRICKS.id, "serves"),), "all_excluded")


def test_one_place_and_nobody_served_is_not_nearly_full() -> None:
    (line,) = ask(BRICK_NEED, [replace(BRICKS, places_left=1)]).lines
    assert line.against == ()


def test_what_speaks_against_is_named() -> None:
    busy = replace(BRICKS, places_left=1, places_taken=1, other_postings=(Posting("科技特派员"),))
    (line,) = ask(BRICK_NEED, [busy]).lines
    assert line.against == (
        Against("other_posting", (("name", "科技特派员"),)),
        Against("nearly_full", (("places", 1),)),
    )


@pytest.mark.parametrize(
    ("asked", "given", "earned"),
    [
        ("43045", "43045", 9.0),
        ("430.45", "43045", 9.0),
        ("430", "43045", 7.2),
        ("43045", "43050", 4.5),
        ("43045", "44030", 0.0),
        ("材料科学", "材料科学", 9.0),
        ("材料科学", "材料科学与工程", 7.2),
    ],
)
def test_discipline(asked: str, given: str, earned: float) -> None:
    (line,) = ask(replace(BRICK_NEED, disciplines=(asked,)), [replace(BRICKS, disciplines=(given,))]).lines
    assert points(line)["discipline"] == earned


@pytest.mark.parametrize(
    ("asked", "given", "earned"),
    [
        ("C30", "30", 9.0),
        ("C3089", "30", 7.2),
        ("3089", "3081", 4.5),
        ("C", "B", 0.0),
        ("C", "C30", 7.2),
        ("新材料及应用", "新材料", 7.2),
        ("新能源与高效节能", "資源與環境", 0.0),
        ("煤炭清洁利用", "煤炭深加工", 4.5),
    ],
)
def test_field(asked: str, given: str, earned: float) -> None:
    (line,) = ask(replace(BRICK_NEED, fields=(asked,)), [replace(BRICKS, fields=(given,))]).lines
    assert points(line)["field"] == earned


def test_more_works_on_the_topic_prove_more() -> None:
    twice = replace(BRICKS, id=2, works=(BRICKS.works[0], replace(BRICKS.works[0], id=13)))
    once = replace(BRICKS, works=BRICKS.works[:1])
    earned = {line.doctor_id: points(line)["works"] for line in ask(BRICK_NEED, [once, twice]).lines}
    assert earned[2] > earned[1] > 0


def test_equal_doctors_stand_by_id_and_the_limit_holds() -> None:
    equal = [replace(BRICKS, id=number) for number in (9, 3, 7, 5)]
    assert ids(ask(BRICK_NEED, equal)) == [3, 5, 7, 9]
    assert ids(ask(BRICK_NEED, equal, limit=2)) == [3, 5]
    with pytest.raises(ValueError, match="at least one"):
        ENGINE.shortlist(SNAPSHOT, BRICK_NEED, limit=0)


def test_titles_honours_name_and_university_cannot_be_said() -> None:
    said = {field.name for field in fields(DoctorText)} | {field.name for field in fields(WorkText)}
    assert said.isdisjoint({"name", "title_held", "rank", "honours", "hats", "university", "college", "degree"})


def test_near_earns_more_than_far_and_far_is_said() -> None:
    here = replace(BRICK_NEED, place=(38.0, 113.0))
    near, far = replace(BRICKS, place=(38.1, 113.0)), replace(BRICKS, id=2, place=(40.0, 113.0))
    first, second = ask(here, [near, far]).lines
    assert (first.doctor_id, points(first)["distance"], first.against) == (1, 2.68, ())
    assert (second.doctor_id, points(second)["distance"], second.against) == (
        2,
        0.32,
        (Against("far", (("km", 222),)),),
    )


def test_service_that_ended_well_earns_and_a_stopped_one_is_said() -> None:
    earlier = (Earlier(1, "field", True), Earlier(2, "enterprise", True), Earlier(3, "enterprise", False))
    pool = [replace(BRICKS, id=number) for number in (1, 2, 3, 4)]
    lines = {line.doctor_id: line for line in ask(replace(BRICK_NEED, earlier=earlier), pool).lines}
    assert {number: points(line)["earlier"] for number, line in lines.items()} == {1: 1.8, 2: 3.0, 3: 0.0, 4: 0.0}
    assert {number: line.against for number, line in lines.items() if line.against} == {
        3: (Against("stopped_before", (("times", 1),)),)
    }


def test_other_weights_give_other_points_and_another_version() -> None:
    heavy = Lexical(Weights.of(dict(Weights()) | {"topic": 40.0, "works": 32.0}, 3))
    (line,) = heavy.shortlist(SNAPSHOT, BRICK_NEED).lines
    (usual,) = ENGINE.shortlist(SNAPSHOT, BRICK_NEED).lines
    assert heavy.version == "2.2+w3"
    assert [one.most for one in line.points] == [40, 32, 9, 9, 4, 3, 3]
    assert points(line)["topic"] == pytest.approx(points(usual)["topic"] * 40 / 60, abs=0.01)


def test_one_word_found_is_no_strong_match() -> None:
    (line, *_rest) = ask(NeedText(1, "甲醇"), [METHANOL]).lines
    assert line.strength == "fair"


def test_the_best_of_many_needs_are_the_heads_of_their_shortlists() -> None:
    needs = [BRICK_NEED, NeedText(5, "煤层瓦斯抽采浓度低"), NeedText(6, ""), NeedText(7, "啤酒瓶贴标机速度")]
    found = list(ENGINE.best(SNAPSHOT, needs, limit=3))
    assert found == [
        [(line.doctor_id, line.score) for line in ENGINE.shortlist(SNAPSHOT, need, limit=3).lines] for need in needs
    ]


PHRASES = st.sampled_from(
    [
        "镁碳砖",
        "抗热震性",
        "瓦斯抽采",
        "煤层",
        "甲醇催化剂",
        "失活",
        "番茄",
        "连作障碍",
        "焦化废水",
        "技术研究",
        "1600℃",
        "，",
        "的",
        "💥",
    ]
)
TEXTS = st.lists(PHRASES, max_size=6).map("".join)


@st.composite
def doctors(draw: st.DrawFn) -> list[DoctorText]:
    return [
        DoctorText(
            number,
            directions=draw(TEXTS),
            works=tuple(
                WorkText(at, "paper", draw(TEXTS), abstract=draw(TEXTS)) for at in range(draw(st.integers(0, 2)))
            ),
            places_left=draw(st.sampled_from([None, 0, 1, 3])),
            days_a_month=draw(st.sampled_from([None, 0, 2, 5])),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


@settings(max_examples=80)
@given(doctors(), TEXTS, TEXTS)
def test_what_holds_for_every_shortlist(pool: list[DoctorText], title: str, problem: str) -> None:
    need = NeedText(1, title, problem=problem)
    answer = ask(need, pool)
    assert answer == ask(need, pool[::-1])
    assert [(line.score, -line.doctor_id) for line in answer.lines] == sorted(
        ((line.score, -line.doctor_id) for line in answer.lines), reverse=True
    )
    listed = {line.doctor_id for line in answer.lines}
    assert listed.isdisjoint({one.doctor_id for one in answer.excluded})
    assert all(pool[number].places_left != 0 for number in listed)
    assert bool(answer.why) == (not answer.lines)
    for line in answer.lines:
        assert 0 < line.score <= 100
        assert all(0 <= one.points <= one.most for one in line.points)
        assert len(line.quotes) + sum(one.points > 0 for one in line.points) >= 2
        for quote in line.quotes:
            assert quote.terms
            assert 0 < quote.weight <= 1
            assert quote.need_fragment in need.title + need.problem
            written = {work.id: work.title + "\n" + work.abstract for work in pool[line.doctor_id].works}
            assert quote.fragment in written.get(quote.work_id, pool[line.doctor_id].directions)  # type: ignore[arg-type]


def test_a_list_ends_where_the_evidence_ends() -> None:
    """A doctor who shares one common word with the need is not listed beside those who answer it."""
    need = NeedText(102, "热风炉用低蠕变高铝砖配方", problem="高铝砖蠕变大，热风炉拱顶下沉。要求提高荷重软化温度。")
    fitting = DoctorText(1, directions="高铝砖蠕变", works=(WorkText(11, "paper", "低蠕变高铝砖的配方与荷重软化"),))
    sheep = DoctorText(
        2,
        directions="肉羊营养",
        works=(WorkText(21, "paper", "育肥羊日粮配方的优化与饲养环境调控研究进展以及生长性能"),),
    )
    snapshot = Snapshot.build((fitting, sheep))
    answers = dict(ENGINE.ranked(snapshot, need, limit=10))
    assert (sorted(answers), 0.01 < answers[2] < LEAST_ANSWER) == ([1, 2], True)
    listed = ENGINE.shortlist(snapshot, need)
    assert ([line.doctor_id for line in listed.lines], listed.excluded, listed.why) == ([1], (), "")
    assert list(ENGINE.best(snapshot, [need], limit=10)) == [[(1, listed.lines[0].score)]]
    # Where nobody answers better, a low answer is the best there is: listed, and called weak.
    alone = ENGINE.shortlist(Snapshot.build((sheep,)), need)
    assert [(line.doctor_id, line.strength) for line in alone.lines] == [(2, "weak")]
