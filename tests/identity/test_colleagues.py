"""A firm and a university see who acts for them, and can end an account."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.errors import Refused
from core.models import LedgerEntry, Notice
from identity.colleagues import dismiss
from tests import factories as f
from tests.threads import race

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def pair(kind: str) -> tuple[User, User]:
    if kind == "firm":
        first = f.MemberFactory()
        return first.user, f.MemberFactory(enterprise=first.enterprise).user
    liaison = f.LiaisonFactory()
    return liaison.user, f.LiaisonFactory(university=liaison.university).user


@pytest.mark.parametrize("kind", ["firm", "university"])
def test_one_sees_who_acts_and_ends_an_account(kind: str) -> None:
    one, other = pair(kind)
    stranger, _second = pair(kind)
    client, gone = client_of(one), client_of(other)
    page = client.get(reverse("colleagues"))
    assert {row["user"] for row in page.context["people"]} == {one, other}
    assert {row["since"] is not None for row in page.context["people"]} == {True}
    act = reverse("colleague_dismiss", args=[other.pk])
    assert client_of(stranger).post(act, {"reason": "x"}).status_code == 404
    client.post(act, {"reason": "已离职"})
    other.refresh_from_db()
    assert other.is_active is False
    assert gone.get(reverse("home")).status_code == 302
    told = set(Notice.objects.filter(kind="member_dismissed").values_list("user", flat=True))
    assert told == {one.pk, other.pk}
    entry = LedgerEntry.objects.get(kind="member_dismissed")
    assert (entry.who, entry.about_key) == (one.pk, str(other.pk))
    own = client.post(reverse("colleague_dismiss", args=[one.pk]), {"reason": "x"})
    one.refresh_from_db()
    assert (own.status_code, one.is_active) == (200, True)  # refused in words: nobody else acts for the body


@pytest.mark.parametrize("who", [f.DoctorUserFactory, f.CityUserFactory, f.ProgramUserFactory])
def test_nobody_else_has_the_page(who: Any) -> None:
    assert client_of(who()).get(reverse("colleagues")).status_code == 403


def test_a_member_of_another_firm_is_not_dismissed() -> None:
    one, _other = pair("firm")
    stranger, _second = pair("firm")
    with pytest.raises(Refused) as refused:
        dismiss(stranger, by=one, at=timezone.now(), reason="x")
    assert refused.value.code == "forbidden"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_dismiss_each_other_one_stays() -> None:
    one, other = pair("firm")

    def ends(user: User, by: User) -> User:
        return dismiss(User.objects.get(pk=user.pk), by=User.objects.get(pk=by.pk), at=timezone.now(), reason="x")

    first, second = race(lambda: ends(other, one), lambda: ends(one, other))
    assert (first.is_active, second.code) == (False, "gone")
    assert list(User.objects.filter(pk__in=[one.pk, other.pk], is_active=True)) == [one]
