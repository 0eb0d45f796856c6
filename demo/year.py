"""The year of service, day by day: visits, confirmations, disputes, waivers, monthly closes, outcomes, one stop."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import cast

from accounts.models import User
from assignments.actions import stop_assignment
from assignments.models import Assignment
from demo import deputies, visits, workdays
from demo.enterprises import BY_CODE
from demo.state import DemoState, Diary, at
from demo.texts import HostStory, OutcomeText, VisitText
from demo.wording import WORDING
from enterprises.models import Enterprise
from officedata.months import Month
from service import closing
from service.actions import (
    ask_waiver,
    confirm_visit,
    decide_waiver,
    dispute_visit,
    log_visit,
    register_outcome,
    remind,
)
from service.models import Outcome, Standing, Waiver
from service.standings import refresh_all_standings

# What happens to each of the fifteen in the year.
PROFILES = (
    "steady", "ahead", "ahead", "steady", "behind", "steady", "waived", "ahead", "stopped", "steady", "disputed",
    "behind", "steady", "lost", "ahead",
)  # fmt: skip
STOPPED_AFTER = 152  # days; the host of this one moves away


def build(state: DemoState) -> None:
    diary = Diary()
    for turn, (assignment, story) in enumerate(zip(state.assignments, visits.HOSTS, strict=True)):
        Year(state, diary, assignment, story, PROFILES[turn], turn).plan()
    deputies.plan(state, diary)
    _close_months(state, diary)
    diary.live(until=state.today)
    refresh_all_standings(on=state.today, at=at(state.today, 2))


def _close_months(state: DemoState, diary: Diary) -> None:
    """The office's calendar: closed on the first, judged anew after the days of grace, reminders in the last third."""
    month = Month.of(deputies.first_day(state)).next()
    while month.first <= state.today:
        for day in (month.first, month.first + timedelta(days=6), month.first + timedelta(days=19)):
            diary.note(day, partial(_check_up, state, day), hour=1)
        month = month.next()


def _check_up(state: DemoState, day: date) -> None:
    for month in closing.months_to_close(on=day):
        closing.close_month(month, at=at(day, 0, 5))
    closing.refresh_open_checks(at=at(day, 1))
    if day.day == 20 and day < state.today - timedelta(days=7):  # this month's reminders are left to the reader
        refresh_all_standings(on=day, at=at(day, 2))
        late = Standing.objects.behind().select_related("assignment__doctor__user").order_by("pk")
        remind(list(late), by=state.city, at=at(day, 10), on=day, note=WORDING.reminder)


@dataclass
class Year:
    """One doctor's year at one host."""

    state: DemoState
    diary: Diary
    assignment: Assignment
    story: HostStory
    profile: str
    turn: int
    written: int = 0
    telling: visits.Telling = field(init=False)

    def __post_init__(self) -> None:
        self.telling = visits.Telling(self.turn)

    def plan(self) -> None:
        for number, month in enumerate(self._months()):
            self._plan_month(number, month)
        if self.profile == "stopped":
            self.diary.note(self._stop_day, self._stop)
        for outcome in self.story.outcomes:
            day = min(
                self.assignment.starts_on + timedelta(days=29 * outcome.month), self.state.today - timedelta(days=3)
            )
            self.diary.note(day, partial(self._register, outcome, day), hour=18)

    @property
    def _stop_day(self) -> date:
        return self.assignment.starts_on + timedelta(days=STOPPED_AFTER - 1)

    def _months(self) -> list[Month]:
        last = self._stop_day if self.profile == "stopped" else self.state.today
        return Month.between(self.assignment.starts_on, last)

    def _plan_month(self, number: int, month: Month) -> None:
        if self.profile == "waived" and number in (2, 7):
            self._plan_waiver(month, granted=True)
            return
        if self.profile == "behind" and month == Month.of(self.state.today):
            if self.turn == 11:
                self._plan_waiver(month, granted=None)
            return
        skipped = {"behind": (3, 5, 8), "lost": (2, 3, 5, 6, 8, 9, 11), "disputed": (6,)}.get(self.profile, ())
        if number in skipped:
            return
        lengths = self._lengths(number)
        first = max(month.first, self.assignment.starts_on) + timedelta(days=2 + self.state.dice.randrange(5))
        for length in lengths:
            first = workdays.from_day(first, length)
            if first + timedelta(days=length) > min(month.last, self.state.today, self._last_day()):
                break
            self._plan_visit(first, length, number)
            first += timedelta(days=length + 6 + self.state.dice.randrange(3))

    def _last_day(self) -> date:
        return self._stop_day if self.profile == "stopped" else self.assignment.ends_on

    def _lengths(self, number: int) -> list[int]:
        """Days of the month's visits."""
        if self.profile == "ahead":
            return [2, 2] if number % 3 == 0 else [3]
        if self.profile in ("behind", "lost"):
            return [2]
        return [3] if number % 2 else [2]

    def _plan_visit(self, first: date, length: int, number: int) -> None:
        last = first + timedelta(days=length - 1)
        enterprise = self._enterprise(number)
        at_host = enterprise == self.assignment.host.enterprise
        told = self.telling.at_host(first.month) if at_host else self._told_elsewhere(enterprise, first.month)
        self.written += 1
        days = {first + timedelta(days=more) for more in range(length)}
        self.state.busy.setdefault(self.assignment.doctor.name, set()).update(days)
        self.diary.note(last, lambda: self._log(told, enterprise, first, last), hour=20)

    def _told_elsewhere(self, enterprise: Enterprise, month: int) -> VisitText:
        return self.telling.elsewhere(BY_CODE[enterprise.credit_code or ""], month)

    def _enterprise(self, number: int) -> Enterprise:
        """Mostly the host; now and then one of the enterprises served beside it."""
        served = [project.enterprise for project in self.assignment.projects.filter(kind="served").order_by("pk")]
        return served[number % len(served)] if served and number % 4 == 3 else self.assignment.host.enterprise

    def _log(self, text: VisitText, enterprise: Enterprise, first: date, last: date) -> None:
        visit = log_visit(
            Assignment.objects.get(pk=self.assignment.pk), by=self._doctor, at=at(last, 20), on=last,
            enterprise=enterprise, starts_on=first, ends_on=last, content=text.work, solved=text.solved,
            next_step=text.next_step,
        )  # fmt: skip
        waits = 1 + self.written % 3
        answer = workdays.from_day(last + timedelta(days=waits))
        if answer > self.state.today or (last > self.state.today - timedelta(days=16) and self.turn % 3 == 0):
            return  # still waits for the host
        if self.profile == "disputed" and first.month % 5 == 0:
            reason = visits.DISPUTE_REASONS[first.month % len(visits.DISPUTE_REASONS)]
            dispute_visit(visit, by=self.state.member_of(enterprise), at=at(answer), on=answer, reason=reason)
        else:
            confirm_visit(visit, by=self.state.member_of(enterprise), at=at(answer), on=answer)

    def _plan_waiver(self, month: Month, *, granted: bool | None) -> None:
        asked = min(month.first + timedelta(days=17), self.state.today - timedelta(days=1))
        reason = visits.WAIVER_REASONS[month.month % len(visits.WAIVER_REASONS)]
        self.diary.note(asked, lambda: self._ask(month, asked, reason))
        if granted is not None:
            day = asked + timedelta(days=3)
            self.diary.note(day, lambda: self._decide(month, day, granted))

    def _ask(self, month: Month, day: date, reason: str) -> Waiver:
        return ask_waiver(self.assignment, month, by=self._doctor, at=at(day), reason=reason)

    def _decide(self, month: Month, day: date, granted: bool) -> Waiver:
        waiver = Waiver.objects.get(assignment=self.assignment, month=month.first)
        reason = visits.WAIVER_GRANTED[month.month % len(visits.WAIVER_GRANTED)]
        return decide_waiver(waiver, by=self.state.city, at=at(day), on=day, granted=granted, reason=reason)

    def _stop(self) -> Assignment:
        day = self._stop_day
        return stop_assignment(
            self.assignment, by=self.state.city, at=at(day, 16), last_day=day, reason=visits.STOP.reason
        )

    def _register(self, text: OutcomeText, day: date) -> Outcome:
        return register_outcome(
            [self.assignment], by=self._doctor, at=at(day, 18), kind=text.kind, title=text.title, happened_on=day,
            effect=text.effect, stage=text.stage,
        )  # fmt: skip

    @property
    def _doctor(self) -> User:
        return cast(User, self.assignment.doctor.user)  # every doctor of the demo has an account
