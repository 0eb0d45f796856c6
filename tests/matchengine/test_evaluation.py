"""Measures of rankings by hand and against their definition, folders that are wrong, and how the engine ranks the
project's own small set: twelve invented needs, thirty invented experts, levels given by hand.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchengine.encoders import EncoderDown, Floats, UnusableEncoder
from matchengine.evaluation import gold
from matchengine.evaluation.labelled import AskedNeed, BadData, Expert, Labelled, read
from matchengine.evaluation.measures import Figures, by_score, counts, figures_of, intervals, judged_only, mean
from matchengine.evaluation.trial import Bench, Measured, measure, measure_english
from matchengine.ranking import DoctorText, Lexical, NeedText, Snapshot, WorkText

WRITTEN = Path(__file__).parent.parent / "data" / "matching"


def rounded(figures: Figures) -> tuple[float, ...]:
    return tuple(round(value, 4) for value in astuple(figures))


# -- Measures ----------------------------------------------------------------------------------------------------------


def test_ties_stand_by_id() -> None:
    assert by_score({"b": 1.0, "c": 2.0, "a": 1.0}) == ["c", "a", "b"]


def test_judged_only_keeps_the_order_and_adds_the_rest_by_id() -> None:
    assert judged_only(["x", "c", "y", "a"], {"d": 1, "a": 4, "b": 2, "c": 1}) == ["c", "a", "b", "d"]


def test_figures_by_hand() -> None:
    """Gains 0, 7, 0 (not graded), 3, 1 at ranks 1 to 5; the best order would be 7, 3, 1."""
    levels = {"a": 4, "b": 3, "c": 2, "d": 1, "far": 3}
    figures = figures_of(["d", "a", "none", "b", "c"], levels)
    gained = 7 / math.log2(3) + 3 / math.log2(5) + 1 / math.log2(6)
    best = 7 + 3 / math.log2(3) + 3 / 2 + 1 / math.log2(5)
    assert astuple(figures) == pytest.approx((gained / best, 2 / 3, 2 / 3, 1 / 2, 2 / 5), abs=1e-12)


def test_figures_look_at_ten_fifty_and_five() -> None:
    order = [f"e{at:02}" for at in range(60)]
    levels = {"e05": 3, "e10": 4, "e49": 3, "e50": 4}
    figures = figures_of(order, levels)
    assert astuple(figures)[1:] == (1 / 4, 3 / 4, 1 / 6, 0.0)
    gained = 3 / math.log2(7)
    assert figures.ndcg10 == pytest.approx(gained / (7 + 7 / math.log2(3) + 3 / 2 + 3 / math.log2(5)))


def test_nothing_found() -> None:
    assert figures_of([], {"a": 3}) == Figures(0.0, 0.0, 0.0, 0.0, 0.0)
    assert figures_of(["b"], {"a": 3, "b": 2}).mrr == 0.0


def test_a_need_without_a_relevant_expert_is_not_measured() -> None:
    assert [counts({"a": level}) for level in (1, 2, 3, 4)] == [False, False, True, True]
    with pytest.raises(ValueError, match="cannot be measured"):
        figures_of(["a"], {"a": 2})
    for function in (mean, intervals):
        with pytest.raises(ValueError, match="there is no need"):
            function([])


def test_mean_and_intervals() -> None:
    low, high = Figures(0.0, 0.5, 0.5, 0.25, 0.2), Figures(1.0, 0.5, 1.0, 0.75, 0.2)
    assert mean([low, high]) == Figures(0.5, 0.5, 0.75, 0.5, 0.2)
    found = intervals([low, high])
    assert found["ndcg10"] == (0.0, 1.0)
    assert found["recall10"] == (0.5, 0.5)
    assert found["mrr"] == (0.25, 0.75)
    assert intervals([low, high]) == found


@given(
    st.permutations([f"e{at:02}" for at in range(14)]),
    st.dictionaries(st.sampled_from([f"e{at:02}" for at in range(16)]), st.integers(1, 4), min_size=1),
)
def test_the_best_order_is_one_and_no_order_is_better(order: list[str], levels: dict[str, int]) -> None:
    if not counts(levels):
        return
    ideal = sorted(levels, key=lambda expert: -levels[expert])
    assert figures_of(ideal, levels).ndcg10 == pytest.approx(1.0)
    assert figures_of(ideal, levels).mrr == 1.0
    assert all(0 <= value <= 1 + 1e-12 for value in astuple(figures_of(order, levels)))
    assert set(judged_only(order, levels)) == set(levels)


# -- Folders -----------------------------------------------------------------------------------------------------------

GOOD = {
    "needs.jsonl": '{"id": "n1", "title": "砖", "text": ""}\n\n{"id": "n2", "title": "", "text": "煤"}\n',
    "experts.jsonl": '{"id": "e1", "texts": []}\n{"id": "e2", "texts": ["砖", "煤"]}\n',
    "qrels.tsv": "need_id\texpert_id\tlevel\nn1\te2\t3\tvotes\n",
}


def write(folder: Path, **changed: str | bytes | None) -> Path:
    files: dict[str, str | bytes | None] = {**GOOD, **{name.replace("_", "."): text for name, text in changed.items()}}
    for name, text in files.items():
        if text is not None:
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_read(tmp_path: Path) -> None:
    data = read(write(tmp_path))
    assert data == Labelled(
        (AskedNeed("n1", "砖", ""), AskedNeed("n2", "", "煤")),
        (Expert("e1", ()), Expert("e2", ("砖", "煤"))),
        {"n1": {"e2": 3}},
    )
    assert not data.graded


def test_levels_tell_pairs_apart(tmp_path: Path) -> None:
    grades = b"\xef\xbb\xbfa\tb\tc\r\nn1\te2\t3\r\nn2\te2\t1\r\n"
    data = read(write(tmp_path, qrels_tsv=grades))
    assert data.graded
    assert data.levels == {"n1": {"e2": 3}, "n2": {"e2": 1}}


@pytest.mark.parametrize(
    ("changed", "code", "file", "line"),
    [
        ({"needs_jsonl": None}, "missing", "needs.jsonl", 0),
        ({"experts_jsonl": None}, "missing", "experts.jsonl", 0),
        ({"qrels_tsv": None}, "missing", "qrels.tsv", 0),
        ({"needs_jsonl": '{"id": "n1", "title": "砖", "text": ""}\n{'}, "broken", "needs.jsonl", 2),
        ({"needs_jsonl": '{"id": "n1", "title": "砖"}'}, "broken", "needs.jsonl", 1),
        ({"needs_jsonl": '{"id": 1, "title": "砖", "text": ""}'}, "broken", "needs.jsonl", 1),
        ({"needs_jsonl": "[1]"}, "broken", "needs.jsonl", 1),
        ({"needs_jsonl": "[" * 100_000}, "broken", "needs.jsonl", 1),
        ({"needs_jsonl": b"\n\xff\xfe"}, "broken", "needs.jsonl", 2),
        ({"experts_jsonl": '{"id": "e2", "texts": "砖"}'}, "broken", "experts.jsonl", 1),
        ({"experts_jsonl": '{"id": "e2", "texts": [1]}'}, "broken", "experts.jsonl", 1),
        ({"experts_jsonl": '{"id": "e2", "texts": []}\n' * 2}, "twice", "experts.jsonl", 2),
        ({"experts_jsonl": "\n \n"}, "empty", "experts.jsonl", 0),
        ({"needs_jsonl": ""}, "empty", "needs.jsonl", 0),
        ({"qrels_tsv": "need\texpert\tlevel\n"}, "empty", "qrels.tsv", 0),
        ({"qrels_tsv": "h\nn1\te2\n"}, "broken", "qrels.tsv", 2),
        ({"qrels_tsv": "h\nn1\te2\tgood\n"}, "broken", "qrels.tsv", 2),
        ({"qrels_tsv": "h\nn1\te2\t3\nn1\te1\t5\n"}, "broken", "qrels.tsv", 3),
        ({"qrels_tsv": "h\nn9\te2\t3\n"}, "unknown", "qrels.tsv", 2),
        ({"qrels_tsv": "h\nn1\te9\t3\n"}, "unknown", "qrels.tsv", 2),
        ({"qrels_tsv": "h\nn1\te2\t2\n"}, "nothing", "qrels.tsv", 0),
    ],
)
def test_folders_that_are_wrong(
    tmp_path: Path, changed: dict[str, str | bytes | None], code: str, file: str, line: int
) -> None:
    with pytest.raises(BadData) as caught:
        read(write(tmp_path, **changed))
    assert (caught.value.code, caught.value.file, caught.value.line) == (code, file, line)
    assert str(tmp_path) not in str(caught.value)


# -- The engine on the project's own set -------------------------------------------------------------------------------


def test_written_set() -> None:
    """To four digits, so that every change of the ranking is seen."""
    data = read(WRITTEN)
    assert (len(data.needs), len(data.experts), sum(map(len, data.levels.values()))) == (12, 30, 49)
    trial = measure(Lexical(), data)
    assert rounded(trial.full.figures) == (0.9086, 0.9583, 0.9583, 1.0, 0.3167)
    assert trial.judged is not None
    assert rounded(trial.judged.figures) == (0.9776, 1.0, 1.0, 1.0, 0.3333)
    assert tuple(round(bound, 4) for bound in trial.full.interval["ndcg10"]) == (0.8593, 0.9503)
    assert (trial.needs, trial.counted, trial.experts) == (12, 12, 30)


def test_written_set_in_order() -> None:
    """Who stands first; and that traditional characters, pronunciation, HTML and English hide nobody."""
    data = read(WRITTEN)
    bench = Bench(Lexical(), data.experts)
    firsts = [" ".join(by_score(bench.ranking(need))[:2]) for need in data.needs]
    assert firsts == [
        "e01 e02",
        "e04 e05",
        "e08 e07",
        "e09 e11",
        "e12",
        "e16 e15",
        "e18",
        "e19 e18",
        "e22 e21",
        "e25 e13",
        "e27 e12",
        "e29",
    ]


def test_only_those_asked_for_are_ranked() -> None:
    data = read(WRITTEN)
    bench = Bench(Lexical(), data.experts)
    every = bench.ranking(data.needs[1])
    assert bench.among(data.needs[1], ["e06", "e05", "e30"]) == {name: every[name] for name in ("e05", "e06")}
    assert bench.among(data.needs[1], []) == {}


def test_one_level_gives_no_judged_figures() -> None:
    data = Labelled((AskedNeed("n", "番茄连作", ""),), (Expert("b", ("番茄连作",)), Expert("a", ("番茄连作",))), {})
    trial = measure(Lexical(), Labelled(data.needs, data.experts, {"n": {"b": 3}}))
    assert trial.judged is None
    assert rounded(trial.full.figures) == (0.6309, 1.0, 1.0, 0.5, 0.2)  # equal answers stand by id
    assert trial.full == Measured.of([trial.full.figures])


def test_a_need_that_says_nothing_finds_nobody() -> None:
    experts = (Expert("a", ("番茄连作",)), Expert("b", ()))
    trial = measure(Lexical(), Labelled((AskedNeed("n", "！", ""),), experts, {"n": {"a": 4, "b": 1}}))
    assert trial.full.figures == Figures(0.0, 0.0, 0.0, 0.0, 0.0)
    assert trial.judged is not None
    assert trial.judged.figures.ndcg10 == 1.0  # nobody answers: by id


# -- English, and an encoder -------------------------------------------------------------------------------------------

PAPERS = {
    "bricks": gold.Paper("Thermal shock of ladle bricks", "Bricks crack when the ladle cools."),
    "wheat": gold.Paper("Dry springs and wheat", "Yield of spring wheat without irrigation."),
}
WORKS = {
    "kiln": gold.Paper("Cooling bricks without cracks", "Thermal shock in kilns."),
    "field": gold.Paper("Irrigated spring wheat", ""),
}
GOLD = gold.Gold(
    {"ann": {"bricks": 5.0, "wheat": 1.0}, "bo": {"bricks": 2.0, "wheat": 4.0}},
    PAPERS,
    WORKS,
    ({"ann": ["kiln"], "bo": ["field"]}, {"ann": [], "bo": ["field"]}),
)


def test_english() -> None:
    """In the second sample nothing shows Ann: her two papers tie, which costs half of her 4 of 6 points."""
    trial = measure_english(Lexical(), GOLD)
    assert trial.report.losses == (0.0, pytest.approx(2 / 6))
    assert (trial.report.easy, trial.report.needs, trial.report.researchers) == (0.75, 2, 2)


class Lengths:
    """An encoder for which texts are near each other when they are about equally long."""

    name, version, dimension = "lengths", "1", 2

    def encode(self, texts: Sequence[str]) -> Floats:
        angles = np.array([len(text) / 100 for text in texts], np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_an_encoder_has_a_say_in_the_ranking() -> None:
    need = NeedText(1, "温室番茄连作障碍")
    short, long = WorkText(1, "paper", "番茄连作"), WorkText(2, "paper", "番茄连作" + "。" * 90)
    snapshot = Snapshot.build([DoctorText(1, works=(long,)), DoctorText(2, works=(short,))])
    by_words = dict(Lexical().ranked(snapshot, need, limit=10))
    assert by_words[1] == by_words[2]
    both = Lexical(encoder=Lengths()).ranked(snapshot, need, limit=10)
    assert [doctor for doctor, _answer in both] == [2, 1]
    for doctor, answer in both:
        apart = (4 if doctor == 2 else 94) - 8
        assert answer == pytest.approx(by_words[doctor] + 0.5 * math.cos(apart / 100), abs=1e-6)
    assert Lexical(encoder=Lengths()).ranked(snapshot, NeedText(1, "！"), limit=10) == []


def test_an_encoder_that_is_down_is_not_passed_over() -> None:
    engine = Lexical(encoder=UnusableEncoder(EncoderDown("folder", "there is no model")))
    with pytest.raises(EncoderDown, match="there is no model"):
        measure(engine, read(WRITTEN))
