"""The sign of attacks: wrong passwords of the last hour and refusals of this day."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation

from core.models import LedgerTally
from core.refusals import REFUSED_ACCESS
from identity.sign_ins import record_failure
from talentlink.watch import attacks as module
from talentlink.watch.attacks import attacks
from tests.factories import DoctorUserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("wrong", "level"), [(0, "good"), (2, "good"), (3, "wait"), (4, "wait"), (5, "bad"), (9, "bad")]
)
def test_wrong_passwords_of_the_last_hour(wrong: int, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WRONG_PASSWORDS", (3, 5))
    for _number in range(wrong):
        record_failure("gao", waits=0)
    sign = attacks(timezone.now())
    assert (str(sign.level), sign.value) == (level, min(wrong, 5))
    assert str(attacks(timezone.now() + timedelta(minutes=61)).level) == "good"


@pytest.mark.parametrize(("times", "level"), [(199, "good"), (200, "wait"), (1999, "wait"), (2000, "bad")])
def test_refusals_of_one_account_today(times: int, level: str) -> None:
    now = timezone.now()
    for number in range(3):
        day = timezone.localdate(now) - timedelta(days=number)
        kept = times if number == 0 else 9999
        LedgerTally.objects.create(day=day, kind=REFUSED_ACCESS, who=7, mark="forbidden", times=kept)
    LedgerTally.objects.create(day=timezone.localdate(now), kind="other", who=7, mark="x", times=9999)
    assert str(attacks(now).level) == level


def test_what_a_guesser_does_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WRONG_PASSWORDS", (2, 4))
    doctor, client = DoctorUserFactory(), Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _number in range(2):
            client.post("/login/", {"username": doctor.username, "password": "wrong"})
            clock.shift(timedelta(seconds=1))
        with translation.override("en"):  # the requests left the language of the site
            sign = attacks(timezone.now() + timedelta(minutes=1))
    assert sign.headline == ("2 wrong passwords within an hour, access refused 0 times today to one account or address")
    assert (bool(sign.meaning), bool(sign.advice)) == (True, True)
