"""A new password by a code: sent to a confirmed address, short-lived, answered alike for known and unknown names."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core import jobs
from core.models import Notice
from identity import resetting
from identity.models import PasswordReset
from outbox import sending
from outbox.models import Channel, Mail
from tests.factories import DoctorUserFactory, ProgramUserFactory
from tests.identity.conftest import NOW, PASSWORD, code_of, enter, give_app, is_in, kinds
from tests.identity.test_actions import traces
from tests.outbox.conftest import server, with_address  # noqa: F401 - a fixture
from tests.outbox.server import Postmaster

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "quiet", "server")]
NEW = "zao qi de niao er"


def ask(client: Client, name: str, medium: str = "mail") -> Any:
    return client.post("/reset/", {"username": name, "medium": medium})


def give(client: Client, code: str, password: str = NEW) -> Any:
    return client.post("/reset/code/", {"code": code, "password1": password, "password2": password})


def sent_code(postmaster: Postmaster) -> str:
    """Let the workers do what was asked, and read the code in the last mail that the server took."""
    resetting.send_codes()
    sending.send_due("mail")
    (code,) = re.findall(r"^\d{6}\b", postmaster.arrived[-1].get_content(), re.MULTILINE)
    return str(code)


def has_password(user: User, password: str) -> bool:
    return User.objects.get(pk=user.pk).check_password(password)


def test_a_code_sets_a_new_password_and_ends_all_sessions(client: Client, server: Postmaster) -> None:  # noqa: F811
    doctor = with_address(DoctorUserFactory())
    signed_in = Client()
    enter(signed_in, doctor)
    assert ask(client, doctor.username)["Location"] == "/reset/code/"
    code = sent_code(server)
    assert server.receivers == [[f"{doctor.username}@example.org"]]
    assert give(client, code)["Location"] == "/login/"
    assert (has_password(doctor, NEW), is_in(signed_in), is_in(client)) == (True, False, False)
    assert Notice.objects.filter(user=doctor, kind="password_reset").count() == 1
    assert [row[:3] for row in traces(User)] == [("update", "identity.reset_password", doctor.pk)]
    assert [kind for kind in kinds() if kind.startswith("password_")] == [
        "password_reset_sent", "password_changed", "password_reset",
    ]  # fmt: skip
    assert Mail.objects.get(kind="reset_code").text == ""


def test_a_code_counts_once_and_only_in_the_browser_that_asked(client: Client, server: Postmaster) -> None:  # noqa: F811
    doctor = with_address(DoctorUserFactory())
    ask(client, doctor.username)
    code = sent_code(server)
    assert give(Client(), code)["Location"] == "/reset/"
    give(client, code)
    assert give(client, code, "another one of them")["Location"] == "/reset/"
    assert has_password(doctor, NEW)


def test_a_second_factor_is_still_asked_for(client: Client, server: Postmaster) -> None:  # noqa: F811
    doctor = with_address(DoctorUserFactory())
    secret = give_app(doctor)
    ask(client, doctor.username)
    give(client, sent_code(server))
    enter(client, doctor, NEW)
    assert is_in(client) is False
    client.post("/login/second/", {"code": code_of(secret)})
    assert is_in(client)


def test_five_wrong_codes_end_it(client: Client, server: Postmaster) -> None:  # noqa: F811
    doctor = with_address(DoctorUserFactory())
    ask(client, doctor.username)
    code = sent_code(server)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert [give(client, wrong).status_code for _number in range(5)] == [200] * 5
    assert (give(client, code).status_code, has_password(doctor, PASSWORD)) == (200, True)


def test_after_ten_minutes_it_is_over(client: Client, server: Postmaster, clock: Any) -> None:  # noqa: F811
    doctor = with_address(DoctorUserFactory())
    ask(client, doctor.username)
    code = sent_code(server)
    clock.shift(timedelta(minutes=10, seconds=1))
    assert (give(client, code).status_code, has_password(doctor, PASSWORD)) == (200, True)


def test_a_weak_password_is_refused(client: Client, server: Postmaster) -> None:  # noqa: F811
    doctor = with_address(DoctorUserFactory(username="nangongwan-2026"))
    ask(client, doctor.username)
    code = sent_code(server)
    assert give(client, code, "1234567890123").status_code == 200
    assert PasswordReset.objects.get().tries == 0
    assert give(client, code, doctor.username).status_code == 200
    assert give(client, code).status_code == 302


# -- Equal answers --------------------------------------------------------------------------------------------------


def nobody(_make: Callable[[], User]) -> str:
    return "nobody"


def without_address(make: Callable[[], User]) -> str:
    return make().username


def unconfirmed(make: Callable[[], User]) -> str:
    user = make()
    Channel.objects.create(user=user, medium="mail", address="a@example.org", asked_at=NOW)
    return user.username


def inactive(make: Callable[[], User]) -> str:
    user = with_address(make())
    User.objects.filter(pk=user.pk).update(is_active=False)
    return user.username


def program(_make: Callable[[], User]) -> str:
    return with_address(ProgramUserFactory()).username


@pytest.mark.parametrize("named", [nobody, without_address, unconfirmed, inactive, program])
def test_a_name_that_gets_no_code_is_answered_as_one_that_does(named: Callable[..., str], server: Postmaster) -> None:  # noqa: F811
    known, unknown = with_address(DoctorUserFactory()).username, named(DoctorUserFactory)
    seen = {}
    for name in (known, unknown):
        client = Client()
        jobs.Job.objects.all().delete()  # one that waits already is found, not made
        with CaptureQueriesContext(connection) as asked:
            answer = ask(client, name)
            work = len(asked)
        page = client.get("/reset/code/")
        resetting.send_codes()
        with CaptureQueriesContext(connection) as tried:
            refused = give(client, "000000")
            more_work = len(tried)
        texts = [re.sub(r"\b\w{64}\b", "", each.content.decode()) for each in (page, refused)]
        statuses = [answer.status_code, answer["Location"], page.status_code, refused.status_code]
        seen[name] = (statuses, texts, work, more_work)
    assert seen[known] == seen[unknown]
    assert list(PasswordReset.objects.order_by("pk").values_list("typed", "user__username")) == [
        ("", known),
        ("", None),
    ]
    assert Mail.objects.count() == 1


# -- Bounds ---------------------------------------------------------------------------------------------------------


def test_an_account_is_sent_five_codes_an_hour(client: Client, server: Postmaster, clock: Any) -> None:  # noqa: F811
    doctor = with_address(DoctorUserFactory())
    for _number in range(6):
        ask(client, doctor.username)
        resetting.send_codes()
    assert Mail.objects.filter(kind="reset_code").count() == 5
    clock.shift(timedelta(hours=1, seconds=1))
    ask(client, doctor.username)
    resetting.send_codes()
    assert Mail.objects.filter(kind="reset_code").count() == 6


def test_one_address_asks_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resetting, "MOST_FROM_ADDRESS", 2)
    answers = [ask(Client(REMOTE_ADDR="203.0.113.9"), "nobody").status_code for _number in range(3)]
    assert (answers, ask(Client(REMOTE_ADDR="198.51.100.7"), "nobody").status_code) == ([302, 302, 200], 302)


def test_without_mail_and_sms_nothing_is_asked(client: Client, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    assert (ask(client, "nobody").status_code, PasswordReset.objects.count()) == (200, 0)
    assert "/reset/" in client.get("/login/").content.decode()  # the page says whom to ask


def test_by_sms(client: Client, settings: Any) -> None:
    settings.SMS_GATEWAY = "console"
    doctor = DoctorUserFactory()
    Channel.objects.create(user=doctor, medium="sms", address="13800001234", asked_at=NOW, confirmed_at=NOW)
    ask(client, doctor.username, "sms")
    resetting.send_codes()
    text = Mail.objects.get(medium="sms", kind="reset_code").text
    assert give(client, re.findall(r"\d{6}", text)[0])["Location"] == "/login/"
    assert has_password(doctor, NEW)


@pytest.mark.django_db(transaction=True)
def test_the_job_answers_what_was_asked(client: Client) -> None:
    ask(client, "nobody")
    ask(client, "nobody else")
    (job,) = jobs.Job.objects.filter(kind=resetting.SEND)
    assert jobs.run(job.pk) == "done"
    job.refresh_from_db()
    assert (job.result, PasswordReset.objects.unanswered().count()) == ({"answered": 2}, 0)
