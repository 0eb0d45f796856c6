"""Every step of every status: the allowed ones succeed and leave a trace, the others change nothing and say why."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from django.utils import translation

from accounts.models import User
from assignments.models import Assignment, Dispatch, Order
from core.errors import AlreadyDone
from core.models import Proposal
from core.status import Stateful, check_move, lock, move
from enterprises.models import Need
from identity.models import Invitation
from privacy.models import PersonalRequest
from programmes.models import Batch, RuleDraft
from service.models import Visit, Waiver
from tests.factories import (
    START,
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    DispatchFactory,
    InvitationFactory,
    NeedFactory,
    OrderFactory,
    PersonalRequestFactory,
    ProposalFactory,
    RuleDraftFactory,
    RuleSetFactory,
    VisitFactory,
    WaiverFactory,
    moment,
)
from tests.threads import race

DAY = date(2025, 5, 6)
FACTORIES: dict[type[Stateful], Any] = {
    Need: NeedFactory,
    Batch: BatchFactory,
    Order: OrderFactory,
    Dispatch: DispatchFactory,
    Assignment: AssignmentFactory,
    Visit: VisitFactory,
    Waiver: WaiverFactory,
    Invitation: InvitationFactory,
    PersonalRequest: PersonalRequestFactory,
    Proposal: ProposalFactory,
    RuleDraft: RuleDraftFactory,
}
# What the database asks for beside a status.
FACTS: dict[tuple[type[Stateful], str], dict[str, Any]] = {
    (Need, "submitted"): {"submitted_at": moment(DAY)},
    (Need, "returned"): {"return_reason": "请补充目标数值。"},
    (Need, "published"): {"published_at": moment(DAY)},
    (Dispatch, "accepted"): {"answered_on": DAY},
    (Dispatch, "declined"): {"answered_on": DAY, "reason": "本学期课多。"},
    (Assignment, "stopped"): {"stopped_on": DAY, "stopped_at": moment(DAY), "stop_reason": "停产。"},
    (Visit, "confirmed"): {"confirmed_at": moment(DAY)},
    (Visit, "disputed"): {"disputed_at": moment(DAY), "dispute_reason": "当天未到厂。"},
    (Visit, "withdrawn"): {"withdrawn_at": moment(DAY)},
    (PersonalRequest, "granted"): {"answer": "已更正。"},
    (PersonalRequest, "refused"): {"answer": "依法保存。"},
    (Proposal, "refused"): {"answer": "理由不足。"},
}
EVERY = {
    Need: (
        "draft>submitted draft>withdrawn submitted>published submitted>returned submitted>withdrawn "
        "returned>submitted returned>withdrawn published>ordered published>withdrawn published>expired "
        "ordered>in_service ordered>published ordered>withdrawn in_service>solved in_service>unsolved "
        "in_service>published expired>published expired>withdrawn"
    ),
    Batch: "draft>open open>running open>draft running>closed",
    Order: (
        "placed>dispatched placed>cancelled placed>failed dispatched>settled dispatched>placed dispatched>cancelled "
        "settled>cancelled"
    ),
    Dispatch: "offered>accepted offered>declined offered>expired offered>withdrawn",
    Assignment: "preparing>active preparing>cancelled active>completed active>stopped",
    Visit: "logged>confirmed logged>disputed logged>withdrawn disputed>confirmed disputed>withdrawn",
    Waiver: "asked>granted asked>refused",
    Invitation: "waiting>accepted waiting>replaced waiting>withdrawn waiting>expired",
    PersonalRequest: "asked>granted asked>refused asked>withdrawn",
    RuleDraft: (
        "draft>submitted draft>dropped submitted>draft submitted>sent_back submitted>in_force sent_back>submitted "
        "sent_back>dropped"
    ),
    Proposal: "proposed>approved proposed>refused proposed>withdrawn proposed>lapsed",
}


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def statuses(model: type[Stateful]) -> list[str]:
    return [str(value) for value in model.Status.values]  # type: ignore[attr-defined]


def pairs() -> list[Any]:
    return [
        pytest.param(model, old, new, id=f"{model.__name__}-{old}-{new}")
        for model in FACTORIES
        for old in statuses(model)
        for new in statuses(model)
    ]


def facts_of(model: type[Stateful], status: str) -> dict[str, Any]:
    """What the database asks for beside a status; rules in force are a version that somebody checked."""
    if (model, status) == (RuleDraft, "in_force"):
        return {"became_id": RuleSetFactory().pk, "checked_by_id": CityUserFactory().pk, "checked_at": moment(DAY)}
    return dict(FACTS.get((model, status), {}))


def stored(row: Model) -> dict[str, Any]:
    return dict(type(row)._default_manager.filter(pk=row.pk).values().get())


def test_every_kind_of_row_with_a_status_is_tested_here() -> None:
    kinds = {model for model in apps.get_models() if issubclass(model, Stateful) and not hasattr(model, "pgh_obj")}
    assert kinds == set(FACTORIES)


@pytest.mark.parametrize("model", list(FACTORIES))
def test_the_allowed_steps_are_these(model: type[Stateful]) -> None:
    steps = {f"{old}>{new}" for old, after in model.MOVES.items() for new in after}
    assert steps == set(EVERY[model].split())


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "old", "new"), pairs())
def test_every_pair_of_statuses(model: type[Stateful], old: str, new: str) -> None:
    facts = facts_of(model, old)
    if model is Proposal and old in ("approved", "refused"):
        facts["status_by"] = CityUserFactory()
    ended = (model is Waiver and old != "asked") or (model is Invitation and old != "waiting")
    row = FACTORIES[model](status=old, status_at=moment(START) if ended else None, **facts)
    before, by = stored(row), CityUserFactory()
    events = row.events.count()
    words = facts_of(model, new)
    if f"{old}>{new}" not in EVERY[model].split():
        with pytest.raises(AlreadyDone) as refusal:
            move(row, new, by=by, at=moment(DAY), **words)
        assert refusal.value.status == 409
        assert refusal.value.code == "already_done"
        assert str(row.get_status_display()) in refusal.value.message
        assert stored(row) == before
        assert row.status == old
        assert row.events.count() == events
        return
    assert move(row, new, by=by, at=moment(DAY), why="按规定", **words) is row
    changes = {"status": new, "status_by_id": by.pk, "status_at": moment(DAY), **words}
    assert stored(row) == before | changes
    trace = row.events.order_by("pgh_id").last()
    assert row.events.count() == events + 1
    assert (trace.pgh_label, trace.status, trace.status_by_id, trace.status_at) == ("update", new, by.pk, moment(DAY))
    assert trace.pgh_context is None  # a move is a step of an action, and only that has a context


@pytest.mark.django_db
def test_a_refusal_names_who_decided_what_and_when(english: None) -> None:
    need, by = NeedFactory(status="submitted"), CityUserFactory(name="韩立")
    move(need, "published", by=by, at=moment(DAY, 15), published_at=moment(DAY, 15))
    with pytest.raises(AlreadyDone) as refusal:
        move(need, "returned", by=CityUserFactory(), at=moment(DAY, 16), return_reason="太短")
    said = "This need was set to “published” by 韩立 on 6 May 2025 15:00; nothing was changed."
    assert refusal.value.message == said


@pytest.mark.django_db
def test_a_refusal_says_so_when_the_calendar_decided(english: None) -> None:
    dispatch = DispatchFactory()
    move(dispatch, "expired", by=None, at=moment(DAY, 8))
    with pytest.raises(AlreadyDone) as refusal:
        move(dispatch, "accepted", by=CityUserFactory(), at=moment(DAY, 9), answered_on=DAY)
    assert refusal.value.message == "This dispatch became “lapsed” on 6 May 2025 08:00; nothing was changed."


@pytest.mark.django_db
def test_a_refusal_of_a_first_step_names_the_status(english: None) -> None:
    with pytest.raises(AlreadyDone) as refusal:
        check_move(NeedFactory(status="draft"), "published")
    assert refusal.value.message == "This need is “draft”, so this step is not possible."


@pytest.mark.django_db
def test_move_reads_the_row_afresh() -> None:
    need = NeedFactory(status="submitted")
    stale = Need.objects.get(pk=need.pk)
    move(need, "published", by=None, at=moment(DAY), published_at=moment(DAY))
    with pytest.raises(AlreadyDone):
        move(stale, "returned", by=None, at=moment(DAY), return_reason="太短")
    assert stale.status == "published"


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_exactly_one_moves_the_row() -> None:
    need, one, two = NeedFactory(status="submitted"), CityUserFactory(), CityUserFactory()

    def step(to: str, by: User, **facts: Any) -> Any:
        return lambda: move(Need.objects.get(pk=need.pk), to, by=by, at=moment(DAY), **facts)

    first, second = race(
        step("published", one, published_at=moment(DAY)), step("returned", two, return_reason="请补充。")
    )
    assert first.status == "published"
    assert type(second) is AlreadyDone
    assert one.name in second.message
    row = Need.objects.get(pk=need.pk)
    assert (row.status, row.status_by, row.return_reason) == ("published", one, "")
    assert [event.status for event in row.events.order_by("pgh_id")] == ["submitted", "published"]


@pytest.mark.django_db(transaction=True)
def test_rows_that_point_at_a_locked_one_are_written_meanwhile() -> None:
    """What a foreign key asks for is not refused while the row is locked."""
    need = NeedFactory()

    def point() -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT id FROM enterprises_need WHERE id = %s FOR KEY SHARE NOWAIT", [need.pk])
            return bool(cursor.fetchone())

    assert race(lambda: lock(Need.objects.get(pk=need.pk)), point) == (need, True)
