"""The demo round, built from its texts by the same acts as the pages; one seed and one day give one round."""

import random
from collections.abc import Callable
from datetime import date

from accounts.models import User
from core.errors import Refused
from core.models import Notice
from demo import consents, deputies, orders, people, present, survey, year
from demo.state import DemoState

CHAPTERS = [
    ("offices, enterprises, universities and doctors", people.build),
    ("the survey: visits to enterprises and their needs", survey.build),
    ("shortlists", lambda state: orders.run_open_jobs()),
    ("technology deputies: hosts, orders, dispatches", deputies.build),
    ("hosts, orders, dispatches", orders.build),
    ("a year of visits and monthly checks", year.build),
    ("this month: new needs, the next batch", present.build),
    ("shortlists of the new needs", lambda state: orders.run_open_jobs()),
    ("privacy notices and consents", consents.build),
]


def build(*, today: date, seed: int = 2025, say: Callable[[str], None] = lambda line: None) -> DemoState:
    """Build the round on an empty database; refuses where anybody has an account already."""
    if User.objects.exists():
        raise Refused("The database is not empty: the demo round is built only where nobody has an account yet.")
    state = DemoState(today=today, dice=random.Random(seed))  # noqa: S311  a story, not a secret
    for title, chapter in CHAPTERS:
        say(title)
        chapter(state)
    # Read: what people would have read in the course of a year.
    Notice.objects.filter(created_at__lt=present.lately(state)).update(read_at=present.lately(state))
    return state
