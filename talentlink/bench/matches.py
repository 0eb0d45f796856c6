"""Measures matching: the index of all doctors, one need, a batch; beside it bm25s on the same texts."""

import importlib.util
import statistics
import time
from typing import Any

import rjieba
from django.utils import timezone

from accounts.models import User
from enterprises.models import Need
from experts.models import Doctor
from matching import rounds, runs, sources, tasks  # noqa: F401  the tasks name the functions that do the jobs
from matching.actions import ask_for_batch_match
from matching.engine import NeedText, Snapshot
from matching.models import Suggestion
from programmes.models import Batch
from talentlink.bench.measure import Figure, memory, say, seconds

ASKED = 30  # needs matched one by one


def matching() -> None:
    before = memory("VmRSS")
    with seconds() as spent:
        snapshot = sources.current_snapshot()
    say(Figure("snapshot", "Read and index all doctors (a worker's first match)", spent(), "s", note=_counts(snapshot)))
    say(Figure("snapshot_memory", "The index in a worker's memory", memory("VmRSS") - before, "MB"))
    say(Figure("snapshot_peak", "Peak while it is built", memory(), "MB"))
    needs = list(Need.objects.matchable().select_related("enterprise").order_by("pk"))
    texts = [sources.need_text(need) for need in needs[:ASKED]]
    _rank(snapshot, texts)
    whole = _each(lambda need: runs.match_need(need, at=timezone.now()), needs[:ASKED])
    say(Figure("match_need", "Match one need and store its shortlist", *whole))
    _batch()
    _others(texts)


def _rank(snapshot: Snapshot, texts: list[NeedText]) -> None:
    ranked = _each(lambda text: sources.ENGINE.shortlist(snapshot, text), texts)
    say(Figure("shortlist", "Rank all doctors for one need, with reasons", *ranked))


def _counts(snapshot: Snapshot) -> str:
    return f"{len(snapshot.doctors):,} doctors, {int(snapshot.starts[-1]):,} texts, {len(snapshot.rows):,} postings"


def _each(act: Any, things: list[Any]) -> tuple[float, str, float]:
    """Median, unit and 95th percentile; the first is not counted."""
    taken = []
    for thing in things:
        with seconds() as spent:
            act(thing)
        taken.append(spent() * 1000)
    taken = taken[1:] or taken
    return statistics.median(taken), "ms", sorted(taken)[max(0, round(0.95 * len(taken)) - 1)]


def _batch() -> None:
    batch, by = Batch.objects.order_by("-pk")[0], User.objects.filter(role=User.Role.OFFICE).order_by("pk")[0]
    with seconds() as spent:
        run = ask_for_batch_match(batch, by=by, at=timezone.now())
        rounds.finish(run)
    rows = Suggestion.objects.filter(run=run).count()
    note = f"{run.facts['needs']} needs, {rows:,} rows; plan {run.facts['total']:.0f}, greedy {run.facts['greedy']:.0f}"
    say(Figure("match_batch", "Match a batch and propose its plan", spent(), "s", note=note))
    say(Figure("match_batch_rate", "The same by need", spent() * 1000 / run.facts["needs"], "ms"))


def _others(needs: list[NeedText]) -> None:
    """bm25s ranks the same texts cut by the same words: no pairs of characters, no limits, no reasons."""
    if importlib.util.find_spec("bm25s") is None:
        say(Figure("bm25s", "bm25s is not installed", 0, "s"))
        return
    import bm25s  # noqa: PLC0415  one of the extras for tests

    began = time.perf_counter()
    corpus = [_cut(text) for text in _doctor_texts()]
    index = bm25s.BM25()
    index.index(corpus, show_progress=False)
    say(Figure("bm25s_index", "bm25s: read and index the same texts", time.perf_counter() - began, "s"))
    most = min(10, len(corpus))
    asked = [[_cut(f"{need.title}\n{need.keywords}\n{need.problem}\n{need.target}")] for need in needs]
    ranked = _each(lambda tokens: index.retrieve(tokens, k=most, show_progress=False), asked)
    say(Figure("bm25s_query", "bm25s: ten best numbers for one need", *ranked))


def _doctor_texts() -> list[str]:
    return [
        "\n".join(
            [doctor.directions, doctor.keywords, *(f"{work.title}\n{work.abstract}" for work in doctor.works.all())]
        )
        for doctor in Doctor.objects.serving().prefetch_related("works").order_by("pk").iterator(chunk_size=2000)
    ]


def _cut(text: str) -> list[str]:
    return [word for word in rjieba.cut(text) if len(word) > 1]
