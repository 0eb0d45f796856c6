"""The second programme: technology deputies, who serve one enterprise for two years by other rules."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import cast

from accounts.models import User
from assignments.actions import accept_dispatch, begin_assignment, dispatch_doctor, place_order
from assignments.models import Assignment
from demo import workdays
from demo.doctors import BY_NAME
from demo.enterprises import BY_KEY
from demo.needs import NEEDS
from demo.people import open_account
from demo.reading import BadText, look_up, read
from demo.state import DemoState, Diary, at
from demo.texts import VisitText
from demo.visits import Telling
from enterprises.actions import choose_host
from enterprises.host_rules import from_rows
from officedata.months import Month, term_end
from programmes.actions import open_batch, plan_batch, set_up_programme, start_batch, write_rule_set
from programmes.drafts import data_of_preset
from programmes.models import Batch
from service.actions import confirm_visit, explain_warning, log_visit
from service.models import Check

PRESET = "tech-deputy"
NAMES = {"year-days": {"zh": "每年天数"}, "appointment-age": {"zh": "首次选派年龄"}}
YEAR = 365
HOSTS = [
    {"kind": "above_scale", "level": "municipal"},
    {"kind": "high_tech", "level": "municipal"},
    {"kind": "specialised", "level": "municipal"},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyText:
    """A deputy: where, for which need, how many days in the first year in visits of which length, in which month of the
    batch the service begins, and why there were fewer days than ninety, where somebody says it."""

    enterprise: str
    need: str
    doctor: str
    days: int
    length: int
    begins: int = 1
    reason: str = ""
    visits: tuple[VisitText, ...]


@dataclass(frozen=True, slots=True)
class DeputyFile:
    programme: str
    purpose: str
    rule_set: str
    batch: str
    deputies: tuple[DeputyText, ...]


NEED_OF = {need.title: need for need in NEEDS}


def _read() -> DeputyFile:
    found = read("deputies", DeputyFile)
    for text in found.deputies:
        where = "deputies.toml"
        host = look_up(BY_KEY, text.enterprise, f"{where}: the enterprise")
        look_up(BY_NAME, text.doctor, f"{where}: the doctor")
        if look_up(NEED_OF, text.need, f"{where}: the need").enterprise != host.index:
            raise BadText(f"{where}: the need “{text.need}” is not one of “{text.enterprise}”.")
    return found


TEXTS = _read()


def first_day(state: DemoState) -> date:
    """The batch began two months before the round, so that its first year of service is over."""
    return Month.of(state.service_starts).plus(-2).first


def build(state: DemoState) -> None:
    """The programme, its batch, and the acts that lead to its assignments."""
    start = first_day(state)
    programme = set_up_programme(TEXTS.programme, by=state.city, purpose=TEXTS.purpose)
    rules = write_rule_set(PRESET, by=state.city, name=TEXTS.rule_set, data={**data_of_preset(PRESET), "names": NAMES})
    batch = plan_batch(
        programme, by=state.city, at=at(start - timedelta(days=30)), name=TEXTS.batch.format(year=start.year),
        rule_set=rules, starts_on=start, ends_on=Month.of(start).plus(30).last,
        orders_from=start - timedelta(days=28), orders_until=start + timedelta(days=300), eligibility=from_rows(HOSTS),
        technology_quota=6, agriculture_quota=0,
    )  # fmt: skip
    open_batch(batch, by=state.city, at=at(start - timedelta(days=29)))
    state.deputies = [(_serving(state, batch, text), text) for text in TEXTS.deputies]
    start_batch(batch, by=state.city, at=at(start))


def _serving(state: DemoState, batch: Batch, text: DeputyText) -> Assignment:
    """Chosen as host, ordered, dispatched, accepted and begun."""
    host = BY_KEY[text.enterprise]
    enterprise, member = state.enterprises[host.index], open_account(state, host)
    doctor, need = state.doctors[text.doctor], state.needs[NEED_OF[text.need].index]
    begins = Month.of(batch.starts_on).plus(text.begins - 1).first
    chosen, offered, answered = (begins - timedelta(days=days) for days in (24, 22, 19))
    choose_host(batch, enterprise, by=state.city, at=at(chosen, 8), on=chosen)
    order = place_order(need, by=member, at=at(chosen), on=chosen, batch=batch, doctors=[doctor])
    dispatch = dispatch_doctor(order, doctor, by=state.liaisons[doctor.university_id], at=at(offered), on=offered)
    assignment = accept_dispatch(dispatch, by=cast(User, doctor.user), at=at(answered), on=answered)
    return begin_assignment(assignment, by=state.city, at=at(begins), starts_on=begins)


# -- The years of service -----------------------------------------------------------------------------------------


def lengths_of(text: DeputyText) -> list[int]:
    """The visits of the first year, by their days: all alike, and one with what is left."""
    whole, rest = divmod(text.days, text.length)
    return [text.length] * whole + ([rest] if rest else [])


def visits_of(text: DeputyText, starts_on: date, busy: set[date]) -> list[tuple[date, date]]:
    """The visits of the term, as first and last day: spread over the first year, and on in the same way; none on a day
    on which the doctor is elsewhere."""
    lengths = lengths_of(text)
    found: list[tuple[date, date]] = []
    for number, length in enumerate(lengths * 2):
        year, turn = divmod(number, len(lengths))
        begins = starts_on if not year else term_end(starts_on) + timedelta(days=1)
        first = begins + timedelta(days=3 + turn * (YEAR - 20) // len(lengths))
        first = max(first, found[-1][1] + timedelta(days=2)) if found else first
        first = _free(first, length, busy)
        found.append((first, first + timedelta(days=length - 1)))
    return found


def _free(day: date, length: int, busy: set[date]) -> date:
    """The first day from which so many workdays follow each other that are free."""
    while True:
        day = workdays.from_day(day, length)
        if busy.isdisjoint(day + timedelta(days=more) for more in range(length)):
            return day
        day += timedelta(days=1)


def plan(state: DemoState, diary: Diary) -> None:
    """Put the visits of the deputies, the answers to them and the reasons given into the diary."""
    for turn, (assignment, text) in enumerate(state.deputies):
        host = BY_KEY[text.enterprise]
        telling = Telling(turn, host, text.visits)
        for first, last in visits_of(text, assignment.starts_on, state.busy.get(text.doctor, set())):
            if last <= state.today:
                diary.note(last, partial(_log, state, assignment, telling, (first, last)), hour=20)
        if text.reason:
            day = term_end(assignment.starts_on) + timedelta(days=8)
            diary.note(day, partial(_explain, assignment, text.reason, day), hour=11)


def _log(state: DemoState, assignment: Assignment, telling: Telling, days: tuple[date, date]) -> None:
    first, last = days
    doctor, enterprise = cast(User, assignment.doctor.user), assignment.host.enterprise
    told = telling.at_host(first.month)
    visit = log_visit(
        Assignment.objects.get(pk=assignment.pk), by=doctor, at=at(last, 20), on=last, enterprise=enterprise,
        starts_on=first, ends_on=last, content=told.work, solved=told.solved, next_step=told.next_step,
    )  # fmt: skip
    answer = workdays.from_day(last + timedelta(days=1))
    if answer <= state.today:
        confirm_visit(visit, by=state.member_of(enterprise), at=at(answer), on=answer)


def _explain(assignment: Assignment, reason: str, day: date) -> None:
    check = Check.objects.get(assignment=assignment, window="Y1")
    explain_warning(check, by=cast(User, assignment.doctor.user), at=at(day, 11), reason=reason)
