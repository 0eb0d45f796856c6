"""A page offers an act on a need, a decision about a plan, a sheet, a batch or a message exactly where it succeeds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import Model
from django.test import Client

from accounts.models import User
from accounts.rules import WHEN
from assignments.models import Order
from core.edits import version_of
from core.permissions import may
from enterprises.models import Enterprise, Need, VisitSheet
from matching.models import Override
from outbox.models import Mail
from programmes.models import Batch
from tests import factories as f
from tests.factories import SHANGHAI, START
from tests.undone import undone

pytestmark = pytest.mark.django_db
NOW = datetime(START.year, START.month, START.day, 10, tzinfo=SHANGHAI) + timedelta(days=20)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


# -- A row in a state ------------------------------------------------------------------------------------------


def make_need(state: str) -> Need:
    """A need of a host; "ordered" waits for its university, "ordered, settled" has a doctor."""
    status, _space, more = state.partition(", ")
    batch = f.BatchFactory(status="running" if more == "orders are over" else "open")
    host = None if more == "no host" else f.HostFactory(batch=batch)
    firm = host.enterprise if host else f.EnterpriseFactory()
    need: Need = f.NeedFactory(enterprise=firm, status=status)
    if status == "ordered":
        f.OrderFactory(host=host, need=need, status=more or Order.Status.PLACED)
    return need


def make_override(state: str) -> Override:
    facts: dict[str, Any] = {"kind": "pin", "reason": "企业点名", "made_by": f.CityUserFactory(), "made_at": NOW}
    if state == "lifted":
        facts |= {"lifted_by": facts["made_by"], "lifted_at": NOW, "lift_reason": "已和解"}
    batch = f.BatchFactory(status="closed" if state == "batch closed" else "open")
    return Override.objects.create(batch=batch, need=make_need("published"), doctor=f.DoctorFactory(), **facts)


def make_sheet(state: str) -> VisitSheet:
    visited: dict[str, Any] = {"visited_on": START, "people": "李文静"} if state == "recorded" else {}
    sheet: VisitSheet = f.SheetFactory(**visited)
    return sheet


def make_need_with_number(state: str) -> Need:
    """A need whose text has a phone number, as an earlier release stored it."""
    need = make_need(state)
    problem = f"{need.problem}请联系张工13800001234。"
    Need.objects.filter(pk=need.pk).update(problem=problem, has_personal_numbers=True)
    need.refresh_from_db()
    return need


def make_batch(status: str) -> Batch:
    batch: Batch = f.BatchFactory(status=status)
    return batch


def make_mail(state: str) -> Mail:
    status, _space, more = state.partition(", ")
    facts: dict[str, Any] = {"state": status, "outdated": more == "outdated"}
    if status == "sending":
        facts["lease_until"] = NOW
    if status in ("sent", "failed", "withdrawn"):
        facts["ended_at"] = NOW
    return Mail.objects.create(
        kind="test",
        key=f"test:{state}:{Mail.objects.count()}",
        medium="mail",
        address="a@example.org",
        text="正文",
        queued_at=NOW,
        **facts,
    )


# -- The acts --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """How a row comes into each state, the page that offers the act, what in it offers it, where and what is posted."""

    make: Callable[[str], Any]
    states: list[str]
    page: str
    offer: str
    address: str
    data: dict[str, Any]


NEEDS = [
    *(status for status in Need.Status.values if status != "ordered"), "ordered, placed", "ordered, dispatched",
    "ordered, settled", "published, no host", "published, orders are over",
]  # fmt: skip
MAILS = [*Mail.State.values, *(f"{state}, outdated" for state in ("queued", "unsure", "failed", "withdrawn"))]
BATCHES = list(Batch.Status.values)
WHY = {"reason": "项目已取消"}
VISIT = {"visited_on": START.isoformat(), "people": "李文静", "needs-TOTAL_FORMS": "0", "needs-INITIAL_FORMS": "0"}
NEED = {
    "title": "钢包渣线镁碳砖寿命提升", "kind": "technology", "problem": "渣线剥落快。", "contact_name": "贾工",
    "contact_phone": "13800001234", "visibility": "public", "step": "send",
}  # fmt: skip


def of_need(verb: str, data: dict[str, Any]) -> Act:
    return Act(make_need, NEEDS, "/needs/{0}/", f'"/needs/{{0}}/{verb}/"', f"/needs/{{0}}/{verb}/", data)


def of_mail(word: str) -> Act:
    return Act(make_mail, MAILS, "/office/mails/", f'name="act" value="{word}"', "/office/mails/{0}/", {"act": word})


def of_batch(verb: str) -> Act:
    address = f"/office/round/{{0}}/{verb}/"
    return Act(make_batch, BATCHES, "/office/round/{0}/", f'"/office/round/{{0}}/{verb}/"', address, {})


ACTS: dict[str, Act] = {
    "enterprises.edit_need": of_need("edit", NEED),
    "enterprises.publish_need": of_need("publish", {}),
    "enterprises.return_need": of_need("return", WHY),
    "enterprises.hide_numbers_need": Act(
        make_need_with_number, NEEDS, "/needs/{0}/", '"/needs/{0}/hide-numbers/"', "/needs/{0}/hide-numbers/", {}
    ),
    "enterprises.withdraw_need": of_need("withdraw", WHY),
    "enterprises.order_need": of_need("order", {"mode": "university"}),
    "enterprises.fill_visitsheet": Act(
        make_sheet, ["planned", "recorded"], "/office/sheet/{0}/", 'name="people"', "/office/sheet/{0}/", VISIT
    ),
    "matching.lift_override": Act(
        make_override, ["in force", "lifted", "batch closed"], "/office/round/{1}/plan/",
        '"/office/override/{0}/lift/"',
        "/office/override/{0}/lift/", WHY,
    ),
    "programmes.open_batch": of_batch("open"),
    "programmes.start_batch": of_batch("start"),
    "programmes.close_batch": of_batch("close"),
    "programmes.match_batch": Act(
        make_batch, BATCHES, "/office/round/{0}/plan/", '"/office/round/{0}/match/"', "/office/round/{0}/match/",
        {"goal": "total", "served": "0"},
    ),
    "outbox.hurry_mail": of_mail("now"),
    "outbox.arrive_mail": of_mail("arrived"),
    "outbox.resend_mail": of_mail("again"),
    "outbox.withdraw_mail": of_mail("withdraw"),
}  # fmt: skip
# Asked by the API's drafts and by the table of batches alone, where the action itself is tested in each state.
# The acts on a draft of rules are tried on their pages, two people at a time, in tests/programmes.
ELSEWHERE = {
    "enterprises.submit_need", "programmes.repin_batch", "programmes.host_batch", "programmes.change_ruledraft",
    "programmes.submit_ruledraft", "programmes.drop_ruledraft", "programmes.check_ruledraft",
}  # fmt: skip
CASES = [(perm, state) for perm, act in ACTS.items() for state in act.states]


def people_of(row: Model) -> dict[str, User]:
    named = getattr(row, "enterprise", None) or getattr(getattr(row, "need", None), "enterprise", None)
    enterprise: Enterprise = named or f.EnterpriseFactory()
    return {
        "enterprise": f.MemberFactory(enterprise=enterprise).user,
        "city": f.CityUserFactory(),
        "county": f.CountyUserFactory(office__district=enterprise.district),
        "department": f.DepartmentUserFactory(),
        "other enterprise": f.MemberFactory().user,
        "other county": f.CountyUserFactory(),
        "university": f.LiaisonFactory().user,
        "doctor": f.DoctorUserFactory(),
        "program": f.ProgramUserFactory(),
    }


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def keys(row: Any) -> tuple[Any, ...]:
    return (row.pk, getattr(row, "batch_id", ""))


def is_offered(act: Act, row: Any, user: User) -> bool:
    page = client_of(user).get(act.page.format(*keys(row)))
    return page.status_code == 200 and act.offer.format(*keys(row)) in page.content.decode()


def succeeds(act: Act, row: Any, user: User) -> bool:
    """Whether posting does it; what was done is undone."""
    version = version_of(type(row), row.pk) if hasattr(type(row), "events") else ""  # messages have no history
    data = {**act.data, "university": f.UniversityFactory().pk, "version": version}
    with undone():
        answer = client_of(user).post(act.address.format(*keys(row)), data, follow=True)
        said = answer.context["messages"] if answer.context and "messages" in answer.context else []
        return "success" in [message.level_tag for message in said] or "/receipt/" in str(answer.redirect_chain)


def who_may(perm: str, row: Model, people: dict[str, User]) -> set[str]:
    """Those who see the row and may, as the rules say."""
    verb, model = perm.partition(".")[2].rpartition("_")[0], type(row)
    seen = {who: model.objects.visible_to(user).filter(pk=row.pk).first() for who, user in people.items()}  # type: ignore[attr-defined]
    return {who for who, user in people.items() if (found := seen[who]) is not None and may(user, verb, found)}


def test_every_act_with_a_state_is_asked_here() -> None:
    apps = ("enterprises", "experts", "matching", "outbox", "programmes")
    assert set(ACTS) | ELSEWHERE == {name for name in WHEN if name.partition(".")[0] in apps}


@pytest.mark.parametrize(("perm", "state"), CASES, ids=[f"{perm} of {state}" for perm, state in CASES])
def test_an_act_is_offered_exactly_where_it_succeeds(perm: str, state: str) -> None:
    act = ACTS[perm]
    row = act.make(state)
    people = people_of(row)
    offered = {who for who, user in people.items() if is_offered(act, row, user)}
    done = {who for who, user in people.items() if succeeds(act, row, user)}
    allowed = who_may(perm, row, people)
    assert (offered, done) == (allowed, allowed)


def test_each_act_can_be_done_by_somebody_in_some_state() -> None:
    """A rule that allows nobody anything would pass the comparison above."""
    able = set()
    for perm, act in ACTS.items():
        for state in act.states:
            row = act.make(state)
            able |= {perm} if who_may(perm, row, people_of(row)) else set()
    assert able == set(ACTS)
