"""Who is told of what happens to orders, offers and assignments."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.rules import is_doctor
from assignments.models import Assignment, Dispatch, Order
from assignments.notice_kinds import DISPATCH_ANSWERED, DOCTOR_PASSED_OVER
from core.notices import notify
from enterprises.actions import enterprise_users
from experts.models import Doctor
from outbox.kinds import kind
from outbox.post import Letter, send_all, take_back
from programmes.named_rules import name_rules

OFFER_WAITING = kind("offer_waiting", gettext_lazy("An enterprise asks for you"), for_whom=is_doctor)
OFFER_ENDING = kind("offer_ending", gettext_lazy("The day before an offer lapses unanswered"), for_whom=is_doctor)


def liaisons_of(order: Order) -> Sequence[User]:
    """The liaison people of the university asked, or of the doctors asked for."""
    people = User.objects.filter(is_active=True, role=User.Role.UNIVERSITY)
    if order.university_id is not None:
        return list(people.filter(liaison__university=order.university_id))
    return list(people.filter(liaison__university__doctors__in=order.doctors.all()).distinct())


def tell_doctor(dispatch: Dispatch, of_kind: str, *, at: datetime, **params: str) -> None:
    if dispatch.doctor.user is not None:
        url = dispatch.get_absolute_url()
        notify([dispatch.doctor.user], of_kind, key=f"{dispatch.pk}:{dispatch.status}", at=at, url=url, **params)


def write_to_doctors(dispatches: Iterable[Dispatch], of_kind: str, *, at: datetime) -> int:
    """Write to the doctors of open offers, by mail or SMS as they chose; once for each offer."""
    letters = [
        Letter([dispatch.doctor.user], str(dispatch.pk), dispatch.get_absolute_url(), _said(dispatch))
        for dispatch in dispatches
        if dispatch.doctor.user is not None
    ]
    return send_all(letters, of_kind, at=at)


def take_back_letters(dispatch: Dispatch) -> None:
    """Withdraw the messages about an ended offer that are not sent yet."""
    take_back(OFFER_WAITING, OFFER_ENDING, key=str(dispatch.pk))


def _said(dispatch: Dispatch) -> dict[str, Any]:
    order = dispatch.order
    return {"host": str(order.host), "title": order.need.title, "answer_by": dispatch.answer_by}


def tell_others(dispatch: Dispatch, *, at: datetime) -> None:
    """Tell the enterprise and the university what the doctor answered."""
    order = dispatch.order
    notify(
        [*enterprise_users(order.host.enterprise), *liaisons_of(order)],
        DISPATCH_ANSWERED,
        key=f"{dispatch.pk}:{dispatch.status}",
        at=at,
        url=order.get_absolute_url(),
        doctor=dispatch.doctor.name,
        title=order.need.title,
        answer=str(dispatch.status),
    )


def tell_office(dispatch: Dispatch, of_kind: str, rules: Sequence[str], *, at: datetime) -> None:
    """Tell the office of an offer that was made by itself, or accepted, although rules ask for a reason; `rules` are
    their ids, and without any nothing is told."""
    if not rules:
        return
    order = dispatch.order
    notify(
        User.objects.operators(), of_kind, key=str(dispatch.pk), at=at, url=dispatch.get_absolute_url(),
        doctor=dispatch.doctor.name, host=str(order.host), title=order.need.title,
        rules=name_rules(order.host.batch.rule_set_id, rules),
    )  # fmt: skip


def tell_office_of_pass(order: Order, doctor: Doctor, rules: Sequence[str], *, at: datetime) -> None:
    """Tell the office that the next doctor asked for was passed over, because rules forbid his offer."""
    notify(
        User.objects.operators(), DOCTOR_PASSED_OVER, key=f"{order.pk}:{doctor.pk}", at=at,
        url=order.get_absolute_url(), doctor=doctor.name, host=str(order.host), title=order.need.title,
        rules=name_rules(order.host.batch.rule_set_id, rules),
    )  # fmt: skip


def tell_parties(assignment: Assignment, of_kind: str, *, at: datetime, key: str = "", **params: str) -> None:
    """Tell the host, the doctor and his university; once for each status of the assignment, or for each `key`."""
    people = [*enterprise_users(assignment.host.enterprise)]
    people += User.objects.filter(liaison__university=assignment.doctor.university_id, role=User.Role.UNIVERSITY)
    if assignment.doctor.user is not None:
        people.append(assignment.doctor.user)
    notify(
        people,
        of_kind,
        key=f"{assignment.pk}:{key or assignment.status}",
        at=at,
        url=assignment.get_absolute_url(),
        doctor=assignment.doctor.name,
        host=str(assignment.host),
        **params,
    )
