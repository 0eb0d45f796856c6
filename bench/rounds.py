"""The rounds of a filled database: orders, assignments, a year of visits for each, and the months closed so far."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from django.db import connection

from assignments.models import Assignment, Dispatch, Order, OrderChoice, Project
from bench.copying import copy
from bench.fill import CITY_STAFF, Plan, moment
from bench.texts import rare
from core.models import Period
from officedata.months import Month, term_end
from service.closing import PERIOD
from service.models import Check, Outcome, Visit, Waiver

SLOW = 7  # every so many assignments the doctor comes too seldom
SPELLS = (1, 11, 21)  # days of a month on which a stretch of ten begins that holds one visit at most
CONTENTS = (
    "查看生产线，取样三组，商定下一步试验。",
    "与车间讨论配方，完成两炉对比试验，记录数据。",
    "培训检验人员，复核仪器，整理前次试验结果。",
    "到现场跟班两天，找出不稳定的工序，提出调整办法。",
)


def rounds(plan: Plan, random: Random) -> None:
    """Write all rounds, the earlier ones completed."""
    _orders(plan)
    copy(Assignment, ASSIGNMENT, _assignments(plan))
    copy(Project, ("id", "assignment_id", "kind", "enterprise_id", "need_id", "title"), _projects(plan, random))
    copy(Visit, VISIT, _visits(plan, random))
    _waivers(plan)
    _checks(plan)
    _outcomes(plan)


def closing_month(today: date) -> Month:
    """The month the measurements close: the one before."""
    return Month.of(today).previous()


def _host_key(plan: Plan, number: int) -> int:
    return number // plan.size.active * plan.size.hosts + plan.host_of(number)


def _orders(plan: Plan) -> None:
    """The orders of the latest assignments; order number n is for need number n."""
    size = plan.size
    first = size.assignments - size.orders
    rows = range(1, size.orders + 1)
    at = moment(plan.round_starts(size.rounds - 1) - timedelta(days=30))
    copy(
        Order,
        ("id", "need_id", "host_id", "status", "placed_by_id", "placed_at"),
        ((n, n, _host_key(plan, first + n - 1), "settled", CITY_STAFF, at) for n in rows),
    )
    copy(
        OrderChoice,
        ("id", "order_id", "doctor_id", "preference"),
        ((n, n, plan.doctor_of(first + n - 1), 1) for n in rows),
    )
    columns = ("id", "order_id", "doctor_id", "status", "offered_by_id", "offered_at", "answer_by", "answered_on")
    by, on = at.date() + timedelta(days=7), at.date() + timedelta(days=3)
    copy(
        Dispatch,
        columns,
        ((n, n, plan.doctor_of(first + n - 1), "accepted", CITY_STAFF, at, by, on) for n in rows),
    )


ASSIGNMENT = (
    "id", "order_id", "batch_id", "host_id", "doctor_id", "status", "starts_on", "ends_on", "updated_at", "status_at",
)  # fmt: skip


def _starts_on(plan: Plan, number: int) -> date:
    return plan.round_starts(number // plan.size.active) + timedelta(days=number % 3)


def _assignments(plan: Plan) -> Iterator[tuple[Any, ...]]:
    size = plan.size
    ordered = size.assignments - size.orders
    for number in range(size.assignments):
        batch, first = number // size.active, _starts_on(plan, number)
        status = "active" if batch == size.rounds - 1 else "completed"
        order = number - ordered + 1 if number >= ordered else None
        at = moment(first)
        yield (
            number + 1, order, batch + 1, _host_key(plan, number), plan.doctor_of(number), status, first,
            term_end(first), at, at,
        )  # fmt: skip


def _projects(plan: Plan, random: Random) -> Iterator[tuple[Any, ...]]:
    """A lead project at the host, and at every other assignment one served enterprise."""
    size = plan.size
    ordered = size.assignments - size.orders
    key = 0
    for number in range(size.assignments):
        host = plan.host_enterprise(plan.host_of(number))
        key += 1
        need = number - ordered + 1 if number >= ordered else None
        yield key, number + 1, "lead", host, need, f"{rare(random)}应用研究"
        if number % 2:
            key += 1
            yield key, number + 1, "served", host % size.enterprises + 1, None, f"{rare(random)}技术指导"


VISIT = (
    "id", "assignment_id", "doctor_id", "enterprise_id", "status", "starts_on", "ends_on", "content", "logged_by_id",
    "logged_at", "confirmed_at", "disputed_at", "withdrawn_at", "dispute_reason",
)  # fmt: skip


@lru_cache(maxsize=64)
def _stretches(first: date, last: date) -> list[date]:
    """First days of the stretches of ten days that lie within these days."""
    days = [month.first.replace(day=day) for month in Month.between(first, last) for day in SPELLS]
    return [day for day in days if first <= day and day + timedelta(days=9) <= last]


def _visits(plan: Plan, random: Random) -> Iterator[tuple[Any, ...]]:
    """Each assignment's visits, as many on the average as make the total; those of slow doctors are few."""
    size, key = plan.size, 0
    mean = size.visits / size.assignments
    usual = (mean - 5 / SLOW) / (1 - 1 / SLOW)
    for number in range(size.assignments):
        first = _starts_on(plan, number)
        stretches = _stretches(first, min(term_end(first), plan.today - timedelta(days=1)))
        wanted = 5 if number % SLOW == 0 else int(usual + random.random())
        enterprise = plan.host_enterprise(plan.host_of(number))
        for start in sorted(random.sample(stretches, min(wanted, len(stretches)))):
            key += 1
            yield (key, number + 1, *_visit(plan, random, number, enterprise, start))


def _visit(plan: Plan, random: Random, number: int, enterprise: int, stretch: date) -> tuple[Any, ...]:
    doctor, chance = plan.doctor_of(number), random.random()
    start = stretch + timedelta(days=random.randint(0, 5))
    end = start + timedelta(days=random.choice((0, 1, 1, 1, 2)))
    logged, answered = moment(end, 20), moment(end + timedelta(days=1), 10)
    recent = (plan.today - end).days < 45
    status = "logged" if recent and chance < 0.3 else "disputed" if chance > 0.98 else "confirmed"
    if 0.97 < chance <= 0.98:
        status = "withdrawn"
    return (
        doctor, enterprise, status, start, end, CONTENTS[number % len(CONTENTS)], plan.first_doctor_user + doctor - 1,
        logged, answered if status == "confirmed" else None, answered if status == "disputed" else None,
        answered if status == "withdrawn" else None, "当天未到厂。" if status == "disputed" else "",
    )  # fmt: skip


def _waivers(plan: Plan) -> None:
    """One in fifty asked the month off that is to be closed; half of these were answered."""
    size, month = plan.size, closing_month(plan.today)
    at = moment(month.first + timedelta(days=5))
    first = size.assignments - size.active
    rows = (
        (
            number + 1, number + 1, str(month), month.first, "granted" if number % 100 else "asked", "设备停产检修",
            plan.first_doctor_user + plan.doctor_of(number) - 1, at, at if number % 100 else None,
        )
        for number in range(first, size.assignments)
        if number % 50 == 0
    )  # fmt: skip
    columns = ("id", "assignment_id", "window", "month", "status", "reason", "asked_by_id", "asked_at", "status_at")
    copy(Waiver, columns, rows)


def _checks(plan: Plan) -> None:
    """Every earlier month is closed and locked; its verdicts follow from the visits by a plain sum."""
    months = Month.between(plan.round_starts(0), closing_month(plan.today).previous().last)
    closed = [(n, PERIOD, month.first, month.last, moment(month.plus(1).first)) for n, month in enumerate(months, 1)]
    copy(Period, ("id", "kind", "starts_on", "ends_on", "closed_at"), closed)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {Check._meta.db_table} (assignment_id, rule, "window", first, last, verdict, days_counted,
                days_awaiting, rule_set_id, facts, judged_at, locks_on, locked_at, reason)
            SELECT a.id, 'month-visits', to_char(m.month, 'YYYY-MM'), m.month, m.month + interval '1 month -1 day',
                CASE WHEN coalesce(v.long, false) THEN 'met' ELSE 'not_met' END,
                coalesce(v.days, 0), 0, 1, '{{}}', m.month + interval '1 month', m.month + interval '1 month 10 days',
                m.month + interval '1 month 10 days', ''
            FROM {Assignment._meta.db_table} a
            CROSS JOIN LATERAL generate_series(
                date_trunc('month', a.starts_on), least(a.ends_on, %s), '1 month'
            ) m(month)
            LEFT JOIN (
                SELECT assignment_id, date_trunc('month', starts_on) AS month, sum(ends_on - starts_on + 1) AS days,
                    bool_or(ends_on > starts_on) AS long
                FROM {Visit._meta.db_table} WHERE status = 'confirmed' GROUP BY 1, 2
            ) v ON v.assignment_id = a.id AND v.month = m.month
            """,  # noqa: S608  only names of our own tables
            [months[-1].last],
        )


def _outcomes(plan: Plan) -> None:
    """One in eight assignments brought something."""
    kinds = Outcome.Kind.values
    keys = range(1, plan.size.assignments + 1, 8)
    at = moment(plan.today - timedelta(days=40))
    rows = ((n, kinds[n % len(kinds)], f"成果{n}", at.date(), CITY_STAFF, at) for n in keys)
    copy(Outcome, ("id", "kind", "title", "happened_on", "registered_by_id", "registered_at"), rows)
    copy(Outcome.assignments.through, ("id", "outcome_id", "assignment_id"), ((n, n, n) for n in keys))
