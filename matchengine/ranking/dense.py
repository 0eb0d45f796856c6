"""Reorders the doctors found by words, by how near an encoder finds their texts to the need (optional)."""

from dataclasses import replace

import numpy as np

from matchengine.encoders import Encoder
from matchengine.ranking.forward import Longs
from matchengine.ranking.query import parts_of
from matchengine.ranking.scoring import Doubles, Ranked
from matchengine.ranking.snapshot import Snapshot
from matchengine.ranking.values import NeedText

WEIGHT = 0.5  # weight of the encoder's score beside that of the words; from 0.3 to 2 it makes no difference
NEAREST = 3  # the mean of so many of a doctor's texts; the single nearest ranks people badly
ENCODED = 60  # doctors in front who are looked at


def second_opinion(snapshot: Snapshot, need: NeedText, ranked: Ranked, encoder: Encoder) -> Ranked:
    """The same doctors, those in front ordered anew by words and nearness together. Raises EncoderDown."""
    front = ranked.places[:ENCODED]
    if not len(front):
        return ranked
    texts: list[str] = []
    sizes: list[int] = []
    for place in front.tolist():
        written = [f"{title}\n{body}".strip() for _work, title, body in snapshot.texts_at(place)]
        texts += [text for text in written if text]
        sizes.append(sum(map(bool, written)))
    title, keywords, said, basis = parts_of(need)
    asked, *_ = vectors = encoder.encode(["\n".join((title, keywords, said, basis)).strip(), *texts])
    near = _nearness(np.asarray(vectors[1:] @ asked, np.float64), np.array(sizes, np.int64))
    answers = ranked.answers.copy()
    answers[: len(front)] += WEIGHT * near
    order = np.lexsort((snapshot.ids[ranked.places], -answers))
    return replace(ranked, answers=answers).taken(order)


def _nearness(cosines: Doubles, sizes: Longs) -> Doubles:
    """For each doctor the mean of his nearest texts, 0 where he has none or is turned away."""
    ends = np.cumsum(sizes)
    best = [np.sort(cosines[end - size : end])[::-1][:NEAREST] for end, size in zip(ends, sizes, strict=True)]
    return np.array([max(0.0, float(one.mean())) if len(one) else 0.0 for one in best])
