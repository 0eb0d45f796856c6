"""Words and time limits of the lanes of jobs."""

from typing import Any

from django.utils.translation import gettext_lazy

from core import jobs

# For each lane: its words, and the seconds a job may wait before that needs attention, and before it is wrong.
LANES: dict[str, tuple[Any, int, int]] = {
    "people": (gettext_lazy("work people wait for"), 60, 300),
    "rounds": (gettext_lazy("rounds"), 1800, 7200),
    "calendar": (gettext_lazy("the calendar"), 900, 3600),
}


def lane_word(lane: str) -> str:
    return str(LANES[lane][0]) if lane in LANES else lane


def lane_of(kind: str) -> str:
    """The lane of the jobs of a kind."""
    return jobs.LANE_OF.get(kind, "people")
