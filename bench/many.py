"""Measures the ranking of ten thousand needs by two workers; beside it bm25s on the same texts."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import IO, cast

from django.conf import settings

from bench.matches import own_cache
from bench.measure import Figure, say
from bench.texts import need_words
from matchengine.ranking import NeedText
from matching import kept, sources
from matching.models import SnapshotRecord
from supervisor.state import ROOT

MANY = 10_000  # needs ranked in one go
WORKERS = 2
LISTED = 50  # doctors of each need


def many() -> None:
    """Ten thousand needs by two workers that map the same folder; beside it bm25s by two threads."""
    with own_cache():
        SnapshotRecord.objects.all().delete()
        snapshot = kept.current_snapshot()
        needs = [asdict(need) for need in made_up_needs(MANY)]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "needs.json"
            path.write_text(json.dumps(needs, default=list, ensure_ascii=False))
            _by_workers(snapshot.digest, path)
            texts = Path(folder) / "texts.json"
            texts.write_text(json.dumps(_doctor_texts(), ensure_ascii=False))
            del snapshot
            kept.forget()
            _by_bm25s(texts, path)


def made_up_needs(count: int) -> Iterator[NeedText]:
    random = Random(2026)  # noqa: S311  the same needs each time
    for number in range(count):
        said = need_words(random)
        yield NeedText(
            number,
            said.title,
            said.problem,
            said.target,
            said.basis,
            said.keywords,
            (said.discipline,) if said.discipline else (),
            fields=(said.field,),
        )


def _by_workers(digest: str, needs: Path) -> None:
    """Two workers, each with half of the needs; the clock runs while both rank, all of them warm."""
    command = [sys.executable, "-m", "bench.rankers", "ours", str(settings.MATCHING_CACHE), digest]
    workers = [
        subprocess.Popen(
            [*command, str(needs), str(part), str(WORKERS), str(LISTED)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for part in range(WORKERS)
    ]
    for worker in workers:
        _line(worker)  # it is ready
    began = time.perf_counter()
    for worker in workers:
        cast("IO[str]", worker.stdin).write("go\n")
        cast("IO[str]", worker.stdin).flush()
    told = [json.loads(_line(worker)) for worker in workers]
    spent = time.perf_counter() - began
    note = f"{LISTED} doctors each, {WORKERS} workers of {max(one['peak'] for one in told):,.0f} MB at most"
    say(Figure("match_many", f"Rank all doctors for {MANY:,} needs", spent, "s", note=note))
    for worker in workers:
        worker.wait()
    _alone([*command, str(needs), "reasons", str(LISTED)])


def _alone(command: list[str]) -> None:
    """One shortlist with its reasons, by a worker that ranks alone."""
    alone = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    one = json.loads(alone.stdout)
    say(Figure("shortlist", f"{LISTED} best doctors for one need, with reasons", one["median"], "ms", p95=one["p95"]))
    say(
        Figure(
            "shortlist_memory",
            "A warm worker that ranks",
            one["peak"],
            "MB",
            note=f"of it its own: {one['own']:,.0f} MB",
        )
    )


def _line(worker: "subprocess.Popen[str]") -> str:
    line = cast("IO[str]", worker.stdout).readline()
    if not line:
        raise RuntimeError("a worker of the measurement died")
    return line


def _by_bm25s(texts: Path, needs: Path) -> None:
    """bm25s ranks the same texts cut by the same words: no pairs of characters, no limits, no reasons."""
    command = [sys.executable, "-m", "bench.rankers", "bm25s", str(texts), str(needs), str(LISTED)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        say(Figure("bm25s_index", "bm25s did not run", 0, "s", note=ran.stderr.strip().splitlines()[-1]))
        return
    told = json.loads(ran.stdout)
    say(Figure("bm25s_index", "bm25s: index the same texts", told["index"], "s", note=f"{told['peak']:,.0f} MB"))
    say(Figure("bm25s_query", f"bm25s: {LISTED} best numbers for one need", told["median"], "ms", p95=told["p95"]))
    say(Figure("bm25s_many", f"bm25s: {LISTED} best numbers for {MANY:,} needs, two threads", told["many"], "s"))


def _doctor_texts() -> list[str]:
    """One text of each doctor, as `sources.doctor_text` reads him."""
    return [
        "\n".join([text.directions, text.keywords, *(f"{work.title}\n{work.abstract}" for work in text.works)])
        for text in map(sources.doctor_text, sources.readable_doctors())
    ]
