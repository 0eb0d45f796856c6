"""Says in words what matching stores as data: points, quotes, weights, what is not known, what is against a doctor."""

from typing import Any

from django.utils.translation import gettext_lazy

from matching.wording import AGAINST, FACTORS, UNKNOWN_WORDS
from ui.value_words import NOTHING, says


@says("matching.suggestion.points", "matching.feedback.points")
def points_by_factor(points: list[dict[str, Any]]) -> list[str]:
    """Each factor with its points and the most it can give."""
    words = gettext_lazy("%(factor)s: %(points)s of %(most)s")
    return [
        str(words)
        % {"factor": FACTORS.get(row["factor"], NOTHING), "points": f"{row['points']:g}", "most": f"{row['most']:g}"}
        for row in points
    ]


@says("matching.suggestion.quotes")
def quotes(quoted: list[dict[str, Any]]) -> list[str]:
    """The words of the need with those of the doctor's profile or works that answer them."""
    words = gettext_lazy("need: “%(need)s”, doctor: “%(text)s”")
    return [str(words) % each for each in quoted]


@says("matching.suggestion.unknown")
def unknown(found: list[str]) -> list[str]:
    return [str(UNKNOWN_WORDS[code]) for code in found if code in UNKNOWN_WORDS]


@says("matching.suggestion.against")
def against(found: list[dict[str, Any]]) -> list[str]:
    return [str(AGAINST[each["code"]]) % dict(each.get("params") or {}) for each in found if each["code"] in AGAINST]


@says("matching.factorweights.weights")
def weights(given: dict[str, float]) -> list[str]:
    words = gettext_lazy("%(factor)s: %(points)s points")
    return [str(words) % {"factor": FACTORS.get(name, NOTHING), "points": f"{most:g}"} for name, most in given.items()]
