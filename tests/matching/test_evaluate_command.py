"""`bin/manage evaluate_matching`: what it prints, what it reads, and what it says of folders that are wrong."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from django.utils.translation import gettext as _
from pytest_django import DjangoAssertNumQueries, Settings

from matchengine.weights import Weights
from matching import sources
from matching.models import FactorWeights
from supervisor.state import ROOT
from tests.factories import START, moment
from tests.matchengine.test_evaluation import WRITTEN
from tests.matchengine.test_gold import write as write_gold

pytestmark = pytest.mark.django_db

FIGURES = ["ndcg10", "recall10", "recall50", "mrr", "p5"]


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("evaluate_matching", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def refused(*arguments: object) -> tuple[int, str]:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return caught.value.returncode, str(caught.value)


def chinese(text: str, **values: object) -> str:
    with translation.override("zh-hans"):
        return _(text) % values


def test_json_is_one_object() -> None:
    facts = json.loads(run(WRITTEN, "--json"))
    assert list(facts) == ["full", "judged", "interval", "needs", "experts", "index_s", "query_ms", "engine"]
    assert [list(facts[part]) for part in ("full", "judged")] == [FIGURES, FIGURES]
    assert [round(facts["full"][name], 4) for name in FIGURES] == [0.9086, 0.9583, 0.9583, 1.0, 0.3167]
    assert [round(facts["judged"][name], 4) for name in FIGURES] == [0.9776, 1.0, 1.0, 1.0, 0.3333]
    assert list(facts["interval"]) == ["full", "judged"]
    for part in ("full", "judged"):
        for name in FIGURES:
            low, high = facts["interval"][part][name]
            assert low <= facts[part][name] <= high
    assert (facts["needs"], facts["experts"], facts["engine"]) == (12, 30, "lexical 2.2+w0")
    assert 0 < facts["index_s"] < 60
    assert 0 < facts["query_ms"] < 10_000


def test_lines() -> None:
    lines = run(WRITTEN).splitlines()
    assert lines[0] == chinese("Engine: %(engine)s", engine="lexical 2.2+w0")
    assert lines[1] == chinese(
        "Needs: %(needs)s, with a suitable expert: %(counted)s; experts: %(experts)s", needs=12, counted=12, experts=30
    )
    assert lines[3:5] == [chinese("All experts ranked:"), "  nDCG@10    0.9086  [0.8593, 0.9503]"]
    assert lines[9:11] == [
        chinese("Only the graded experts of each need ranked:"),
        "  nDCG@10    0.9776  [0.9464, 0.9973]",
    ]
    assert [line.split()[0] for line in lines[4:9]] == ["nDCG@10", "Recall@10", "Recall@50", "MRR", "P@5"]
    assert len(lines) == 15


def test_one_level_only(tmp_path: Path) -> None:
    for name in ("needs.jsonl", "experts.jsonl"):
        (tmp_path / name).write_bytes((WRITTEN / name).read_bytes())
    (tmp_path / "qrels.tsv").write_text("need_id\texpert_id\tlevel\nn02\te05\t3\n")
    facts = json.loads(run(tmp_path, "--json"))
    assert "judged" not in facts
    assert list(facts["interval"]) == ["full"]
    assert (facts["full"]["mrr"], facts["needs"]) == (0.5, 12)
    assert len(run(tmp_path).splitlines()) == 9


def test_it_names_the_weights_in_force_and_reads_nothing_else(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    FactorWeights.objects.create(
        version=3, weights=dict(Weights()), adopted=True, current=True, why="adopted", facts={}, made_at=moment(START)
    )
    with django_assert_num_queries(1):
        facts = json.loads(run(WRITTEN, "--json"))
    assert facts["engine"] == "lexical 2.2+w3"


def test_english(tmp_path: Path) -> None:
    facts = json.loads(run(write_gold(tmp_path), "--english", "--json"))
    names = ["loss", "easy", "hard", "interval", "needs", "experts", "index_s", "query_ms", "engine"]
    assert list(facts) == names
    assert [facts[name] for name in names[:6]] == [0.0, 1.0, 1.0, [0.0, 0.0], 3, 2]
    lines = run(tmp_path, "--english").splitlines()
    assert lines[1] == chinese(
        "Papers: %(needs)s, researchers: %(researchers)s, pairs: %(pairs)s", needs=3, researchers=2, pairs=4
    )
    assert lines[3] == chinese("Loss: %(loss)s", loss="0.0000  [0.0000, 0.0000]")
    assert lines[5] == chinese("Hard pairs in the right order: %(share)s", share="1.0000")


def test_english_without_a_hard_pair(tmp_path: Path) -> None:
    write_gold(tmp_path, {"bo": {"wheat": 4.5, "brick": 2.0}})
    assert json.loads(run(tmp_path, "--english", "--json"))["hard"] is None
    assert run(tmp_path, "--english").splitlines()[5].endswith("—")


@pytest.mark.parametrize(
    ("file", "content", "says", "line"),
    [
        ("needs.jsonl", None, "%(file)s is not in the folder, or cannot be read.", 0),
        ("experts.jsonl", "\n{", "%(file)s, line %(line)s: not in the expected format.", 2),
        (
            "experts.jsonl",
            '{"id": "e01", "texts": []}\n' * 2,
            "%(file)s, line %(line)s: this id stands in an earlier line.",
            2,
        ),
        (
            "qrels.tsv",
            "h\nn01\tnobody\t3\n",
            "%(file)s, line %(line)s: there is no such need or expert in the other files.",
            2,
        ),
        ("needs.jsonl", "", "%(file)s holds no data.", 0),
        ("qrels.tsv", "h\nn01\te01\t2\n", "%(file)s gives no expert level 3 or 4; there is nothing to measure.", 0),
    ],
)
def test_folders_that_are_wrong(tmp_path: Path, file: str, content: str | None, says: str, line: int) -> None:
    for name in ("needs.jsonl", "experts.jsonl", "qrels.tsv"):
        (tmp_path / name).write_bytes((WRITTEN / name).read_bytes())
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(content)
    assert refused(tmp_path, "--json") == (2, chinese(says, file=file, line=line))


def test_no_gold_standard(tmp_path: Path) -> None:
    missing = chinese("%(file)s is not in the folder, or cannot be read.", file="evaluations.csv")
    assert refused(tmp_path, "--english") == (2, missing)
    write_gold(tmp_path)
    (tmp_path / "gold_compact.json").write_text("{")
    unfit = chinese("The files do not hold the gold standard in its format.")
    assert refused(tmp_path, "--english") == (2, unfit)


@pytest.fixture
def encoder_of_the_settings() -> Iterator[None]:
    """One for each process: here it is made anew."""
    sources._encoder.cache_clear()
    yield
    sources._encoder.cache_clear()


@pytest.mark.usefixtures("encoder_of_the_settings")
@pytest.mark.parametrize("english", [False, True])
def test_figures_without_the_encoder_that_was_asked_for_are_none(
    tmp_path: Path, settings: Settings, english: bool
) -> None:
    settings.MATCHING_ENCODER = "folder"
    settings.MATCHING_ENCODER_FOLDER = str(tmp_path / "no-model")
    arguments = (write_gold(tmp_path), "--english") if english else (WRITTEN,)
    assert refused(*arguments) == (1, chinese("The sentence encoder gives no vectors (%(code)s).", code="folder"))


def manage(**environ: str) -> subprocess.CompletedProcess[str]:
    nowhere = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing", **environ}
    command = [sys.executable, "manage.py", "evaluate_matching", str(WRITTEN), "--json"]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | nowhere, capture_output=True, text=True, check=False, encoding="utf-8"
    )


@pytest.mark.processes
def test_without_a_database_the_default_weights_are_measured() -> None:
    done = manage()
    assert done.returncode == 0
    assert done.stderr.splitlines() == [chinese("The database cannot be read; the default weights are measured.")]
    facts = json.loads(done.stdout)
    assert (facts["engine"], round(facts["full"]["ndcg10"], 4)) == ("lexical 2.2+w0", 0.9086)


@pytest.mark.processes
def test_an_encoder_needs_the_database_for_its_vectors() -> None:
    done = manage(MATCHING_ENCODER="endpoint", MATCHING_ENCODER_URL="http://127.0.0.1:1", MATCHING_ENCODER_MODEL="m")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"CommandError: {chinese('The database cannot be read.')}\n"
