"""What the demo round is made of while it is being built: today, the dates that follow from it, and who is who."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from accounts.models import District, Office, User
from assignments.models import Assignment
from enterprises.models import Enterprise, Need
from experts.models import Doctor, University
from officedata.months import Month, day_start
from programmes.models import Batch, Programme, RuleSet


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
