"""A shortlist as pages show it: points per factor in words, and the words of both sides side by side."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from enterprises.models import Need
from experts.models import Doctor, Work
from matching.models import MatchRun, MatchShare, Suggestion
from matching.wording import (
    FACTORS,
    UNKNOWN,
    UNKNOWN_WORDS,
    WHY_NONE,
    against_sentences,
    notes_in_words,
    strength_fact,
)

LEAST_SHARE = 5
TONES = {Suggestion.Strength.STRONG: "good", Suggestion.Strength.FAIR: "live", Suggestion.Strength.WEAK: "idle"}


class Factor(TypedDict):
    """The points of one factor, and the sentences about what is not known."""

    label: Any
    points: str
    most: str
    unknown: list[Any]


class ShortlistLine(TypedDict):
    """A suggestion with its reasons, as matching/need_suggestion.html reads it."""

    row: Suggestion
    tone: str
    doctor: Doctor
    factors: list[Factor]
    quotes: list[dict[str, Any]]
    against: list[str]


def shortlist_rows(suggestions: Iterable[Suggestion]) -> list[ShortlistLine]:
    """Each suggestion with its factors, quotes and the works quoted; one query however many there are."""
    found = list(suggestions)
    quoted = {quote["work"] for row in found for quote in row.quotes if quote["work"] is not None}
    works = Work.objects.in_bulk(quoted)
    return [_row(row, works) for row in found]


def _row(row: Suggestion, works: dict[int, Work]) -> ShortlistLine:
    return {
        "row": row,
        "tone": TONES[Suggestion.Strength(row.strength)],
        "doctor": row.doctor,
        "factors": [_factor(row, part) for part in row.points],
        "quotes": [{**quote, "work": works.get(quote["work"]), "share": _share(quote)} for quote in row.quotes],
        "against": against_sentences(row),
    }


def _share(quote: Mapping[str, Any]) -> int | None:
    """The percentage of the need that a quote covers; small ones are left out, because they mislead."""
    share = 100 * quote.get("weight", 0)
    return round(share) if share >= LEAST_SHARE else None


def _factor(row: Suggestion, part: dict[str, Any]) -> Factor:
    """One factor; where facts are missing it says which, and an unknown one has earned nothing."""
    missing = [code for code in row.unknown if UNKNOWN.get(code, code) == part["factor"]]
    return {
        "label": FACTORS.get(part["factor"], part["factor"]),
        "points": f"{part['points']:.0f}",
        "most": f"{part['most']:.0f}",
        "unknown": [UNKNOWN_WORDS[code] for code in missing if code in UNKNOWN_WORDS],
    }


def strength_facts(lines: Iterable[ShortlistLine]) -> list[str]:
    """How reliable each word of strength on this shortlist is, the strongest first."""
    shown = {line["row"].strength for line in lines}
    return [strength_fact(strength) for strength in Suggestion.Strength.values if strength in shown]


def notes_of(need: Need, lines: Sequence[ShortlistLine]) -> list[str]:
    """What went wrong when this shortlist was made. For a run of a batch it is kept on the share of the need; where
    nobody is listed, it is that of the latest run over this need alone."""
    runs = MatchRun.objects.filter(finished_at__isnull=False)
    runs = runs.filter(pk=lines[0]["row"].run_id) if lines else runs.filter(need=need)
    for pk, alone, notes in runs.order_by("-pk").values_list("pk", "need", "facts__notes")[:1]:
        if alone:
            return notes_in_words(notes or {})
        here = [code for code in notes or {} if _befell(need, pk, code)]
        return notes_in_words(dict.fromkeys(here, 1))
    return []


def _befell(need: Need, run: int, code: str) -> bool:
    shares = MatchShare.objects.filter(run=run, facts__noted__contains={code: [need.pk]})
    return shares.exists()


def why_empty(need: Need) -> str:
    """Why the latest run over this need alone found nobody, in words; nothing where there was none."""
    run = MatchRun.objects.filter(need=need, finished_at__isnull=False).order_by("-pk").first()
    code = run.facts.get("why", {}).get(str(need.pk), "") if run else ""
    return str(WHY_NONE.get(code, ""))
