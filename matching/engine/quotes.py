"""The words of both sides that earned the topic its points."""

from dataclasses import replace

import numpy as np

from matching.engine.query import Query
from matching.engine.snapshot import LONGEST, Doubles, texts_of, work_at
from matching.engine.values import DoctorText, NeedText, Quote
from matching.text import Fragment, quotable, shown

MOST_QUOTES = 3
MOST_FRAGMENTS = 60  # of a need; a longer text repeats itself
MOST_WORDS = 6  # shown of one quote

Clause = tuple[Fragment, frozenset[str]]


def clauses(need: NeedText, query: Query) -> list[Clause]:
    """The quotable fragments of a need, each with those of its terms that the query asks for."""
    parts = (need.title, need.keywords, need.problem, need.target, need.basis)
    found = [clause for part in parts for clause in quotable(part[:LONGEST])]
    return [(fragment, terms & query.solid & query.worth.keys()) for fragment, terms in found[:MOST_FRAGMENTS]]


def quotes(need: list[Clause], doctor: DoctorText, query: Query, texts: Doubles) -> tuple[Quote, ...]:
    """One quote from each of the doctor's best texts, the best first; `texts` are their answers."""
    total = query.carried(query.worth)
    best = [int(at) for at in np.argsort(-texts, kind="stable")[:MOST_QUOTES] if texts[at] > 0]
    texts_read = list(texts_of(doctor))
    found = []
    for at in best:
        clauses_there = [clause for part in texts_read[at] for clause in quotable(part[:LONGEST])]
        work = work_at(doctor, at)
        if quote := _quote(need, clauses_there, query, total):
            found.append(replace(quote, work_id=work.id if work else None))
    return tuple(found)


def _quote(need: list[Clause], doctor: list[Clause], query: Query, total: float) -> Quote | None:
    fragment, terms = _weightiest(doctor, query, None)
    asked, shared = _weightiest(need, query, terms)
    if fragment is None or asked is None:
        return None
    ordered = sorted(shared, key=lambda term: (-query.worth[term], term))
    return Quote(
        terms=shown(ordered, fragment.text, asked.text)[:MOST_WORDS],
        need_fragment=asked.text,
        work_id=None,
        fragment=fragment.text,
        weight=round(query.carried(shared) / total, 3),
    )


def _weightiest(
    among: list[Clause], query: Query, shared: frozenset[str] | None
) -> tuple[Fragment | None, frozenset[str]]:
    """The first fragment that carries most of what is asked (and of what is `shared`), with the terms that do."""
    best: Fragment | None = None
    held: frozenset[str] = frozenset()
    most = 0.0
    for fragment, terms in among:
        common = terms & query.worth.keys() & query.solid if shared is None else terms & shared
        worth = query.carried(common) if common else 0.0
        if worth > most:
            best, held, most = fragment, frozenset(common), worth
    return best, held
