"""Whom nothing has needed for years: the calendar proposes to erase him, once, and a person decides."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as site

from accounts.models import User
from core.personal_data import UNNEEDED
from enterprises.models import Enterprise, Need
from privacy import proposals
from privacy.checks import check_years
from privacy.models import PersonalRequest
from tests import factories as f
from tests.factories import SHANGHAI, moment
from tests.privacy.people import approved

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2015, 1, 1, tzinfo=SHANGHAI)
# Rows of history are of the present moment, so years are counted from a day that lies after it.
TODAY = date.today() + timedelta(days=365 * 6)


def proposed(on: date = TODAY) -> dict[str, int]:
    return proposals.propose(at=moment(on), on=on)


def test_an_account_nobody_uses_is_proposed_once() -> None:
    f.CityUserFactory(last_login=moment(TODAY - timedelta(days=10)))
    unused = f.MemberFactory(user__last_login=LONG_AGO, user__phone="19900000000").user
    f.ProgramUserFactory(date_joined=LONG_AGO)
    assert proposed()["unused_accounts"] == 1
    request = PersonalRequest.objects.get(subject="accounts.user")
    assert (request.key, request.kind, request.user, request.status) == (unused.pk, "erase", None, "asked")
    assert request.text == "该账号已多年无人登录。"
    assert proposed()["unused_accounts"] == 0
    approved(request)
    assert User.objects.get(pk=unused.pk).name == f"已删除的企业人员№{unused.pk}"


def test_a_doctor_who_left_is_proposed_and_one_who_serves_is_not() -> None:
    left, serving = f.DoctorFactory(user=None, active=False), f.DoctorFactory(user=None, active=False)
    f.DoctorFactory(user=None)
    f.AssignmentFactory(doctor=serving)
    assert proposed()["withdrawn_doctors"] == 1
    assert PersonalRequest.objects.get(subject="experts.doctor").key == left.pk
    assert proposed(date.today())["withdrawn_doctors"] == 0


def test_a_contact_whose_needs_led_to_nothing_is_proposed_and_erased() -> None:
    need = f.NeedFactory(
        created_at=LONG_AGO, contact_name="欧阳", contact_phone="13912345678", problem="请找欧阳，电话13912345678"
    )
    f.NeedFactory(created_at=LONG_AGO, status="in_service")
    f.EnterpriseFactory()
    Enterprise.objects.filter(pk=need.enterprise_id).update(contact_name="欧阳", contact_phone="13912345678")
    assert proposed()["unmatched_contacts"] == 1
    request = PersonalRequest.objects.get(subject="enterprises.enterprise")
    approved(request)
    firm, now = Enterprise.objects.get(pk=need.enterprise_id), Need.objects.get(pk=need.pk)
    assert (firm.contact_name, firm.contact_phone, firm.name) == ("", "", need.enterprise.name)
    assert (now.contact_name, now.contact_phone, now.problem) == ("", "", "请找某某，电话某某")


def test_nought_years_propose_nobody(settings: Any) -> None:
    f.DoctorFactory(user=None, active=False)
    settings.PROPOSE_ERASURE_YEARS = dict.fromkeys(site.PROPOSE_ERASURE_YEARS, 0)
    assert proposed() == {}


def test_every_rule_has_its_years(settings: Any) -> None:
    assert check_years() == []
    assert set(UNNEEDED) == {"unused_accounts", "withdrawn_doctors", "unmatched_contacts"}
    settings.PROPOSE_ERASURE_YEARS = {**site.PROPOSE_ERASURE_YEARS, "nonsense": 1}
    assert [error.msg for error in check_years()] == ["PROPOSE_ERASURE_YEARS does not fit the rules: nonsense"]
