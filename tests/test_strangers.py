"""Faults that only the running product showed: Django's own pages, offers of others, deleted rows, numbers, months."""

import os
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assignments.actions import dispatch_doctor, place_order, withdraw_dispatch
from core.errors import Refused
from core.status import lock
from enterprises.models import Enterprise
from officedata.months import Month
from service.actions import register_outcome, reopen_month
from service.closing import close_month
from service.models import Outcome
from tests import factories as f
from tests.factories import START, moment
from ui.templatetags.ui_format import cndate

pytestmark = pytest.mark.django_db
AT = moment(START)


def client_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# -- Pages of Django itself ------------------------------------------------------------------------------------


def test_the_frameworks_own_password_page_leads_to_ours() -> None:
    answer = client_of(f.CountyUserFactory()).post("/office/password_change/", {"old_password": "x"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("password_change"))


@pytest.mark.parametrize("path", ["12/²/", "²/1/", "12/%00/", "0/1/", f"{2**70}/1/"])
def test_the_way_from_a_table_to_a_page_knows_no_such_row(path: str) -> None:
    assert client_of(f.CityUserFactory()).get(f"/office/r/{path}").status_code == 404


def test_the_way_from_a_table_to_a_page_is_for_whoever_sees_the_row() -> None:
    need = f.NeedFactory()
    path = f"/office/r/{ContentType.objects.get_for_model(need).pk}/{need.pk}/"
    answers = [client_of(user).get(path) for user in (f.CityUserFactory(), f.CountyUserFactory())]
    assert [answer.status_code for answer in answers] == [302, 404]
    assert answers[0]["Location"] == need.get_absolute_url()


@pytest.mark.parametrize(("command", "act"), [("createsuperuser", "insert"), ("changepassword", "update")])
def test_the_frameworks_commands_leave_a_trace(command: str, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if command == "createsuperuser":
        monkeypatch.setitem(os.environ, "DJANGO_SUPERUSER_PASSWORD", "zao qi de niao er")
        call_command(command, interactive=False, username="root2", name="R", stdout=StringIO())
        user = User.objects.get(username="root2")
    else:
        user = f.CityUserFactory()
        monkeypatch.setattr("getpass.getpass", lambda prompt: "zao qi de niao er")
        call_command(command, user.username, stdout=StringIO())
    event = user.events.order_by("pgh_id").last()
    facts = event.pgh_context.metadata
    assert (event.pgh_label, facts["act"], facts["address"]) == (act, "identity.by_command", f"command {command}")


# -- Offers of one university are not another's ----------------------------------------------------------------


def test_a_university_reads_no_offer_and_no_choice_of_anothers_doctor() -> None:
    city = f.CityUserFactory()
    ours, theirs = f.LiaisonFactory(), f.LiaisonFactory()
    mine = f.DoctorFactory(university=ours.university, name="本校博士")
    other = f.DoctorFactory(university=theirs.university, name="外校博士")
    batch = f.BatchFactory(status="open")
    need = f.NeedFactory(status="published")
    f.HostFactory(batch=batch, enterprise=need.enterprise)
    on = batch.orders_from
    order = place_order(need, by=city, at=AT, on=on, doctors=[other, mine], batch=batch)
    offer = dispatch_doctor(order, other, by=theirs.user, at=AT, on=on)
    withdraw_dispatch(offer, by=theirs.user, at=AT, on=on, reason="家中有事")
    said = {}
    for name, liaison in (("ours", ours), ("theirs", theirs)):
        client = client_of(liaison.user)
        pages = [client.get(path) for path in (f"/orders/{order.pk}/", "/orders/")]
        assert [page.status_code for page in pages] == [200, 200]
        texts = [page.content.decode() for page in pages]
        said[name] = [[word in text for word in ("外校博士", "家中有事", "本校博士")] for text in texts]
    assert said["ours"] == [[False, False, True], [False, False, True]]
    assert said["theirs"][0] == [True, True, False]


# -- A deleted row ---------------------------------------------------------------------------------------------


def test_a_lock_on_a_row_that_is_gone_says_so() -> None:
    firm = f.EnterpriseFactory()
    Enterprise.objects.filter(pk=firm.pk).delete()
    with pytest.raises(Refused) as refusal:
        lock(firm)
    assert (refusal.value.code, refusal.value.status) == ("gone", 409)


# -- Numbers shown by a button ---------------------------------------------------------------------------------


def test_a_page_of_a_shown_number_leads_back_when_it_is_come_back_to() -> None:
    client, doctor, need = client_of(f.CityUserFactory()), f.DoctorFactory(), f.NeedFactory()
    table = reverse("admin:experts_doctor_phone", args=[doctor.pk])
    asked = [f"/doctors/{doctor.pk}/phone/", f"/needs/{need.pk}/contact/", table]
    assert [client.get(path)["Location"] for path in asked] == [
        f"/doctors/{doctor.pk}/", f"/needs/{need.pk}/", reverse("admin:experts_doctor_change", args=[doctor.pk])
    ]  # fmt: skip


# -- Another's outcome -----------------------------------------------------------------------------------------


def test_a_firm_joins_no_outcome_that_it_does_not_see() -> None:
    ours, theirs = f.AssignmentFactory(), f.AssignmentFactory()
    host = f.MemberFactory(enterprise=ours.host.enterprise).user
    city = f.CityUserFactory()
    facts: dict[str, Any] = {"at": AT, "kind": "patent", "title": "发明专利", "happened_on": START}
    first = register_outcome([theirs], by=city, effect="合同额", **facts)
    with pytest.raises(Refused) as refusal:
        register_outcome([ours], by=host, effect="我方", **facts)
    assert refusal.value.code == "anothers_outcome"
    # The office sees both outcomes and may join them.
    assert register_outcome([ours], by=city, **facts) == first
    assert (Outcome.objects.count(), set(first.assignments.all())) == (1, {ours, theirs})


# -- A month re-opened -----------------------------------------------------------------------------------------


def test_the_page_of_a_reopened_month_shows_the_day_it_locks_now() -> None:
    assignment, city = f.AssignmentFactory(), f.CityUserFactory()
    close_month(Month.of(START), at=moment(START + timedelta(days=60)))
    check, on = assignment.checks.get(), START + timedelta(days=70)
    assert check.locked_at is not None
    reopen_month(check, by=city, at=moment(on), until=on + timedelta(days=20), reason="系统故障")
    check.refresh_from_db()
    with time_machine.travel(moment(on), tick=False):
        page = client_of(city).get(f"/checks/{check.pk}/").content.decode()
    assert check.locks_on == on + timedelta(days=21)
    assert re.search(rf"<dt>Locks</dt>\s*<dd>\s*{cndate(check.locks_on)}\s*</dd>", page)
