"""Measures matching with its rows: the index of all doctors, one need, a batch."""

import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from bench.measure import Figure, memory, say, seconds
from enterprises.models import Need
from experts.models import Doctor, Work
from matchengine.ranking import Snapshot
from matching import kept, rounds, runs, tasks  # noqa: F401  the tasks name the functions that do the jobs
from matching.actions import ask_for_batch_match
from matching.models import SnapshotRecord, Suggestion
from programmes.models import Batch

ASKED = 60  # needs matched one by one


def matching() -> None:
    """The index built from all rows, mapped from its folder, and after one doctor changed; then needs."""
    with own_cache():
        SnapshotRecord.objects.all().delete()
        with seconds() as spent:
            snapshot = kept.current_snapshot()
        what = "Read and index all doctors (the first worker of a machine)"
        say(Figure("snapshot", what, spent(), "s", note=_counts(snapshot)))
        say(Figure("snapshot_peak", "Peak of the worker while it is built", memory(), "MB"))
        _mapped()
        _changed()
        needs = list(Need.objects.matchable().select_related("enterprise").order_by("pk")[:ASKED])
        whole = _each(lambda need: runs.match_need(need, at=timezone.now()), needs)
        say(Figure("match_need", "Match one need and store its shortlist", *whole))
        _batch()


@contextmanager
def own_cache() -> Iterator[None]:
    """A folder of this measurement's own, so that every index is built anew."""
    settings.MATCHING_CACHE = Path(tempfile.mkdtemp(prefix="talentlink-bench-"))
    kept.forget()
    try:
        yield
    finally:
        shutil.rmtree(settings.MATCHING_CACHE, ignore_errors=True)


def _mapped() -> None:
    kept.forget()
    with seconds() as spent:
        kept.current_snapshot()
    say(Figure("snapshot_mapped", "Map the index from its folder (every later worker)", spent(), "s"))


def _changed() -> None:
    """One doctor writes a work; the next match knows it."""
    doctor = Doctor.objects.serving().order_by("pk")[0]
    Work.objects.create(doctor=doctor, kind="paper", title="刚玉砖的高温蠕变", year=2026)
    with seconds() as spent:
        kept.current_snapshot()
    say(Figure("snapshot_changed", "Bring the index up to date after one doctor changed", spent(), "s"))


def _counts(snapshot: Snapshot) -> str:
    postings = sum(len(segment.texts) for segment in snapshot.segments)
    return f"{len(snapshot):,} doctors, {snapshot.texts:,} texts, {postings:,} postings"


def _each(act: Callable[[Any], Any], things: Sequence[Any]) -> tuple[float, str, float]:
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
    say(Figure("match_batch", "Match a batch and propose its plan, one worker", spent(), "s", note=note))
