"""The words of both sides that earned the topic its points."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from matchengine.ranking.forward import LONGEST, PROFILE, Floats
from matchengine.ranking.query import Query
from matchengine.ranking.scoring import Answers
from matchengine.ranking.values import NeedText, Quote
from matchengine.reading import read, spelled
from officedata.text import BREAK, Fragment, folded_together, fragments, shown

MOST_QUOTES = 3
MOST_FRAGMENTS = 60  # of a need; a longer text repeats itself
MOST_WORDS = 6  # shown of one quote

Bools = NDArray[np.bool_]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clauses:
    """Fragments of texts, as they read and as they are `folded`: `text` says of which text each is, `held` (fragments ×
    terms of the query) which terms it holds, `worth` what these are worth."""

    fragments: tuple[Fragment, ...]
    folded: tuple[str, ...]
    text: tuple[int, ...]
    held: Bools
    worth: Doubles


def clauses(texts: Sequence[str], query: Query, most: int | None = None) -> Clauses:
    """The quotable fragments of texts with those terms of the query that can prove a match."""
    found = [(at, fragment) for at, text in enumerate(texts) for fragment in fragments(text[:LONGEST])][:most]
    folded = folded_together([fragment.text for _at, fragment in found]).split(BREAK)
    reading = read(folded)
    order = np.argsort(query.codes)
    places = np.minimum(np.searchsorted(query.codes[order], reading.codes), max(0, len(order) - 1))
    held = np.zeros((len(found), len(query.codes)), np.bool_)
    if len(order):
        terms = order[places]
        hit = (query.codes[terms] == reading.codes) & query.solid[terms]
        held[reading.texts[hit], terms[hit]] = True
    return Clauses(
        tuple(fragment for _at, fragment in found),
        tuple(folded),
        tuple(at for at, _fragment in found),
        held,
        held @ query.solid_worth,
    )


def quotes(answers: Answers, need: NeedText, places: Sequence[int]) -> list[tuple[Quote, ...]]:
    """For each of the doctors at these places one quote from each of his best texts, the best first."""
    query = answers.query
    asked = clauses((need.title, need.keywords, need.problem, need.target, need.basis), query, MOST_FRAGMENTS)
    best = [_best(answers.texts(place)) for place in places]
    wanted = [(place, at) for place, chosen in zip(places, best, strict=True) for at in chosen]
    written = [answers.snapshot.text_of(place, at) for place, at in wanted]
    there = clauses([part for _work, title, body in written for part in (title, body)], query)
    by_text = {
        text: [index for index, _text in group]
        for text, group in groupby(enumerate(there.text), key=lambda pair: pair[1] // 2)
    }
    beside = _Beside(asked, there, query.solid_worth, [spelled(code) for code in query.codes.tolist()])
    found: list[tuple[Quote, ...]] = []
    number = 0
    for chosen in best:
        made = [beside.quote(by_text.get(at, []), written[at][0]) for at in range(number, number + len(chosen))]
        found.append(tuple(quote for quote in made if quote))
        number += len(chosen)
    return found


def _best(scores: Floats) -> list[int]:
    return [int(at) for at in np.argsort(-scores, kind="stable")[:MOST_QUOTES] if scores[at] > 0]


@dataclass(frozen=True, slots=True)
class _Beside:
    """The clauses of both sides, the worth of the query's terms and how they are spelled."""

    asked: Clauses
    there: Clauses
    worth: Doubles
    words: list[str]

    def quote(self, among: list[int], work: int) -> Quote | None:
        """The fragment of one text that holds most of what is asked, with the fragment of the need that holds most of
        the same terms."""
        if not among or not self.asked.fragments:
            return None
        at = max(among, key=self.there.worth.__getitem__)
        shared = self.asked.held & self.there.held[at]
        here = int(np.argmax(shared @ self.worth))
        terms = np.flatnonzero(shared[here])
        if not len(terms):
            return None
        words = [self.words[term] for term in terms]  # weightiest first, as the query is
        return Quote(
            terms=shown(words, self.there.folded[at], self.asked.folded[here])[:MOST_WORDS],
            need_fragment=self.asked.fragments[here].text,
            work_id=None if work == PROFILE else work,
            fragment=self.there.fragments[at].text,
            weight=round(float(self.worth[terms].sum() / self.worth.sum()), 3),
        )
