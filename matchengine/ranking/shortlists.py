"""Makes the shortlist of one need: who is listed, with points and quotes, and who was excluded and why."""

from dataclasses import dataclass, replace

import numpy as np

from matchengine.encoders import Encoder, EncoderDown
from matchengine.ranking.dense import second_opinion
from matchengine.ranking.factors import Pairs, against, barriers, distances, excluded, judge, strength_of
from matchengine.ranking.forward import Longs
from matchengine.ranking.query import ask, contents
from matchengine.ranking.quotes import quotes
from matchengine.ranking.scoring import Answers, Doubles, Ranked
from matchengine.ranking.segment import Bools
from matchengine.ranking.snapshot import Snapshot
from matchengine.ranking.values import Excluded, Line, NeedText, Points, Shortlist
from matchengine.weights import Weights

# So many candidates are judged for each line, because other factors reorder them, and so many at least.
DEPTH, LEAST_JUDGED = 4, 100
MOST_EXCLUDED = 50
# Below this answer, people who graded pairs of real needs found as few that fit as among pairs without any common word
# (7 % and 6 %), so it is no evidence and the list ends. Where all doctors share their words every answer is low: who
# answers half as well as the best is listed all the same. See docs/matching.md.
LEAST_ANSWER, OF_THE_BEST = 0.08, 0.5
UNKNOWN_FACTS = (
    "need_discipline",
    "doctor_discipline",
    "need_field",
    "doctor_field",
    "works",
    "days",
    "places",
    "need_place",
    "doctor_place",
)


@dataclass(frozen=True, slots=True)
class Way:
    """How to rank: the weights of the factors, an encoder or none, and the engine's name and version."""

    weights: Weights
    engine: tuple[str, str]
    encoder: Encoder | None = None


def shortlist(snapshot: Snapshot, need: NeedText, way: Way, *, limit: int, quoted: int) -> Shortlist:
    """The best doctors for a need, by score and then by id, at most `limit` of them, the first `quoted` with quotes.

    A doctor whose texts answer less than `LEAST_ANSWER`, and less than half of the best, is not listed, so a list may
    be shorter than `limit`; one whom a hard limit keeps out is named with the reason. Without a line
    `why` is one of too_short, no_doctors, no_match, all_excluded. Where the encoder fails, words alone decide and
    `note` says encoder_down.
    """
    if limit < 1:
        raise ValueError("a shortlist has at least one line")
    said = contents([need])[0]
    if not said.says_something():
        return Shortlist(need.id, why="too_short", engine=way.engine)
    if not len(snapshot):
        return Shortlist(need.id, why="no_doctors", engine=way.engine)
    query = ask(snapshot, said)
    answers = Answers(snapshot, query)
    found = candidates(answers, need, limit)
    kept_out = _kept_out(answers, found)
    note = ""
    if way.encoder is not None:
        try:
            found = found.reconsidered(snapshot, way.encoder)
        except EncoderDown:
            note = "encoder_down"
    lines = _lines(answers, found, way, (limit, quoted))
    why = "" if lines else "all_excluded" if kept_out else "no_match"
    return Shortlist(need.id, lines, kept_out, why, way.engine, note)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Doctors whom no limit keeps out, beside the need; `dropped` answer but are kept out by a limit of this need, and
    `worst` is the answer down to which all were looked at."""

    ranked: Ranked
    pairs: Pairs
    dropped: Ranked
    worst: float

    def reconsidered(self, snapshot: Snapshot, encoder: Encoder) -> "Candidates":
        """The candidates reordered with an encoder's vectors. Raises EncoderDown."""
        ranked = second_opinion(snapshot, self.pairs.need, self.ranked, encoder)
        return replace(self, ranked=ranked, pairs=_pairs(snapshot, self.pairs.need, ranked.places))


def candidates(answers: Answers, need: NeedText, limit: int) -> Candidates:
    """Deep enough that the best `limit` by all factors are among them."""
    snapshot = answers.snapshot
    open_to = _open_to(snapshot, need)
    most = max(DEPTH * limit, LEAST_JUDGED)
    while True:
        ranked = answers.best(open_to, most)
        least = min(LEAST_ANSWER, OF_THE_BEST * float(ranked.answers.max(initial=0.0)))
        ended = ranked.every or bool(ranked.answers.min(initial=1.0) < least)
        ranked = ranked.taken(np.flatnonzero(ranked.answers >= least))
        pairs = _pairs(snapshot, need, ranked.places)
        limits = barriers(pairs)
        kept, dropped = np.flatnonzero(limits == 0), np.flatnonzero(limits)
        if ended or len(kept) >= 2 * limit:
            break
        most *= 4  # limits took most of them out: look further down
    worst = least if ended else float(ranked.answers.min(initial=1.0))
    pairs = _pairs(snapshot, need, ranked.places[kept])
    return Candidates(ranked.taken(kept), pairs, ranked.taken(dropped), worst)


def _open_to(snapshot: Snapshot, need: NeedText) -> Bools:
    """Doctors with a place left, without those whom this need rules out by name."""
    named = need.conflicts | need.served_by | need.forbidden
    if not named:
        return snapshot.open_places
    places = snapshot.places_of(np.fromiter(named, np.int64, len(named)))
    open_to = snapshot.open_places.copy()
    open_to[places[places >= 0]] = False
    return open_to


def _pairs(snapshot: Snapshot, need: NeedText, places: Longs) -> Pairs:
    facts, rows = snapshot.facts_of(places)
    return Pairs(need, facts, rows, snapshot.ids[places], snapshot.taken[places].astype(np.int64))


def totals(found: Candidates, weights: Weights) -> tuple[dict[str, Doubles], dict[str, Bools], Doubles]:
    """Points of every factor to two decimals, what is unknown, and their sums."""
    earned = judge(found.pairs, found.ranked.answers, found.ranked.proof)
    points = {factor: np.round(most * earned.shares[factor], 2) for factor, most in weights.items()}
    unknown = {**earned.unknown, "works": found.ranked.works == 0}
    return points, unknown, np.round(sum(points.values(), np.zeros(len(found.pairs.ids))), 2)


def _lines(answers: Answers, found: Candidates, way: Way, listed: tuple[int, int]) -> tuple[Line, ...]:
    """So many lines, and so many of them with quotes."""
    ranked, pairs, weights = found.ranked, found.pairs, way.weights
    points, unknown, sums = totals(found, weights)
    limit, quoted = listed
    order = np.lexsort((pairs.ids, -sums))[:limit]
    shown = order[:quoted]
    km = distances(pairs)
    said = quotes(answers, pairs.need, ranked.places[shown].tolist())
    terms = int(answers.query.proof.sum())
    return tuple(
        Line(
            doctor_id=int(pairs.ids[at]),
            score=float(sums[at]),
            strength=strength_of(float(ranked.lexical[at]), terms),
            points=tuple(Points(name, float(points[name][at]), most) for name, most in weights.items()),
            quotes=said[number] if number < len(said) else (),
            unknown=tuple(code for code in UNKNOWN_FACTS if unknown[code][at]),
            against=against(pairs, int(at), float(km[at])),
        )
        for number, at in enumerate(order)
    )


def _kept_out(answers: Answers, found: Candidates) -> tuple[Excluded, ...]:
    """Doctors who answer as well as those judged but are kept out, the best answer first."""
    snapshot, need = answers.snapshot, found.pairs.need
    closed = answers.best(snapshot.alive & ~_open_to(snapshot, need), MOST_EXCLUDED)
    closed = closed.taken(np.flatnonzero(closed.answers >= found.worst))
    out: list[tuple[float, Excluded]] = []
    for ranked in (found.dropped, closed):
        pairs = _pairs(snapshot, need, ranked.places)
        limits = barriers(pairs)
        out += [(-float(ranked.answers[at]), excluded(pairs, at, int(limits[at]))) for at in range(len(limits))]
    out.sort(key=lambda pair: (pair[0], pair[1].doctor_id))
    return tuple(one for _answer, one in out[:MOST_EXCLUDED])
