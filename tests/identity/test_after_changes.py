"""What ends when a password, a role or an account ends: sessions, codes, links and invitations of before."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.errors import Refused
from core.models import Notice
from identity.actions import change_password, edit_account
from identity.asking import set_password_of
from identity.colleagues import dismiss
from identity.models import AccountLink, PasswordReset
from identity.resetting import _digest, reset_password, try_code
from tests import factories as f
from tests.factories import START, moment
from tests.identity.conftest import PASSWORD, code_of, enter, give_app, is_in
from tests.threads import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_one_factor")]
NEW = "zao qi de niao er"


@pytest.fixture
def _one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR = []


def row_with(user: User, code: str) -> PasswordReset:
    """A code that was sent to a user."""
    row: PasswordReset = PasswordReset.objects.create(user=user, medium="mail", asked_at=timezone.now())
    row.digest = _digest(row, code)
    row.save()
    return row


def refused(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as error:
        call(*args, **kwargs)
    return error.value.code


@pytest.mark.parametrize(
    "facts",
    [{"is_active": False}, {"operates": False, "administers": True}, {"office": "another"}],
    ids=["closed", "duties", "office"],
)
def test_sessions_end_with_the_powers_they_began_with(facts: dict[str, Any]) -> None:
    by = f.CityUserFactory()
    user: User = f.OperatorFactory(office=by.office)
    if "office" in facts:
        facts = {"office": f.SeparateOfficeFactory()}
    session = Client()
    enter(session, user)
    assert is_in(session) is True
    edit_account(user, by=by, at=timezone.now(), facts=facts)
    edit_account(user, by=by, at=timezone.now(), facts={"is_active": True})
    assert is_in(session) is False


def test_sessions_outlast_what_changes_no_power() -> None:
    by, user, session = f.CityUserFactory(), f.DoctorFactory().user, Client()
    enter(session, user)
    edit_account(user, by=by, at=timezone.now(), facts={"phone": "13900001111"})
    assert is_in(session) is True


def test_a_dismissed_colleague_is_out_even_if_the_account_is_opened_again() -> None:
    member = f.MemberFactory()
    other: User = f.MemberFactory(enterprise=member.enterprise).user
    session = Client()
    enter(session, other)
    dismiss(other, by=member.user, at=timezone.now(), reason="离职")
    User.objects.filter(pk=other.pk).update(is_active=True)
    assert is_in(session) is False


def test_with_a_new_password_no_code_that_was_sent_is_right() -> None:
    user = f.DoctorUserFactory()
    first, second = row_with(user, "111111"), row_with(user, "222222")
    assert try_code(first, by=None, at=timezone.now(), code="111111") is True
    reset_password(first, by=user, at=timezone.now(), password=NEW)
    assert try_code(second, by=None, at=timezone.now(), code="222222") is False
    assert refused(reset_password, second, by=user, at=timezone.now(), password=NEW) == "used"


def test_a_closed_account_gets_no_new_password() -> None:
    user = f.DoctorUserFactory(is_active=False)
    assert refused(reset_password, row_with(user, "111111"), by=user, at=timezone.now(), password=NEW) == "closed"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_code_at_once_one_does() -> None:
    user = f.DoctorUserFactory()
    row = row_with(user, "111111")

    def use(password: str) -> str:
        reset_password(PasswordReset.objects.get(pk=row.pk), by=user, at=timezone.now(), password=password)
        return password

    done, other = race(lambda: use(NEW), lambda: use("wan qi de chong er"))
    user.refresh_from_db()
    assert (user.check_password(done), other.code) == (True, "used")


@pytest.mark.parametrize("way", ["code", "office", "own"])
def test_links_end_with_a_password_that_was_lost(way: str) -> None:
    user, other = f.DoctorFactory().user, f.LiaisonFactory().user
    AccountLink.objects.create(first=user, second=other, linked_at=moment(START))
    if way == "code":
        reset_password(row_with(user, "1"), by=user, at=timezone.now(), password=NEW)
    elif way == "office":
        set_password_of(user, by=f.CityUserFactory(), at=timezone.now())
    else:
        change_password(user, by=user, password=NEW)
    told = set(Notice.objects.filter(kind="account_unlinked").values_list("user", flat=True))
    left = AccountLink.objects.count()
    assert (left, told) == ((1, set()) if way == "own" else (0, {user.pk, other.pk}))


def test_an_invitation_ends_when_a_password_is_set() -> None:
    user = f.DoctorUserFactory(password="!")
    f.InvitationFactory(user=user, key="1" + "k" * 32)
    client = Client()
    client.get(f"/invitation/1{'k' * 32}/")
    assert client.get("/invitation/").status_code == 200
    change_password(user, by=f.CityUserFactory(), password=PASSWORD)
    chosen = {"username": user.username, "password1": NEW, "password2": NEW}
    assert client.post("/invitation/", chosen).status_code == 410
    user.refresh_from_db()
    assert user.check_password(PASSWORD) is True


def test_a_sign_in_that_was_begun_with_the_old_password_is_not_ended_with_it() -> None:
    user: User = f.DoctorUserFactory()
    secret, thief = give_app(user), Client()
    enter(thief, user)
    change_password(user, by=user, password=NEW)
    answer = thief.post("/login/second/", {"code": code_of(secret)})
    assert (answer["Location"], is_in(thief)) == ("/login/", False)


def test_a_switch_does_not_make_a_session_longer() -> None:
    user, other, client = f.DoctorFactory().user, f.LiaisonFactory().user, Client()
    link = AccountLink.objects.create(first=user, second=other, linked_at=moment(START))
    enter(client, user)
    kept = client.session
    began = (timezone.now() - timedelta(hours=3)).timestamp()
    kept["limits"] = {**kept["limits"], "began": began}
    kept.save()
    client.post(f"/account/linked/{link.pk}/switch/")
    limits = client.session["limits"]
    assert (client.session["_auth_user_id"], limits["role"], limits["began"]) == (str(other.pk), other.role, began)
