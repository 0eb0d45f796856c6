"""What is open today: needs posted lately, the next batch open for orders, an offer awaiting its answer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from assignments import capacity
from assignments.actions import dispatch_doctor, place_order
from core.errors import Refused
from demo import visits
from demo.enterprises import BY_KEY, ENTERPRISES
from demo.fresh import FRESH, FreshNeed
from demo.orders import run_open_jobs
from demo.people import open_account
from demo.reading import look_up
from demo.state import DemoState, at
from demo.wording import WORDING
from enterprises.actions import choose_host, draft_need, plan_sheets, plan_survey, post_need, return_need
from enterprises.models import Need
from experts.models import Doctor
from matching.actions import publish_need
from matching.models import Suggestion
from officedata.months import Month
from programmes.actions import open_batch, plan_batch
from programmes.models import Batch

LATELY = timedelta(days=20)


def lately(state: DemoState) -> datetime:
    """Notices from before this moment have been read."""
    return at(state.today - LATELY)


def build(state: DemoState) -> None:
    made = {text.title: _post(state, text) for text in FRESH}
    _next_batch(state)
    run_open_jobs()
    _orders(state, [made[text.title] for text in FRESH if text.state == "published"])


def _post(state: DemoState, text: FreshNeed) -> Need:
    host = look_up(BY_KEY, text.enterprise, "new_needs.toml: the enterprise").index
    enterprise = state.enterprises[host]
    member = open_account(state, ENTERPRISES[host])
    day = state.today - timedelta(days=text.days_ago)
    facts: dict[str, Any] = {
        "title": text.title,
        "kind": text.kind,
        "problem": text.problem,
        "target": text.target,
        "basis": text.basis,
        "keywords": " ".join(text.keywords),
        "discipline": text.discipline,
        "field": text.field,
        "way": "joint",
        "days_a_month": text.days,
        "most_km": text.most_km,
        "budget_low": text.budget[0] if text.budget else None,
        "budget_high": text.budget[1] if text.budget else None,
        "due_on": day + timedelta(days=365),
        "contact_name": ENTERPRISES[host].contact,
        "contact_phone": ENTERPRISES[host].phone,
    }
    key = uuid5(NAMESPACE_URL, f"talentlink-demo:{text.title}")
    if text.state == "draft":
        return draft_need(enterprise, by=member, at=at(day, 15), facts=facts, client_key=key)
    need = post_need(enterprise, by=member, at=at(day, 15, text.days_ago), facts=facts, client_key=key)
    later = at(day + timedelta(days=1), 10)
    if text.state == "returned":
        return return_need(need, by=state.city, at=later, reason=WORDING.return_of_new)
    if text.state == "published":
        return publish_need(need, by=state.city, at=later)
    return need


def _next_batch(state: DemoState) -> None:
    """The coming year's batch: open for orders these weeks, with some of this year's hosts chosen again."""
    starts_on = Month.of(state.today).plus(2).first
    batch = plan_batch(
        state.programme,
        by=state.city,
        at=at(state.today - timedelta(days=20)),
        name=WORDING.batch.format(year=starts_on.year),
        rule_set=state.rule_set,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=420),
        orders_from=state.today - timedelta(days=14),
        orders_until=state.today + timedelta(days=45),
        eligibility=state.batch.eligibility,
    )
    open_batch(batch, by=state.city, at=at(state.today - timedelta(days=15)))
    _next_survey(state, batch)
    for story in visits.HOSTS[:5]:
        day = state.today - timedelta(days=12)
        choose_host(batch, state.enterprises[story.enterprise], by=state.city, at=at(day), on=day)


def _next_survey(state: DemoState, batch: Batch) -> None:
    """The coming year's visits to enterprises: planned for two departments, none made yet."""
    survey = plan_survey(
        state.programme,
        by=state.city,
        batch=batch,
        name=WORDING.survey.format(year=batch.starts_on.year),
        starts_on=state.today - timedelta(days=5),
        ends_on=state.today + timedelta(days=55),
    )
    for department in ("kj", "gx"):
        wanted = [state.enterprises[text.index] for text in ENTERPRISES if text.surveyor == department]
        plan_sheets(survey, by=state.city, department=state.offices[department], enterprises=wanted[:12])


def _orders(state: DemoState, needs: list[Need]) -> None:
    """Of the new needs one keeps its shortlist for the enterprise to order from, one waits for the university, one for
    the doctor."""
    ordered = 0
    for need in needs[1:]:
        lines = Suggestion.objects.current().filter(need=need).select_related("doctor")
        free = [line.doctor for line in lines if _free(line.doctor, need)][:3]
        if not free:
            continue
        day = state.today - timedelta(days=3 - ordered)
        order = place_order(need, by=state.member_of(need.enterprise), at=at(day, 11), on=day, doctors=free)
        if ordered == 0:
            dispatch_doctor(order, free[0], by=_liaison(state, free[0]), at=at(day, 16), on=day)
        ordered += 1


def _free(doctor: Doctor, need: Need) -> bool:
    try:
        capacity.check(doctor, need.enterprise, need)
    except Refused:
        return False
    return True


def _liaison(state: DemoState, doctor: Doctor) -> Any:
    return state.liaisons[doctor.university_id]
