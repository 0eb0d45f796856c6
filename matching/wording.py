"""The engine's codes as words in the reader's language, and a suggestion as a page shows it."""

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
}
UNKNOWN_WORDS: dict[str, Any] = {
    "need_discipline": gettext_lazy("The need names no discipline."),
    "doctor_discipline": gettext_lazy("The doctor's discipline is not on record."),
    "need_field": gettext_lazy("The need names no field."),
    "doctor_field": gettext_lazy("The doctor names no field he can serve."),
    "works": gettext_lazy("No works are on record."),
    "days": gettext_lazy("The days he can give are not on record."),
    "places": gettext_lazy("How many enterprises he takes is not on record."),
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
}
AGAINST: dict[str, Any] = {
    "other_posting": gettext_lazy("He also serves in %(name)s."),
    "nearly_full": gettext_lazy("This would take his last free place."),
}


def against_sentences(suggestion: Suggestion) -> list[str]:
    """What speaks against the pair without ruling it out."""
    found = []
    for row in suggestion.against:
        text = AGAINST.get(row["code"])
        found.append(str(text) % dict(row.get("params") or {}) if text else _("Reason: %(code)s") % row)
    return found
