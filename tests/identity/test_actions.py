"""Accounts and tokens: what is stored, what is shown once, what stays in the history."""

import hashlib
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, Office, User
from core.errors import Refused
from identity.actions import create_account, issue_token, remove_account, remove_office, revoke_token
from tests.factories import START, CityUserFactory, OfficeFactory, ProgramUserFactory, moment


@pytest.mark.django_db
def test_an_office_account_enters_the_admin_and_others_do_not() -> None:
    office = OfficeFactory()
    staff = create_account(
        "han", by=None, name="韩立", role="office", password="long-enough-7", office=office, phone="19900000001"
    )
    doctor = create_account("nan", by=None, name="南宫婉", role="doctor", password="long-enough-7")
    assert (staff.is_staff, staff.office, staff.phone, staff.is_superuser) == (True, office, "19900000001", False)
    assert (doctor.is_staff, doctor.office) == (False, None)
    assert staff.check_password("long-enough-7") is True
    assert (staff.pinyin, str(staff)) == ("hanli hl 韩立", "韩立")


@pytest.mark.django_db
def test_without_a_password_nobody_signs_in() -> None:
    user = create_account("han", by=None, name="韩立", role="doctor", password=None)
    assert user.has_usable_password() is False
    assert user.check_password("") is False


@pytest.mark.django_db
def test_a_token_is_shown_once_and_kept_as_a_digest() -> None:
    by, user = CityUserFactory(), ProgramUserFactory()
    token, key = issue_token(user, by=by, label="省平台", expires_on=START)
    assert key.startswith("tl_")
    assert len(key) == 46
    row = ApiToken.objects.values().get(pk=token.pk)
    assert key not in [str(value) for value in row.values()]
    assert (row["digest"], row["prefix"]) == (hashlib.sha256(key.encode()).hexdigest(), key[:8])
    assert (row["user_id"], row["label"], row["scope"], row["expires_on"]) == (user.pk, "省平台", "read", START)
    assert issue_token(user, by=by, label="再来一个")[1] != key
    assert issue_token(user, by=by, label="演示", key="tl_demo")[1] == "tl_demo"


@pytest.mark.django_db
def test_which_tokens_can_be_used() -> None:
    by, user = CityUserFactory(), ProgramUserFactory()
    today = date(2025, 3, 9)
    kept = [
        issue_token(user, by=by, label="forever")[0],
        issue_token(user, by=by, label="last day", expires_on=today)[0],
        issue_token(user, by=by, label="later", expires_on=today + timedelta(days=1))[0],
    ]
    issue_token(user, by=by, label="over", expires_on=today - timedelta(days=1))
    revoke_token(issue_token(user, by=by, label="revoked")[0], by=by, at=moment(today))
    assert list(ApiToken.objects.usable(today).order_by("pk")) == kept


@pytest.mark.django_db
def test_revoking_twice_keeps_the_first_moment() -> None:
    by = CityUserFactory()
    token, _key = issue_token(ProgramUserFactory(), by=by, label="省平台")
    revoke_token(token, by=by, at=moment(START))
    revoke_token(token, by=by, at=moment(START, 15))
    token.refresh_from_db()
    assert token.revoked_at == moment(START)


@pytest.mark.django_db
def test_a_superuser_belongs_to_the_city_office() -> None:
    user = User.objects.create_superuser("root", "root@city.invalid", "long-enough-7", name="管理员")
    assert (user.role, user.is_city_office, user.is_staff, user.is_superuser) == ("office", True, True, True)


@pytest.mark.django_db
def test_the_history_of_an_account_knows_no_secret() -> None:
    user = create_account("han", by=None, name="韩立", role="doctor", password="long-enough-7")
    token, _key = issue_token(user, by=user, label="手机")
    user.name = "厉飞雨"
    user.save()
    events = list(user.events.order_by("pgh_id"))
    assert [(event.pgh_label, event.name) for event in events] == [("insert", "韩立"), ("update", "厉飞雨")]
    assert not hasattr(events[0], "password")
    assert not hasattr(token.events.get(), "digest")


def traces(model: Any) -> list[tuple[str, str, int | None, str]]:
    """The history rows of a table that were written by acts: what, in which act, by whom, where."""
    events = model.events.rel.related_model.objects.select_related("pgh_context")
    rows = events.exclude(pgh_context=None).order_by("pgh_id")
    return [(row.pgh_label, *(row.pgh_context.metadata[name] for name in ("act", "by", "address"))) for row in rows]


@pytest.mark.django_db
def test_the_first_account_is_made_by_actions_of_nobody(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.GUARD_WRITES = True
    monkeypatch.setattr("sys.stdin", StringIO("zao qi de niao er\n"))
    call_command("createoffice", "gao", office="云泉市人才办", stdout=StringIO())
    assert traces(Office) == [("insert", "identity.open_office", None, "command createoffice")]
    assert traces(User) == [("insert", "identity.create_account", None, "command createoffice")]


@pytest.mark.django_db
def test_ones_own_password_is_changed_by_an_action(client: Client, settings: Any) -> None:
    settings.GUARD_WRITES = True
    user = CityUserFactory()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page, new = reverse("password_change"), "zao qi de niao er"
    form = {"old_password": "correct horse battery", "new_password1": new, "new_password2": new}
    assert client.post(page, form).status_code == 302
    user.refresh_from_db()
    assert user.check_password(new)
    assert client.get(reverse("password_change")).status_code == 200  # still signed in
    assert traces(User) == [("update", "identity.change_password", user.pk, page)]


@pytest.mark.django_db
def test_what_others_name_is_not_removed() -> None:
    by, office = CityUserFactory(), OfficeFactory(name="另一个人才办")
    staff = CityUserFactory(office=office)
    with pytest.raises(Refused) as refusal:
        remove_office(office, by=by, at=moment(START))
    assert refusal.value.code == "named"
    assert staff.office == Office.objects.get(name="另一个人才办")
    with pytest.raises(Refused) as refusal:
        remove_account(by, by=by, at=moment(START))
    assert refusal.value.code == "oneself"
