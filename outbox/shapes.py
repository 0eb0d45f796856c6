"""The shapes of what the jobs of this app store. This module imports neither Django nor a database."""

from typing import TypedDict


class Sent(TypedDict):
    """The result of `send_mail`: how many messages were sent, and how many rows `sweep` changed."""

    sent: int
    settled: int
