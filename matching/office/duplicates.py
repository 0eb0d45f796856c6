"""Needs that may be posted twice: the same words once they are folded, or nearly the same title."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.models import Need

ALIKE = 0.6
MOST = 3  # named for each need
LOOKED_AT = 12  # read for each need, because what the reader may not see is dropped afterwards

# Titles by the trigram index (% is its cheaper threshold, the similarity decides); problems only within the enterprise.
PAIRS = """
    SELECT asked.id, found.id, found.share
    FROM enterprises_need asked CROSS JOIN LATERAL (
        SELECT other.id, similarity(asked.folded_title, other.folded_title) AS share FROM enterprises_need other
        WHERE other.folded_title %% asked.folded_title AND other.id <> asked.id AND other.status <> ALL(%(idle)s)
          AND similarity(asked.folded_title, other.folded_title) >= %(alike)s
        ORDER BY share DESC, other.id LIMIT %(most)s
    ) found
    WHERE asked.id = ANY(%(keys)s)
    UNION ALL
    SELECT asked.id, found.id, found.share
    FROM enterprises_need asked CROSS JOIN LATERAL (
        SELECT other.id,
               greatest(
                   similarity(asked.folded_words, other.folded_words),
                   similarity(asked.folded_title, other.folded_title)
               ) AS share
        FROM enterprises_need other
        WHERE other.enterprise_id = asked.enterprise_id AND other.id <> asked.id AND other.status <> ALL(%(idle)s)
        ORDER BY share DESC, other.id LIMIT %(most)s
    ) found
    WHERE asked.id = ANY(%(keys)s)
"""
IDLE = [Need.Status.DRAFT.value, Need.Status.WITHDRAWN.value]


class Alike:
    """A need that says much the same, and how much."""

    def __init__(self, need: Need, share: float, *, same: bool) -> None:
        self.need, self.share, self.same = need, share, same

    @property
    def words(self) -> str:
        if self.same:
            return _("the same words")
        return _("%(percent)s%% alike") % {"percent": round(100 * self.share)}


def alike(needs: Sequence[Need], user: User) -> dict[int, list[Alike]]:
    """Need's key → needs that may be the same, the likeliest first. Two queries, however many needs."""
    keys = {need.pk: need for need in needs}
    if not keys:
        return {}
    shares: dict[tuple[int, int], float] = {}
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"keys": list(keys), "idle": IDLE, "alike": ALIKE, "most": LOOKED_AT})
        for asked, other, share in cursor.fetchall():
            shares[asked, other] = max(share, shares.get((asked, other), 0.0))
    seen = Need.objects.visible_to(user).select_related("enterprise")
    others = seen.in_bulk({other for _asked, other in shares})
    plain = {pk: _plain(need) for pk, need in {**others, **keys}.items()}
    found: dict[int, list[Alike]] = defaultdict(list)
    for (asked, other), share in shares.items():
        if other not in others:
            continue
        same = any(a and a == b for a, b in zip(plain[asked], plain[other], strict=True))
        if same or share >= ALIKE:
            found[asked].append(Alike(others[other], share, same=same))
    return {
        pk: sorted(rows, key=lambda row: (not row.same, -row.share, row.need.pk))[:MOST] for pk, rows in found.items()
    }


def _plain(need: Need) -> tuple[str, str]:
    return need.folded_title, need.folded_words.partition("\n")[0]
