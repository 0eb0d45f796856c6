"""The table at the end: targets, growing queries, what is missing; and that a run ends within its time."""

import sys
import time
from pathlib import Path

import pytest

from bench import whole
from bench.measure import Figure, heard, number
from bench.report import report, verdict
from bench.size import CITY, PROVINCE
from bench.whole import Sheet


def sheets(city: list[Figure], province: list[Figure]) -> list[Sheet]:
    return [Sheet(CITY, figures=city), Sheet(PROVINCE, figures=province)]


@pytest.mark.parametrize(
    ("value", "text"), [(1234.4, "1,234"), (56.7, "57"), (7.84, "7.8"), (0.123, "0.12"), (0, "0.00"), (20, "20")]
)
def test_numbers_have_the_digits_that_mean_something(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("seconds", "word"), [(60.0, "ok"), (60.1, "MISSED")])
def test_a_target_is_held_against_the_province(seconds: float, word: str) -> None:
    slow_city = Figure("close", "Monthly close", 99, "s")
    assert verdict("close", sheets([slow_city], [Figure("close", "Monthly close", seconds, "s")])) == word
    assert verdict("close", sheets([slow_city], [])) == ""


def test_some_are_judged_by_their_slowest() -> None:
    figure = Figure("shortlist", "Best doctors", 40, "ms", p95=51)
    assert verdict("shortlist", sheets([], [figure])) == "MISSED"


@pytest.mark.parametrize(("queries", "word"), [(4, "ok"), (5, "ok, QUERIES GROW")])
def test_queries_must_not_grow_with_the_rows(queries: int, word: str) -> None:
    few = Figure("behind", "Who is behind", 40, "ms", 60, 4)
    many = Figure("behind", "Who is behind", 400, "ms", 600, queries)
    assert verdict("behind", sheets([few], [many])) == word


def test_the_report_sets_sizes_side_by_side_and_names_what_is_missing() -> None:
    city = [Figure("close", "Monthly close", 1, "s"), Figure("plain_close", "by a loop", 10, "s", note="a sample")]
    two = sheets(city, [])
    two[1].missing["fill"] = "stopped, the time was over"
    lines = list(report(two))
    assert lines[0] == "| | city | province | target | |"
    assert lines[2] == "| Monthly close | 1.0 s | – | ≤ 60 |  |"
    assert "| city | Monthly close | 1.0 s | by a loop (a sample) | 10.0 s | 0.10 × |" in lines
    assert lines[-1] == "- province: NOT MEASURED: fill: stopped, the time was over"


def test_half_a_line_of_a_step_that_was_stopped_is_left_out() -> None:
    whole_line = '{"key": "close", "what": "Monthly close", "value": 1.5, "unit": "s"}'
    assert heard(f"a warning\n{whole_line}\n{whole_line[:-9]}") == [Figure("close", "Monthly close", 1.5, "s")]


@pytest.mark.parametrize(
    ("left", "pace", "share"),
    [(600, 1.0, 1.0), (520, 1.0, 1.0), (365, 1.0, 1.0), (260, 1.0, 0.5), (520, 2.0, 0.5), (1, 9.0, 0.05)],
)
def test_a_province_is_cut_to_the_time_left(left: float, pace: float, share: float) -> None:
    assert whole._share(left, pace) == share
    assert PROVINCE.shrunk(share).visits == int(1_000_000 * share)


def test_a_run_ends_within_its_time_whatever_its_steps_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    endless = tmp_path / "endless"
    endless.write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    endless.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(endless))
    began = time.monotonic()
    done = whole.measure(["city"], 2, lambda line: None)
    assert time.monotonic() - began < 10
    assert done[0].figures == []
    assert done[0].missing["fill"] == "stopped, the time was over"
    assert set(done[0].missing.values()) == {"stopped, the time was over", "no time left"}


def test_a_step_that_fails_is_named_and_the_rest_is_not_tried_on_an_empty_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    done = whole.measure(["city"], 30, lambda line: None)
    assert done[0].missing.pop("fill") == "failed: (it wrote nothing)"
    assert set(done[0].missing.values()) == {"the database was not filled"}
