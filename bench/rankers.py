"""Ranks needs in a process of its own, ours or bm25s, so that memory and warmth are its own. Run by `many`.

Knows nothing of the database: our part maps the folder of a snapshot like any worker.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import rjieba

from bench.measure import memory
from matchengine.ranking import Lexical, NeedText, Snapshot, store

ALONE = 300  # needs asked one by one
BATCH = 200  # needs read together


def ours(root: str, digest: str, needs: str, *how: str) -> None:
    snapshot = store.load(Path(root), digest)
    if snapshot is None:
        raise SystemExit(f"no snapshot {digest} under {root}")
    texts = [_need(row) for row in json.loads(Path(needs).read_text())]
    engine = Lexical()
    if how[0] == "reasons":
        _alone(engine, snapshot, texts, int(how[1]))
    else:
        part, parts, listed = map(int, how)
        _part(engine, snapshot, texts[part::parts], listed)


def _part(engine: Lexical, snapshot: Snapshot, texts: Sequence[NeedText], listed: int) -> None:
    """Report that the part is ready, wait for the start signal, rank, and print the figures."""
    list(engine.best(snapshot, texts[:20], limit=listed))
    _tell({"ready": True})
    sys.stdin.readline()
    found = 0
    for start in range(0, len(texts), BATCH):
        found += sum(map(len, engine.best(snapshot, texts[start : start + BATCH], limit=listed)))
    _tell({"found": found, "peak": memory()})


def _alone(engine: Lexical, snapshot: Snapshot, texts: Sequence[NeedText], listed: int) -> None:
    taken = _timed(lambda text: engine.shortlist(snapshot, text, limit=listed), texts[:ALONE])
    _tell({**taken, "peak": memory(), "own": memory("RssAnon")})


def bm25s(texts: str, needs: str, listed: str) -> None:
    import bm25s as library  # noqa: PLC0415  one of the extras for tests

    corpus = [_cut(text) for text in json.loads(Path(texts).read_text())]
    began = time.perf_counter()
    index = library.BM25()
    index.index(corpus, show_progress=False)
    indexed = time.perf_counter() - began
    most = min(int(listed), len(corpus))
    rows = [_need(row) for row in json.loads(Path(needs).read_text())]
    asked = [_cut(f"{row.title}\n{row.keywords}\n{row.problem}\n{row.target}") for row in rows]

    def answer(tokens: list[list[str]], threads: int) -> Any:
        return index.retrieve(tokens, k=most, n_threads=threads, show_progress=False)

    one = _timed(lambda tokens: answer([tokens], 0), asked[:ALONE])
    began = time.perf_counter()
    answer(asked, 2)
    _tell({**one, "index": indexed, "many": time.perf_counter() - began, "peak": memory()})


def _timed(act: Callable[[Any], Any], things: Sequence[Any]) -> dict[str, float]:
    """Milliseconds of one, median and 95th percentile; the first ten are not counted."""
    taken = []
    for thing in things:
        began = time.perf_counter()
        act(thing)
        taken.append((time.perf_counter() - began) * 1000)
    taken = sorted(taken[10:])
    return {"median": statistics.median(taken), "p95": taken[round(0.95 * len(taken)) - 1]}


def _need(row: dict[str, Any]) -> NeedText:
    named = ("served_by", "conflicts", "forbidden")
    lists = {name: tuple(row[name]) for name in ("disciplines", "fields", "earlier")}
    return NeedText(**row | lists | {name: frozenset(row[name]) for name in named})


def _cut(text: str) -> list[str]:
    return [word for word in rjieba.cut(text) if len(word) > 1]


def _tell(facts: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _program, _which, *_rest = sys.argv
    if _which == "ours":
        ours(*_rest)
    else:
        bm25s(*_rest)
