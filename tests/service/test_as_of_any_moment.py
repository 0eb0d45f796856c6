"""Random acts over a year: what was told at each moment is told again when that moment is asked for afterwards."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from assignments.actions import extend_term, note_late_start, stop_assignment
from assignments.models import Assignment
from core.errors import Refused
from officedata.months import Month
from programmes.actions import repin_rules
from programmes.models import RuleSet
from programmes.pins import rules_at
from programmes.rulebook import rules_in
from service import actions, closing
from service.as_of import as_of_moment
from service.due import Due, judged_rules, slots_in
from service.judging import Judge
from service.models import Visit, Waiver
from service.sources import services_of
from servicerules import as_data
from tests.factories import (
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    HostFactory,
    RuleSetFactory,
    moment,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST, LAST = date(2025, 3, 3), date(2025, 8, 2)
MONTH = {"id": "month", "measure": {"count": {"lasting": 2}}, "in": {"every": "month"}, "must": {"least": 1}}
TERM = {"id": "term", "measure": {"days": {}}, "must": {"least": 12}}
WEEK = {"id": "week", "measure": {"days": {}}, "in": {"every": "week"}, "should": {"least": 1}}
VERSIONS: list[list[dict[str, Any]]] = [
    [{**MONTH, "waivable": "yes"}, TERM],
    [{**MONTH, "must": {"least": 2}, "waivable": "yes"}, {**TERM, "must": {"least": 6}}, WEEK],
]


class Life:
    """One service, what happens to it, and what was told of it at each moment."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.by: User = CityUserFactory()
        self.versions = [self._version(number, rules) for number, rules in enumerate(VERSIONS, 1)]
        batch = BatchFactory(rule_set=self.versions[0], starts_on=FIRST, ends_on=date(2026, 12, 31), status="running")
        self.one: Assignment = AssignmentFactory(
            host=HostFactory(batch=batch), batch=batch, starts_on=FIRST, ends_on=LAST, status_at=moment(FIRST)
        )
        self.at = moment(FIRST, 9)
        self.told: dict[datetime, dict[tuple[str, str], Any]] = {}
        self.done: set[str] = set()

    def _version(self, number: int, rules: list[dict[str, Any]]) -> RuleSet:
        data = {"code": "life", "version": number, "entries": {"grace_days": 5}, "rules": rules}
        row: RuleSet = RuleSetFactory(code="life", version=number, data=data)
        return row

    @property
    def on(self) -> date:
        return self.at.date()

    def tell(self, at: datetime) -> dict[tuple[str, str], Any]:
        """Every verdict as of a moment."""
        one = Assignment.objects.select_related("batch").get(pk=self.one.pk)
        rules = rules_in(one.batch, rules_at(one.batch, at).pk)
        judge = Judge(rules, services_of(rules, [one]), at)
        span = judge.alone(one.pk).span
        dues = [Due(rule, slot) for rule in judged_rules(rules) for slot in slots_in(rule, span, rules)]
        return {(due.rule.id, due.slot.key): as_data(judge.verdict(due, one.pk, ways=True)) for due in dues}

    def step(self) -> None:
        self.at += timedelta(days=self.chance.choice((1, 2, 5, 9)), hours=self.chance.randrange(3))
        act = self.chance.choice(ACTS)
        self.one.refresh_from_db()
        with suppress(Refused):
            act(self)
            self.done.add(act.__name__)
        self.at += timedelta(minutes=1)
        self.told[self.at] = self.tell(self.at)


def log(life: Life) -> None:
    first = life.on - life.chance.randrange(1, 20) * DAY
    actions.log_visit(
        life.one, by=life.by, at=life.at, on=life.on, enterprise=life.one.host.enterprise, starts_on=first,
        ends_on=min(life.on, first + life.chance.randrange(3) * DAY), content="查看窑口",
    )  # fmt: skip


def _a_visit(life: Life, **which: str) -> Visit:
    found = list(Visit.objects.filter(assignment=life.one, **which).order_by("pk"))
    if not found:
        raise Refused("", code="none")
    return life.chance.choice(found)


def confirm(life: Life) -> None:
    actions.confirm_visit(_a_visit(life, status="logged"), by=life.by, at=life.at, on=life.on)


def dispute(life: Life) -> None:
    actions.dispute_visit(_a_visit(life), by=life.by, at=life.at, on=life.on, reason="当天未到厂")


def withdraw(life: Life) -> None:
    actions.withdraw_visit(_a_visit(life), by=life.by, at=life.at, on=life.on)


def ask(life: Life) -> None:
    month = Month.of(life.on).plus(life.chance.choice((-1, 0)))
    actions.ask_waiver(life.one, month, by=life.by, at=life.at, reason="设备停产检修")


def decide(life: Life) -> None:
    waiver = Waiver.objects.filter(assignment=life.one, status="asked").order_by("pk").first()
    if waiver is not None:
        granted = life.chance.random() < 0.5
        actions.decide_waiver(waiver, by=life.by, at=life.at, on=life.on, granted=granted, reason="核实")


def close(life: Life) -> None:
    for month in closing.months_to_close(on=life.on):
        closing.close_month(month, at=life.at)
    closing.refresh_open_checks(at=life.at)
    # What is stored is what is told of this moment.
    for check in life.one.checks.select_related("assignment__batch"):
        rules = rules_in(check.assignment.batch, check.rule_set_id)
        assert (check.verdict, check.locks_on) == (
            (anew := as_of_moment(check, check.judged_at, rules)).state, anew.locks_on
        )  # fmt: skip


def reopen(life: Life) -> None:
    locked = list(life.one.checks.filter(locked_at__isnull=False).order_by("pk"))
    if locked:
        actions.reopen_month(life.chance.choice(locked), by=life.by, at=life.at, until=life.on + 6 * DAY, reason="补录")


def start_late(life: Life) -> None:
    day = FIRST + life.chance.randrange(1, 25) * DAY
    note_late_start(life.one, by=life.by, at=life.at, started_on=day, reason="协议迟签")


def extend(life: Life) -> None:
    day = life.one.agreed_until + life.chance.randrange(10, 50) * DAY
    extend_term(life.one, by=life.by, at=life.at, on=life.on, extended_to=day, reason="项目未完")


def move(life: Life) -> None:
    others = [each for each in life.versions if each.pk != life.one.batch.rule_set_id]
    repin_rules(life.one.batch, others[0], by=life.by, at=life.at, reason="更正")


def stop(life: Life) -> None:
    if life.on > LAST:
        stop_assignment(life.one, by=life.by, at=life.at, last_day=life.on, reason="停产")


ACTS: list[Callable[[Life], None]] = [
    *(log, log, log, confirm, confirm, dispute, withdraw, ask, decide, close, close),
    *(reopen, start_late, extend, move, stop),
]


@pytest.mark.parametrize("seed", range(8))
def test_a_moment_that_is_asked_for_again_tells_the_same(seed: int) -> None:
    life = Life(seed)
    for _ in range(60):
        life.step()
    assert {"log", "confirm", "close", "extend", "move"} <= life.done
    again = {at: life.tell(at) for at in life.told}
    wrong = [at for at in life.told if again[at] != life.told[at]]
    assert wrong == []


def test_between_two_extensions_the_first_one_holds() -> None:
    life = Life(0)
    days = [LAST + 20 * DAY, LAST + 60 * DAY]
    moments = [moment(LAST - 10 * DAY), moment(LAST - 5 * DAY)]
    for day, at in zip(days, moments, strict=True):
        extend_term(life.one, by=life.by, at=at, on=at.date(), extended_to=day, reason="项目未完")
    told = [life.tell(at)["term", "term"]["window"]["last"] for at in (moments[0] - DAY, moments[0] + DAY, moments[1])]
    assert told == [LAST.isoformat(), days[0].isoformat(), days[1].isoformat()]


def test_an_earlier_late_start_holds_until_the_next_is_noted() -> None:
    life = Life(0)
    days = [FIRST + 20 * DAY, FIRST + 6 * DAY]
    moments = [moment(FIRST + 30 * DAY), moment(FIRST + 40 * DAY)]
    for day, at in zip(days, moments, strict=True):
        note_late_start(life.one, by=life.by, at=at, started_on=day, reason="协议迟签")
    told = [life.tell(at)["term", "term"]["window"]["first"] for at in (moments[0] - DAY, moments[0] + DAY, moments[1])]
    assert told == [FIRST.isoformat(), days[0].isoformat(), days[1].isoformat()]
