"""Two sides asked in turn: which cases, how often, and what the tables say of them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import compare, growth
from bench.duel import AGAIN, FEWEST, MOST, Duel, Pair, Probe, ask_again, duel, remarks

# A process that answers as a checkout would: its cases, whether each can be asked, and how long it took.
ANSWERS = """
import json, sys, time
said = json.loads(sys.argv[1])
for line in sys.stdin:
    command = json.loads(line)
    if command["do"] == "cases":
        answer = {"cases": list(said), "missing": ["POST x: there is no row for it"]}
    elif command["do"] == "warm":
        answer = {"ms": [], "queries": said[command["key"]][1], "why": said[command["key"]][2]}
    else:
        answer = {"ms": [said[command["key"]][0] or time.monotonic()], "queries": 0, "why": ""}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "answers.py"
    path.write_text(ANSWERS)
    return path


def probe(script: Path, said: dict[str, Any]) -> Probe:
    return Probe([sys.executable, str(script), json.dumps(said)], script.parent, {})


def ticking(by: float) -> Iterator[float]:
    at = 0.0
    while True:
        yield at
        at += by


def asked(script: Path, first: dict[str, Any], second: dict[str, Any], by: float = 0.01, seconds: float = 60) -> Duel:
    clock = ticking(by)
    with probe(script, first) as one, probe(script, second) as other:
        return duel(one, other, seconds, lambda: next(clock))


def test_what_both_know_is_asked_of_both_and_the_rest_is_named(script: Path) -> None:
    first = {"GET a": [10, 3, ""], "GET b": [5, 1, "404"], "GET old": [1, 1, ""]}
    second = {"GET a": [20, 4, ""], "GET b": [5, 1, "404"], "GET new": [1, 1, ""]}
    found = asked(script, first, second)
    assert [pair.key for pair in found.pairs] == ["GET a", "GET b"]
    pair = found.pairs[0]
    assert (pair.medians, pair.queries, pair.ratio) == ((10, 20), (3, 4), 2)
    assert found.alone == (["GET old"], ["GET new"])
    assert list(remarks(found, ("before", "after"))) == [
        "- NOT MEASURED: POST x: there is no row for it",
        "- only before has: GET old",
        "- only after has: GET new",
        "- not for whoever asked (sent elsewhere, refused, or no page to open): 1",
    ]


def test_only_cases_with_one_of_the_words_are_asked(script: Path) -> None:
    said = {name: [10, 3, ""] for name in ("GET need_list city", "GET home city", "POST login stranger")}
    with probe(script, said) as one, probe(script, said) as other:
        found = duel(one, other, 60, words=["list", "login"])
    assert [pair.key for pair in found.pairs] == ["GET need_list city", "POST login stranger"]


@pytest.mark.parametrize(("by", "times"), [(0.001, MOST), (1.0, FEWEST)])
def test_a_slow_case_is_asked_less_often(script: Path, by: float, times: int) -> None:
    found = asked(script, {"GET a": [10, 3, ""]}, {"GET a": [10, 3, ""]}, by)
    assert (len(found.pairs[0].first), len(found.pairs[0].second)) == (times, times)


def test_who_is_asked_first_changes_each_time(script: Path) -> None:
    tells_the_time = {"GET a": [0, 1, ""]}
    pair = asked(script, tells_the_time, tells_the_time).pairs[0]
    assert [one < other for one, other in zip(pair.first, pair.second, strict=True)][:4] == [True, False, True, False]


@pytest.mark.parametrize(("seconds", "reached", "times"), [(60, 2, (AGAIN, AGAIN)), (0.5, 1, (AGAIN, 0))])
def test_what_seems_slower_is_asked_again_while_there_is_time(
    script: Path, seconds: float, reached: int, times: tuple[int, int]
) -> None:
    cases = {"GET a": [1, 1, ""], "GET b": [1, 1, ""]}
    pairs, clock = [Pair("GET a"), Pair("GET b")], ticking(0.4)
    with probe(script, cases) as one, probe(script, cases) as other:
        assert ask_again(pairs, one, other, seconds, lambda: next(clock)) == reached
    assert (len(pairs[0].second), len(pairs[1].second)) == times


def test_what_the_time_does_not_reach_is_counted(script: Path) -> None:
    cases = {f"GET {number}": [1, 1, ""] for number in range(5)}
    found = asked(script, cases, cases, by=1.0, seconds=6.5)
    assert (len(found.pairs), found.unreached) == (2, 3)
    assert "- NOT REACHED, for want of time: 3" in list(remarks(found, ("before", "after")))


def test_a_page_that_only_one_side_opens_is_no_page_that_is_shut(script: Path) -> None:
    found = asked(script, {"GET a": [1, 1, ""]}, {"GET a": [1, 1, "404"]})
    assert "- NOT MEASURED: GET a: after: 404" in list(remarks(found, ("before", "after")))


def test_a_probe_that_dies_is_named(script: Path) -> None:
    with probe(script, {}) as one, pytest.raises(RuntimeError, match=r"the probe ended \(1\) at"):
        one.ask(do="warm", key="nothing")


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ([10.0, 10.0, 10.0], [20.0, 20.0, 20.0], 2.0),
        ([10.0, 10.0, 10.0], [11.0, 90.0, 90.0], 1.1),  # something else held the second up
        ([10.0, 40.0, 40.0], [10.0, 10.0, 10.0], 1.0),  # … or the first
    ],
)
def test_a_ratio_is_that_of_the_medians_or_of_the_quickest(
    first: list[float], second: list[float], ratio: float
) -> None:
    assert Pair("GET a", first, second).ratio == pytest.approx(ratio)


@pytest.mark.parametrize(
    ("first", "second", "queries", "exponent", "said"),
    [
        (20.0, 80.0, (5, 5), 1.0, "GROWS"),
        (20.0, 40.0, (5, 6), 0.5, "GROWS, QUERIES GROW"),
        (20.0, 39.0, (5, 5), 0.4817, ""),
        (2.0, 8.0, (5, 5), 1.0, ""),  # nobody feels six milliseconds
        (20.0, 20.0, (6, 5), 0.0, ""),
    ],
)
def test_growth_is_said_with_an_exponent(
    first: float, second: float, queries: tuple[int, int], exponent: float, said: str
) -> None:
    pair = Pair("GET a", [first], [second], queries)
    assert growth.exponent(pair) == pytest.approx(exponent, abs=0.001)
    assert growth.mark(pair) == said


def test_the_table_of_growth_begins_with_the_steepest() -> None:
    pairs = [Pair("GET flat", [20.0], [20.0], (3, 3)), Pair("GET steep", [20.0], [80.0], (3, 3))]
    lines = list(growth.table(Duel([*pairs, Pair("GET shut", why=("403", "403"))])))
    assert lines[2:] == [
        "| GET steep | 20 ms, 3 q | 80 ms, 3 q | 1.00 | GROWS |",
        "| GET flat | 20 ms, 3 q | 20 ms, 3 q | 0.00 |  |",
        "",
        "2 pages and forms were measured; 1 of them grow by 0.5 or more.",
        "- not for whoever asked (sent elsewhere, refused, or no page to open): 1",
    ]


@pytest.mark.parametrize(
    ("key", "first", "second", "queries", "said"),
    [
        ("GET a", 20.0, 23.0, (3, 3), "SLOWER"),
        ("GET a", 20.0, 21.9, (3, 3), ""),
        ("GET a", 2.0, 2.9, (3, 4), "more queries"),  # less than a millisecond is chance
        ("Monthly close (s)", 0.50, 0.60, (0, 0), "SLOWER"),
        ("Monthly close: log of changes (MB)", 20.0, 30.0, (0, 0), ""),
    ],
)
def test_what_became_slower_is_marked(
    key: str, first: float, second: float, queries: tuple[int, int], said: str
) -> None:
    assert compare.mark(Pair(key, [first], [second], queries)) == said


def test_the_table_beside_an_older_checkout_counts_what_is_slower() -> None:
    steps = [Pair("Monthly close (s)", [0.5], [0.4])]
    lines = list(compare.table(Duel([Pair("GET a", [20.0], [30.0], (3, 3))]), steps))
    assert lines[2:5] == [
        "| Monthly close (s) | 0.50 | 0.40 | 0.80 × |  |",
        "| GET a | 20 ms, 3 q | 30 ms, 3 q | 1.50 × | SLOWER |",
        "",
    ]
    assert lines[5] == "2 compared; slower than 1.1 ×: 1"
