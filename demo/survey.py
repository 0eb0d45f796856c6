"""The survey: 202 enterprises visited by nine departments within two months, 215 needs found and reviewed."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from assignments.actions import withdraw_need
from demo import visits, workdays
from demo.enterprises import ENTERPRISES
from demo.needs import NEEDS
from demo.state import DemoState, at
from demo.texts import NeedText
from demo.wording import WORDING
from enterprises.actions import fill_sheet, plan_sheets, plan_survey, return_need
from enterprises.host_rules import from_rows
from enterprises.models import Need, Survey
from matching.actions import publish_need
from programmes.actions import plan_batch, set_up_programme, write_rule_set
from programmes.drafts import data_of_preset

SURVEY_DAYS = 60
LAST_VISIT = 50  # days after the start, so that a holiday does not carry a visit beyond the end


def build(state: DemoState) -> None:
    _programme(state)
    survey = plan_survey(
        state.programme,
        by=state.city,
        batch=state.batch,
        name=WORDING.survey.format(year=state.survey_starts.year),
        starts_on=state.survey_starts,
        ends_on=state.survey_starts + timedelta(days=SURVEY_DAYS),
    )
    found: dict[int, list[NeedText]] = defaultdict(list)
    for need in NEEDS:
        found[need.enterprise].append(need)
    by_department: dict[str, list[int]] = defaultdict(list)
    for text in ENTERPRISES:
        by_department[text.surveyor].append(text.index)
    made: dict[int, Need] = {}
    for department, indices in by_department.items():
        made |= _visits(state, survey, department, indices, found)
    state.needs = [made[index] for index in range(len(NEEDS))]
    _review(state)


def _visits(
    state: DemoState, survey: Survey, department: str, indices: list[int], found: dict[int, list[NeedText]]
) -> dict[int, Need]:
    """Plan and record the visits of one department; the needs found, by their place in NEEDS."""
    sheets = plan_sheets(
        survey,
        by=state.city,
        department=state.offices[department],
        enterprises=[state.enterprises[i] for i in indices],
    )
    of = {sheet.enterprise_id: sheet for sheet in sheets}
    made: dict[int, Need] = {}
    for turn, index in enumerate(indices):
        day = workdays.from_day(state.survey_starts + timedelta(days=turn * LAST_VISIT // len(indices)))
        texts = found[index]
        rows = fill_sheet(
            of[state.enterprises[index].pk],
            by=state.staff[department],
            at=at(day, 17),
            visited_on=day,
            people=WORDING.visitors.format(name=state.staff[department].name, count=2 + turn % 3),
            remarks=visits.remark(index, bool(texts)),
            needs=[_facts(state, text, day) for text in texts],
        )
        made.update({text.index: need for text, need in zip(texts, rows, strict=True)})
    return made


def _programme(state: DemoState) -> None:
    state.programme = set_up_programme(WORDING.programme, by=state.city, purpose=WORDING.purpose)
    state.rule_set = write_rule_set("round", by=state.city, name=WORDING.rule_set, data=rules_of_the_round())
    start = state.service_starts
    state.batch = plan_batch(
        state.programme,
        by=state.city,
        at=at(start - timedelta(days=60)),
        name=WORDING.batch.format(year=start.year),
        rule_set=state.rule_set,
        starts_on=start,
        ends_on=start + timedelta(days=420),
        orders_from=start - timedelta(days=50),
        orders_until=start - timedelta(days=20),
        eligibility=from_rows(
            [
                {"kind": "above_scale", "level": "municipal"},
                {"kind": "high_tech", "level": "provincial"},
                {"kind": "specialised", "level": "provincial"},
                {"kind": "little_giant", "level": "provincial"},
                {"kind": "agri_leader", "level": "municipal"},
            ]
        ),
    )


def rules_of_the_round() -> dict[str, Any]:
    """The rules of service; who may be a host is said by the eligibility of each batch."""
    data = data_of_preset("phd-service")
    names = {"monthly-visit": {"zh": "每月入企"}, "year-days": {"zh": "全年天数"}}
    return {**data, "rules": [each for each in data["rules"] if each["id"] in names], "names": names}


def _facts(state: DemoState, text: NeedText, day: date) -> dict[str, Any]:
    budget = text.budget or (None, None)
    return {
        "title": text.title,
        "kind": text.kind,
        "problem": text.problem,
        "target": text.target,
        "basis": text.basis,
        "keywords": " ".join(text.keywords),
        "discipline": text.discipline,
        "field": text.field,
        "way": text.way,
        "days_a_month": text.days,
        "most_km": text.most_km,
        "budget_low": Decimal(budget[0]) if budget[0] is not None else None,
        "budget_high": Decimal(budget[1]) if budget[1] is not None else None,
        "due_on": day + timedelta(days=30 * text.months),
        "contact_name": ENTERPRISES[text.enterprise].contact,
        "contact_phone": ENTERPRISES[text.enterprise].phone,
    }


def _review(state: DemoState) -> None:
    """Most are published, a few go back with what is missing, a few are taken back."""
    wanted = {story.need for story in visits.HOSTS}
    others = [index for index in range(len(NEEDS)) if index not in wanted]
    state.dice.shuffle(others)
    returned, withdrawn = set(others[:6]), set(others[6:13])
    for index, need in enumerate(state.needs):
        day = cast(datetime, need.submitted_at).date() + timedelta(days=2)
        if index in returned:
            return_need(need, by=state.city, at=at(day), reason=WORDING.return_of_survey)
            continue
        publish_need(need, by=state.city, at=at(day))
        if index in withdrawn:
            withdraw_need(need, by=state.city, at=at(day + timedelta(days=40)), reason=WORDING.withdrawal)
