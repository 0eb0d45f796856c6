"""What the jobs of this app hold. No Django, no database."""

from typing import TypedDict


class Sent(TypedDict):
    """How many messages left, and how many that were left behind were settled."""

    sent: int
    settled: int
