"""How well papers are ordered: by hand, against a plain count over all pairs, and in files that are wrong."""

import csv
import json
import math
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchengine.evaluation.gold import SAMPLES, Gold, Paper, Researcher, measure, read

FIELDS = ["ParticipantID", *(f"Paper{at}" for at in range(1, 11)), *(f"Expertise{at}" for at in range(1, 11))]
RATINGS = {"ann": {"brick": 5.0, "wheat": 1.0, "glaze": 4.0}, "bo": {"wheat": 4.5, "brick": 2.0}}
NEEDS = {
    "brick": {"title": "Bricks for ladles", "abstract": "Thermal shock.", "year": 2020},
    "wheat": {"title": "Wheat in dry springs", "abstract": None},
    "glaze": {"title": "Glaze that holds", "abstract": "Shock of cold water."},
}
WORKS = {
    "kiln": {"title": "Kiln shock", "abstract": "Thermal bricks."},
    "field": {"title": "Spring wheat", "abstract": ""},
}
ARCHIVES = {name: {"ann": ["kiln"], "bo": ["field"], "cy": []} for name in SAMPLES}


def write(folder: Path, ratings: dict[str, dict[str, float]] = RATINGS, **changed: Any) -> Path:
    with (folder / "evaluations.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, FIELDS, delimiter="\t")
        rows.writeheader()
        for researcher, rated in ratings.items():
            row: dict[str, object] = {"ParticipantID": researcher}
            for at, (paper, rating) in enumerate(rated.items(), 1):
                row |= {f"Paper{at}": paper, f"Expertise{at}": rating}
            rows.writerow(row)
    data = {"submissions": NEEDS, "archive_papers": WORKS, "archives": ARCHIVES} | changed
    (folder / "gold_compact.json").write_text(json.dumps(data), encoding="utf-8")
    return folder


def shared(title: str, abstract: str, researchers: tuple[Researcher, ...]) -> list[float]:
    """How many words of the paper the researcher's papers have."""
    words = set(f"{title} {abstract}".lower().replace(".", "").split())
    return [
        float(sum(word in f"{paper.title} {paper.abstract}".lower() for paper in one.papers for word in words))
        for one in researchers
    ]


def test_read(tmp_path: Path) -> None:
    gold = read(write(tmp_path))
    assert gold.ratings == RATINGS
    assert gold.needs["wheat"] == Paper("Wheat in dry springs", "")
    samples = list(gold.researchers())
    kiln, field = Paper("Kiln shock", "Thermal bricks."), Paper("Spring wheat", "")
    assert samples == [(Researcher("ann", (kiln,)), Researcher("bo", (field,)))] * 10


def test_measured_by_hand(tmp_path: Path) -> None:
    """Ann's scores: brick 3 (thermal, shock, bricks), wheat 0, glaze 1; Bo's: wheat 1, the rest 0."""
    report = measure(read(write(tmp_path)), shared)
    assert (report.loss, report.easy, report.hard) == (0.0, 1.0, 1.0)
    assert (report.interval, report.losses) == ((0.0, 0.0), (0.0,) * 10)
    assert (report.researchers, report.needs, report.pairs) == (2, 3, 4)


def test_ties_cost_half_and_are_not_right(tmp_path: Path) -> None:
    report = measure(read(write(tmp_path)), lambda title, abstract, researchers: [0.0] * len(researchers))
    assert (report.loss, report.easy, report.hard) == (0.5, 0.0, 0.0)


def test_worst_order(tmp_path: Path) -> None:
    def backwards(title: str, abstract: str, researchers: tuple[Researcher, ...]) -> list[float]:
        return [-points for points in shared(title, abstract, researchers)]

    report = measure(read(write(tmp_path)), backwards)
    assert (report.loss, report.easy, report.hard) == (1.0, 0.0, 0.0)


def test_figures_are_means_of_the_samples(tmp_path: Path) -> None:
    """In the first sample Ann is shown by nothing: all her papers tie, 8 of the 10.5 points of difference are hers."""
    archives = ARCHIVES | {SAMPLES[0]: {"ann": [], "bo": ["field"]}}
    report = measure(read(write(tmp_path, archives=archives)), shared)
    assert report.losses == (pytest.approx(4 / 10.5), *[0.0] * 9)
    assert report.loss == pytest.approx(0.4 / 10.5)
    assert report.easy == pytest.approx((1 / 3 + 9) / 10)
    assert report.hard == pytest.approx(0.9)


def test_one_sample_after_the_other_with_the_same_researchers(tmp_path: Path) -> None:
    asked: list[tuple[str, int]] = []
    kept: list[tuple[Researcher, ...]] = []

    def score(title: str, abstract: str, researchers: tuple[Researcher, ...]) -> list[float]:
        if not kept or kept[-1] is not researchers:
            kept.append(researchers)
        asked.append((title, len(kept)))
        return [0.0] * len(researchers)

    measure(read(write(tmp_path)), score)
    titles = ["Bricks for ladles", "Glaze that holds", "Wheat in dry springs"]
    assert asked == [(title, at) for at in range(1, 11) for title in titles]


def test_no_hard_pair(tmp_path: Path) -> None:
    report = measure(read(write(tmp_path, {"bo": RATINGS["bo"]})), shared)
    assert report.easy == 1.0
    assert math.isnan(report.hard)


GRID = {
    "one": {"a": 5.0, "b": 4.0, "c": 4.0, "d": 2.0, "e": 1.5},
    "two": {"a": 1.0, "c": 4.25, "e": 4.75},
    "three": {"b": 3.0},
}


@given(st.lists(st.integers(0, 3), min_size=15, max_size=15))
def test_as_a_plain_count_over_all_pairs(points: list[int]) -> None:
    table = {paper: points[at * 3 : at * 3 + 3] for at, paper in enumerate("abcde")}
    shown: tuple[dict[str, Sequence[str]], ...] = (dict.fromkeys(GRID, ()),)
    gold = Gold(GRID, {paper: Paper(paper, "") for paper in table}, {}, shown)
    report = measure(gold, lambda title, abstract, researchers: [float(each) for each in table[title]])
    cost = largest = 0.0
    right: dict[str, list[bool]] = {"easy": [], "hard": []}
    for at, rated in enumerate(GRID.values()):
        for one, two in combinations(rated, 2):
            apart, lead = rated[one] - rated[two], table[one][at] - table[two][at]
            largest += abs(apart)
            cost += abs(apart) if apart * lead < 0 else abs(apart) / 2 if lead == 0 else 0
            high, low = max(rated[one], rated[two]), min(rated[one], rated[two])
            if apart and high >= 4 and low <= 2:
                right["easy"].append(apart * lead > 0)
            if apart and low >= 4:
                right["hard"].append(apart * lead > 0)
    assert report.loss == pytest.approx(cost / largest)
    assert report.easy == pytest.approx(sum(right["easy"]) / len(right["easy"]))
    assert report.hard == pytest.approx(sum(right["hard"]) / len(right["hard"]))
    assert report.interval[0] <= report.loss + 1e-9
    assert report.interval[1] >= report.loss - 1e-9


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"submissions": {"brick": NEEDS["brick"], "glaze": NEEDS["glaze"]}}, "papers it does not hold: wheat"),
        ({"archive_papers": {}}, "papers it does not hold: field, kiln"),
        ({"archives": {}}, "not in the format"),
        ({"archives": {name: {"ann": []} for name in SAMPLES}}, "not in the format"),
        ({"submissions": []}, "not in the format"),
        ({"submissions": {"brick": "text"}}, "not in the format"),
    ],
)
def test_files_that_do_not_fit(tmp_path: Path, changed: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read(write(tmp_path, **changed))


def test_files_that_are_not_there_or_no_data(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path)
    write(tmp_path)
    (tmp_path / "gold_compact.json").write_text("{")
    with pytest.raises(ValueError, match="Expecting"):
        read(tmp_path)
    write(tmp_path)
    (tmp_path / "evaluations.csv").write_text("Name,Paper\nann,brick\n")
    with pytest.raises(ValueError, match="not in the format"):
        read(tmp_path)


@pytest.mark.parametrize("scores", [[], [1.0], [1.0, math.nan], [1.0, math.inf]])
def test_scores_that_are_not_one_number_each(tmp_path: Path, scores: list[float]) -> None:
    with pytest.raises(ValueError, match="2 finite scores expected"):
        measure(read(write(tmp_path)), lambda title, abstract, researchers: scores)


@pytest.mark.parametrize("ratings", [{}, {"ann": {"brick": 5.0}}, {"ann": {"brick": 3.0, "wheat": 3.0}}])
def test_nothing_to_order(tmp_path: Path, ratings: dict[str, dict[str, float]]) -> None:
    with pytest.raises(ValueError, match="no researcher rated two papers differently"):
        measure(read(write(tmp_path, ratings)), shared)
