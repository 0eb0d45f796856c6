"""What the demo round is made of while it is being built: today, the dates that follow from it, and who is who."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import District, Office, User
from assignments.models import Assignment
from enterprises.models import Enterprise, Need
from experts.models import Doctor, University
from officedata.months import Month, day_start
from programmes.models import Batch, Programme, RuleSet


@dataclass
class Diary:
    """Acts to be done on their days, in order; acts of one day happen in the order they were added."""

    acts: list[tuple[date, int, int, Callable[[], object]]] = field(default_factory=list)
    turn: Iterator[int] = field(default_factory=count)

    def note(self, day: date, act: Callable[[], object], hour: int = 9) -> None:
        self.acts.append((day, hour, next(self.turn), act))

    def live(self, until: date) -> None:
        for day, _hour, _turn, act in sorted(self.acts, key=lambda each: each[:3]):
            if day <= until:
                act()


@dataclass
class DemoState:
    """The round while it is built. Everything random comes from `dice`, so one seed and day give one round."""

    today: date
    dice: random.Random
    districts: dict[str, District] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    enterprises: list[Enterprise] = field(default_factory=list)
    members: dict[int, User] = field(default_factory=dict)
    universities: dict[str, University] = field(default_factory=dict)
    liaisons: dict[int, User] = field(default_factory=dict)
    doctors: dict[str, Doctor] = field(default_factory=dict)
    needs: list[Need] = field(default_factory=list)
    # Set by the survey, which comes first.
    programme: Programme = field(init=False)
    rule_set: RuleSet = field(init=False)
    batch: Batch = field(init=False)
    assignments: list[Assignment] = field(default_factory=list)
    # Of the second programme, with its texts; and the days on which a doctor is somewhere in the round.
    deputies: list[tuple[Assignment, Any]] = field(default_factory=list)
    busy: dict[str, set[date]] = field(default_factory=dict)

    @property
    def city(self) -> User:
        return self.staff["city"]

    @property
    def service_starts(self) -> date:
        """The first day of the service year: a little less than a year ago, early in a month."""
        return Month.of(self.today - timedelta(days=345)).first + timedelta(days=2)

    @property
    def survey_starts(self) -> date:
        return self.service_starts - timedelta(days=120)

    def member_of(self, enterprise: Enterprise) -> User:
        return self.members[enterprise.pk]


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of a day in the city."""
    return day_start(day) + timedelta(hours=hour, minutes=minute)
