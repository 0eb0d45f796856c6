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
AGAINST: dict[str, Any] = {
    "other_posting": gettext_lazy("He also serves in %(name)s."),
    "nearly_full": gettext_lazy("This would take his last free place."),
}


def factor_rows(suggestion: Suggestion) -> list[dict[str, Any]]:
    """Points per factor with the most each can give; a factor whose facts are missing is marked unknown."""
    unknown = {UNKNOWN.get(code, code) for code in suggestion.unknown}
    return [
        {
            "label": str(FACTORS.get(row["factor"], row["factor"])),
            "points": round(row["points"]),
            "max": round(row["most"]),
            "unknown": row["factor"] in unknown and not row["points"],
        }
        for row in suggestion.points
    ]


def against_sentences(suggestion: Suggestion) -> list[str]:
    """What speaks against the pair without ruling it out."""
    found = []
    for row in suggestion.against:
        text = AGAINST.get(row["code"])
        found.append(str(text) % dict(row.get("params") or {}) if text else _("Reason: %(code)s") % row)
    return found
