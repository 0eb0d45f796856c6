"""A need as weighted terms, before and after the snapshot says how rare they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchengine.ranking.forward import HALVES, LENGTH_PLUS, LENGTH_POWER, LONGEST, SATURATION, USUAL_LENGTH
from matchengine.ranking.snapshot import Snapshot
from matchengine.ranking.values import NeedText
from matchengine.reading import LONG_WORD, LOOSE, MEASURED, PAIR, PHRASE, Codes, Reading, are_words, kinds_of, read

Bools = NDArray[np.bool_]
Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

# What a term is worth by the part of the need that holds it: title, keywords, problem with target, what is there
# already (which is seldom what is missing). A body of 15 words has the worth 1, a longer one (15 / words) to the power
# 0.2, at most 1.3.
PARTS = np.array([2.0, 1.5, 1.0, 0.3])
BODY, BODY_WORDS, BODY_POWER, BODY_MOST = 2, 15.0, 0.2, 1.3
ASKED_OFTEN = 1.5  # a term said often in one part counts up to this many times
PAIRS = 0.6  # a pair of characters beside a word
LOOSE_PAIRS = 0.6  # one that touches a stop word
PHRASES = 0.6  # two Latin words beside one
MEASURES = 0.2  # equal figures are mostly chance
RARITY = 1.2  # the power of the idf
MOST_TERMS = 160
# Beyond the 40 weightiest terms, those that more than 5,000 texts hold are looked at only in the texts of the best
# candidates: they say little and cost most.
SOON, COMMON = 40, 5_000

CHARACTERS = 0.6 * 2.5**-0.3  # a single character beside a word
CHARACTER_IN_TITLE = 2.5
CHARACTER_RARITY = 1.5


@dataclass(frozen=True, slots=True)
class Content:
    """The terms of a need, sorted, with their weights. `own` are the weights that the terms would have if the need
    stood among the texts. `characters` are its single characters with weights."""

    codes: Codes
    weights: Doubles
    own: Doubles
    characters: Longs
    character_weights: Doubles

    def says_something(self) -> bool:
        """One word, or a stretch of three characters: less cannot be matched."""
        return bool(are_words(self.codes).any() or (kinds_of(self.codes) == PAIR).sum() >= 2)


@dataclass(frozen=True, slots=True)
class Query:
    """The weightiest terms of a need that the snapshot knows, weightiest first.

    `worth` is weight × idf of each, as a share of what a text would get that is the need itself. `proof` says which
    terms can prove a match, words and pairs that touch no stop word: a text without any of them does not count;
    `solid` which can be quoted, `late` which are looked at only in the texts of the best candidates.
    `characters` is the worth of each of 65,536 single characters, by the same measure.
    """

    codes: Codes
    worth: Doubles
    solid: Bools
    proof: Bools
    late: Bools
    characters: Floats

    @property
    def solid_worth(self) -> Doubles:
        """The worth of terms that can prove a match, 0 for others."""
        return np.where(self.solid, self.worth, 0.0)


def contents(needs: Sequence[NeedText]) -> list[Content]:
    """The terms of needs with their weights."""
    reading = read([part for need in needs for part in parts_of(need)])
    vocabulary, terms = np.unique(reading.codes, return_inverse=True)
    width = max(1, len(vocabulary))
    size = len(PARTS)
    worth = _worth_of_parts(reading, len(needs))
    parts, of_part, said = _counted(reading.texts, terms, width)
    gains = worth[parts] * _kinds(vocabulary)[of_part] * said * ASKED_OFTEN / (said + ASKED_OFTEN - 1)
    counted = np.asarray(said * np.where(parts % size, HALVES[1], HALVES[0]) / 2, np.float64)
    keys, (weights, counts) = _by_need(parts // size, of_part, width, gains, counted)
    lengths = np.bincount(reading.texts // size, minlength=len(needs))
    norms = (USUAL_LENGTH / (lengths + LENGTH_PLUS)) ** LENGTH_POWER
    own = counts * (SATURATION + 1) / (counts + SATURATION) * norms[keys // width]
    characters, character_weights, character_edges = _characters(reading, worth, len(needs))
    edges = np.searchsorted(keys, np.arange(len(needs) + 1) * width)
    return [
        Content(
            vocabulary[keys[start:end] % width],
            weights[start:end],
            own[start:end],
            characters[first:last],
            character_weights[first:last],
        )
        for start, end, first, last in zip(
            edges[:-1], edges[1:], character_edges[:-1], character_edges[1:], strict=True
        )
    ]


def parts_of(need: NeedText) -> tuple[str, ...]:
    """What a need says, by the worth of the part."""
    said = f"{need.problem[:LONGEST]}\n{need.target[:LONGEST]}"
    return need.title[:LONGEST], need.keywords[:LONGEST], said, need.basis[:LONGEST]


def _worth_of_parts(reading: Reading, needs: int) -> Doubles:
    """What a term is worth in each part of each need; the more a body says, the less each word of it."""
    kinds = kinds_of(reading.codes)
    han = np.flatnonzero((kinds == 0) | (kinds == LONG_WORD))
    once = np.unique(np.stack([reading.texts[han].astype(np.uint64), reading.codes[han]]), axis=1)
    different = np.bincount(once[0].astype(np.int64), minlength=len(PARTS) * needs).reshape(needs, len(PARTS))
    body = np.minimum((BODY_WORDS / np.maximum(different[:, BODY], 1)) ** BODY_POWER, BODY_MOST)
    worth = np.tile(PARTS, (needs, 1))
    worth[:, BODY:] *= body[:, None]
    return worth.ravel()


def _counted(texts: NDArray[np.int32], terms: Longs, width: int) -> tuple[Longs, Longs, Longs]:
    """Text, term and how often, for every term of every text."""
    places, said = np.unique(texts.astype(np.int64) * width + terms, return_counts=True)
    return places // width, places % width, said


def _by_need(needs: Longs, terms: Longs, width: int, *values: Doubles) -> tuple[Longs, list[Doubles]]:
    """Keys (need × width + term, sorted), and for each the values summed over the parts of the need."""
    keys, inverse = np.unique(needs * width + terms, return_inverse=True)
    sums = [np.bincount(inverse, weights=value, minlength=len(keys)) for value in values]
    return keys, [np.asarray(one, np.float64) for one in sums]


def _characters(reading: Reading, worth: Doubles, needs: int) -> tuple[Longs, Doubles, Longs]:
    """The single characters of all needs with their weights, and where each need's begin."""
    width = 1 << 16
    size = len(PARTS)
    texts, characters, said = _counted(reading.character_texts, reading.characters.astype(np.int64), width)
    gains = np.where(texts % size, worth[texts], CHARACTER_IN_TITLE) * said * ASKED_OFTEN / (said + ASKED_OFTEN - 1)
    keys, (weights,) = _by_need(texts // size, characters, width, gains)
    return keys % width, weights, np.searchsorted(keys, np.arange(needs + 1) * width).astype(np.int64)


def _kinds(codes: Codes) -> Doubles:
    """What a term is worth by its kind."""
    kinds = kinds_of(codes)
    of_kind = {PAIR: PAIRS, LOOSE: LOOSE_PAIRS, PHRASE: PHRASES, MEASURED: MEASURES}
    return np.select([kinds == kind for kind in of_kind], list(of_kind.values()), 1.0)


def ask(snapshot: Snapshot, asked: Content) -> Query:
    """Keep the weightiest terms the snapshot knows.

    Terms nobody has count against the best possible answer like the rarest known ones.
    """
    rarity, counts = snapshot.rarity(asked.codes)
    known = counts > 0
    worth = asked.weights * rarity**RARITY
    ideal = max(float((worth * asked.own).sum()), 1e-9)
    # Words before pairs: many rare pairs would push the words out.
    order = np.lexsort((asked.codes, -worth, ~are_words(asked.codes)))
    kept = order[known[order]][:MOST_TERMS]
    kept = kept[np.lexsort((asked.codes[kept], -worth[kept]))]
    kinds = kinds_of(asked.codes[kept])
    solid = kinds != LOOSE
    proof = are_words(asked.codes[kept]) | (kinds == PAIR)
    characters = np.zeros(1 << 16, np.float32)
    character_worth = (
        CHARACTERS * asked.character_weights * snapshot.character_rarity(asked.characters) ** CHARACTER_RARITY
    )
    characters[asked.characters] = character_worth / ideal
    late = (counts[kept] > COMMON) & (np.arange(len(kept)) >= SOON)
    return Query(asked.codes[kept], worth[kept] / ideal, solid, proof, late, characters)
