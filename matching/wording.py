"""The engine's codes as words in the reader's language, and a suggestion as a page shows it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.models import Suggestion

FACTORS: dict[str, Any] = {
    "topic": gettext_lazy("Topic"),
    "works": gettext_lazy("Works"),
    "discipline": gettext_lazy("Discipline"),
    "field": gettext_lazy("Field"),
    "availability": gettext_lazy("Availability"),
    "distance": gettext_lazy("Distance"),
    "earlier": gettext_lazy("Earlier service"),
}
# What the words are worth on graded pairs of real needs: (in a hundred, from, to, of so many pairs). A strong
# one is counted where it fits well, on needs the engine had never seen; a fair one where it has to do with the need.
STRENGTH_BASES: dict[str, tuple[int, int, int, int]] = {
    Suggestion.Strength.STRONG: (43, 28, 61, 92),
    Suggestion.Strength.FAIR: (88, 85, 91, 1178),
}
STRENGTH_FACTS: dict[str, Any] = {
    Suggestion.Strength.STRONG: gettext_lazy(
        "“Strong”: of %(pairs)s pairs that people graded, %(share)s%% fitted well (%(low)s%% to %(high)s%%)."
    ),
    Suggestion.Strength.FAIR: gettext_lazy(
        "“Fair”: of %(pairs)s pairs that people graded, %(share)s%% had to do with the need (%(low)s%% to %(high)s%%);"
        " whether the doctor fits, the quotes have to show."
    ),
    Suggestion.Strength.WEAK: gettext_lazy("“Weak” says that little of the need was found with this doctor."),
}
# Which factor an unknown fact leaves without points.
UNKNOWN = {
    "need_discipline": "discipline",
    "doctor_discipline": "discipline",
    "need_field": "field",
    "doctor_field": "field",
    "works": "works",
    "days": "availability",
    "places": "availability",
    "need_place": "distance",
    "doctor_place": "distance",
    "earlier": "earlier",
}
UNKNOWN_WORDS: dict[str, Any] = {
    "need_discipline": gettext_lazy("The need names no discipline."),
    "doctor_discipline": gettext_lazy("The doctor's discipline is not on record."),
    "need_field": gettext_lazy("The need names no field."),
    "doctor_field": gettext_lazy("The doctor names no field he can serve."),
    "works": gettext_lazy("No works are on record."),
    "days": gettext_lazy("The days he can give are not on record."),
    "places": gettext_lazy("How many enterprises he takes is not on record."),
    "need_place": gettext_lazy("Where the enterprise lies is not on record."),
    "doctor_place": gettext_lazy("Where his university lies is not on record."),
    "earlier": gettext_lazy("He has not served in this programme before."),
}
# Why a shortlist has no line.
WHY_NONE: dict[str, Any] = {
    "too_short": gettext_lazy(
        "The need is too short to match: say what happens now, what you tried, and the target figure."
    ),
    "no_doctors": gettext_lazy("No doctor is enrolled yet."),
    "no_match": gettext_lazy(
        "No doctor's works answer this need. The office can look further, or you can order from a university."
    ),
    "all_excluded": gettext_lazy(
        "The doctors who fit are all taken or in conflict of interest. New places may open later."
    ),
}
# Why the plan of a batch has nobody for a need.
WHY_UNSERVED: dict[str, Any] = {
    "no_candidate": gettext_lazy("No doctor fits."),
    "capacity": gettext_lazy("All doctors who fit are taken."),
    "quota": gettext_lazy("The quota is used up."),
    "forbidden": gettext_lazy("The doctors who fit were forbidden by the office."),
    "floor": gettext_lazy("The doctors left fit too weakly for a fair plan."),
}
# What went wrong while needs were matched.
NOTES: dict[str, Any] = {
    "encoder_down": gettext_lazy("The sentence encoder did not answer; matched by words alone."),
}
# What a plan is best by (the goals of matchengine.allocation).
GOALS: dict[str, Any] = {
    "total": gettext_lazy("Greatest total of points"),
    "most": gettext_lazy("Most needs served first"),
    "fair": gettext_lazy("The worst-off need first"),
}
# How far a match run is (the states of `matching.rounds`).
RUN_STATES: dict[str, Any] = {
    "waiting": gettext_lazy("waits for a worker"),
    "running": gettext_lazy("under way"),
    "planning": gettext_lazy("the plan is being made"),
    "done": gettext_lazy("finished"),
    "cancelled": gettext_lazy("stopped"),
    "failed": gettext_lazy("failed"),
}
AGAINST: dict[str, Any] = {
    "other_posting": gettext_lazy("He also serves in %(name)s."),
    "nearly_full": gettext_lazy("This would take his last free place."),
    "conflict_declared": gettext_lazy("He declared an interest in this enterprise."),
    "far": gettext_lazy("The way is long: %(km)s km."),
    "stopped_before": gettext_lazy("An earlier service of his was stopped."),
}


def against_sentences(suggestion: Suggestion) -> list[str]:
    """What is against the pair without excluding it."""
    found = []
    for row in suggestion.against:
        text = AGAINST.get(row["code"])
        found.append(str(text) % dict(row.get("params") or {}) if text else _("Reason: %(code)s") % row)
    return found


def notes_in_words(notes: Mapping[str, int], needs: int | None = None) -> list[str]:
    """What went wrong; with `needs`, for how many of so many."""
    found = [(str(NOTES[code]), count) for code, count in sorted(notes.items()) if code in NOTES and count]
    if needs is None:
        return [words for words, _count in found]
    share = _("(%(count)s of %(needs)s needs)")
    return [f"{words} {share % {'count': count, 'needs': needs}}" for words, count in found]


def strength_fact(strength: str) -> str:
    """What this word was worth on graded pairs, with how many there were."""
    facts = dict(zip(("share", "low", "high", "pairs"), STRENGTH_BASES.get(strength, ()), strict=False))
    return str(STRENGTH_FACTS[strength]) % facts
