"""What the calendar does by itself: a row that cannot lapse or end is set aside, and holds up no other."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from assignments import terms
from assignments.models import Assignment, Dispatch, Order
from core.models import SetAside
from matching.models import Feedback, Suggestion
from outbox.models import Mail
from tests.factories import (
    START,
    AssignmentFactory,
    DispatchFactory,
    DoctorFactory,
    DoctorUserFactory,
    OrderFactory,
    SuggestionFactory,
    moment,
)
from tests.former import write
from tests.outbox.conftest import with_address

pytestmark = pytest.mark.django_db
DUE = START + timedelta(days=8)
ENDED = START + timedelta(days=366)
WRONG = [{"factor": "topic"}]  # points without points


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def aside() -> list[tuple[Any, ...]]:
    columns = ("kind", "object_id", "times", "resolved_at")
    return list(SetAside.objects.order_by("pk").values_list(*columns))


def statuses(rows: Any) -> list[str]:
    return list(rows.order_by("pk").values_list("status", flat=True))


def bad_suggestion(need: Any, doctor: Any) -> Suggestion:
    """A line of a shortlist as no engine of today would write it."""
    line: Suggestion = SuggestionFactory(need=need, doctor=doctor)
    write(line, points=WRONG)
    return line


def test_doctors_are_reminded_once_of_offers_that_end_today_or_tomorrow(
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for days in (-1, 0, 1, 2):
        doctor = DoctorFactory(user=with_address(DoctorUserFactory()))
        DispatchFactory(doctor=doctor, answer_by=DUE + timedelta(days=days), order__need__title=f"第{days}项")
    with django_assert_num_queries(4):  # the offers, the addresses, the choices, the messages
        assert terms.remind_of_offers(at=moment(DUE), on=DUE) == 2
    mails = Mail.objects.order_by("pk").values_list("user", "kind", "key")
    assert list(mails) == [
        (dispatch.doctor.user_id, "offer_ending", f"offer_ending:{dispatch.pk}")
        for dispatch in Dispatch.objects.filter(answer_by__in=[DUE, DUE + timedelta(days=1)]).order_by("pk")
    ]
    Dispatch.objects.filter(answer_by=DUE).update(status="accepted", answered_on=DUE)
    assert (terms.remind_of_offers(at=moment(DUE), on=DUE), Mail.objects.count()) == (1, 2)


def test_offers_lapse_but_for_the_one_that_cannot() -> None:
    _first, bad, _last = (DispatchFactory() for _turn in range(3))
    line = bad_suggestion(bad.order.need, bad.doctor)
    assert terms.lapse_overdue(at=moment(DUE), on=DUE) == 2
    assert statuses(Dispatch.objects) == ["expired", "offered", "expired"]
    assert aside() == [("lapse_dispatch", bad.pk, 1, None)]
    assert SetAside.objects.get().cause == (
        "Something nobody foresaw went wrong (ValidationError: "
        "['“points by factor” cannot be kept so: [0].most: missing']); tell whoever operates the system."
    )
    assert terms.lapse_overdue(at=moment(DUE, 10), on=DUE) == 0
    assert aside() == [("lapse_dispatch", bad.pk, 2, None)]
    write(line, points=[{"factor": "topic", "points": 1, "most": 2}])
    assert terms.lapse_overdue(at=moment(DUE, 11), on=DUE) == 1
    assert aside() == [("lapse_dispatch", bad.pk, 2, moment(DUE, 11))]
    assert [row.kind for row in Feedback.objects.all()] == ["expired"]


def test_an_offer_whose_order_stands_elsewhere_is_set_aside_too() -> None:
    bad = DispatchFactory()
    Order.objects.filter(pk=bad.order_id).update(status="cancelled")
    assert terms.lapse_overdue(at=moment(DUE), on=DUE) == 0
    assert statuses(Dispatch.objects) == ["offered"]
    assert aside() == [("lapse_dispatch", bad.pk, 1, None)]
    assert SetAside.objects.get().cause == "This order is “cancelled”, so this step is not possible."


def test_what_a_person_decided_needs_no_second_try() -> None:
    bad = DispatchFactory()
    bad_suggestion(bad.order.need, bad.doctor)
    terms.lapse_overdue(at=moment(DUE), on=DUE)
    Dispatch.objects.filter(pk=bad.pk).update(status="withdrawn")
    assert terms.lapse_overdue(at=moment(DUE, 10), on=DUE) == 0
    assert aside() == [("lapse_dispatch", bad.pk, 1, moment(DUE, 10))]


def test_terms_end_but_for_the_one_that_cannot() -> None:
    _first, bad, _last = (AssignmentFactory(order=OrderFactory(status="settled")) for _turn in range(3))
    line = bad_suggestion(bad.order.need, bad.doctor)
    assert terms.complete_ended(at=moment(ENDED), on=ENDED) == 2
    assert statuses(Assignment.objects) == ["completed", "active", "completed"]
    assert aside() == [("complete_assignment", bad.pk, 1, None)]
    line.delete()
    assert terms.complete_ended(at=moment(ENDED, 10), on=ENDED) == 1
    assert aside() == [("complete_assignment", bad.pk, 1, moment(ENDED, 10))]
