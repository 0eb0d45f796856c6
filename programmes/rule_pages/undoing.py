"""Going back, change by change, through what was written: from the states that the history of a row has."""

from collections.abc import Iterable
from typing import Any

STEPS = 20
"""So many changes can be undone one after the other."""
STATES = 3 * STEPS
"""So many states of the history are read: each change that was undone left two."""


def before_last(states: Iterable[Any]) -> Any | None:
    """What was written before the last change that was not undone, None where there is none; newest states come first.

    A state that is the one before the last again undid that change, so it is no step of its own.
    """
    steps: list[Any] = []
    for state in reversed(list(states)):
        if len(steps) > 1 and state == steps[-2]:
            steps.pop()
        elif not steps or state != steps[-1]:
            steps = [*steps[-STEPS:], state]
    return steps[-2] if len(steps) > 1 else None
