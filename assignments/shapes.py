"""What the jobs of this app hold. No Django, no database."""

from typing import TypedDict


class Settled(TypedDict):
    """How many offers lapsed and how many terms were completed."""

    lapsed: int
    completed: int


class Reminded(TypedDict):
    """To how many doctors it was written."""

    reminded: int
