"""Domain refusals: the errors that an action raises when it refuses."""

from collections.abc import Sequence


class Refused(Exception):
    """The act is against a rule; the message tells the person which rule and what to do next.

    `code` is a stable word for programs. `reasons` lists several refusals of one act.
    """

    status = 400

    def __init__(self, message: str, *, code: str = "refused", reasons: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = str(message)
        self.code = code
        self.reasons = list(reasons)


class AlreadyDone(Refused):
    """The thing was decided before; the message says how."""

    status = 409
