"""Sending against a real mail server: each message arrives once, waits, fails, or is unsure; none is lost."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from core import jobs
from core.models import Job
from outbox import sending
from outbox.carriers import carrier_of
from outbox.models import Mail
from tests.calendar_work import calendar_asks
from tests.outbox.conftest import use
from tests.outbox.server import Postmaster, dumb_server, free_port
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
NewMail = Callable[..., Mail]


def ends() -> list[tuple[str, str]]:
    """State and cause of every message, in the order written."""
    return list(Mail.objects.order_by("pk").values_list("state", "cause"))


def ids(server: Postmaster) -> list[str]:
    return [message["Message-ID"] for message in server.arrived]


def test_what_is_due_arrives_once_and_as_it_was_written(server: Postmaster, new_mail: NewMail) -> None:
    mail = new_mail(subject="冶金材料：请答复", text="您好，\n.\n一行\n", address="li@example.org")
    assert (sending.send_due("mail"), sending.send_due("mail")) == (1, 0)
    (message,) = server.arrived
    assert server.receivers == [["li@example.org"]]
    assert (message["Subject"], message["To"]) == ("冶金材料：请答复", "li@example.org")
    assert message["From"] == "人才对接 <rencai@yunquan.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{mail.message_id}@yunquan.example>"
    assert message.get_content().replace("\r\n", "\n") == "您好，\n.\n一行\n"
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.answer, mail.lease_until) == ("sent", 1, "250 taken", None)


def test_one_connection_carries_many_and_a_refused_address_holds_up_no_other(
    server: Postmaster, new_mail: NewMail
) -> None:
    server.addresses = {"a1@example.org": "550 no such user", "a2@example.org": "451 greylisted"}
    for _ in range(4):
        new_mail()
    assert sending.send_due("mail") == 2
    assert ends() == [("sent", ""), ("failed", "refused"), ("queued", "later"), ("sent", "")]
    assert [mail.answer for mail in Mail.objects.order_by("pk")][1:3] == ["550 no such user", "451 greylisted"]
    waits = Mail.objects.get(state="queued").not_before - timezone.now()
    assert timedelta(seconds=50) < waits < timedelta(seconds=61)
    assert sending.send_due("mail") == 0
    server.addresses = {}
    Mail.objects.filter(state="queued").update(not_before=Now())
    assert (sending.send_due("mail"), len(set(ids(server))), len(server.arrived)) == (1, 3, 3)


@pytest.mark.parametrize(
    ("body", "end"), [("554 looks like spam", ("failed", "refused")), ("452 disk full", ("queued", "later"))]
)
def test_content_that_the_server_turns_down_has_not_arrived(
    server: Postmaster, new_mail: NewMail, body: str, end: tuple[str, str]
) -> None:
    server.body = body
    new_mail()
    assert (sending.send_due("mail"), ends(), Mail.objects.get().answer) == (0, [end], body)


@pytest.mark.parametrize("body", ["hello", "354 go on", "150 wait", "650 what", "99"])
def test_an_answer_that_is_none_leaves_open_whether_the_content_arrived(
    server: Postmaster, new_mail: NewMail, body: str
) -> None:
    server.body = body
    new_mail()
    assert (sending.send_due("mail"), ends()) == (0, [("unsure", "lost")])
    server.body = ""
    assert (sending.send_due("mail"), ends()) == (0, [("unsure", "lost")])


@pytest.mark.parametrize(("sender", "cause"), [("550 who are you", "sign_in"), ("421 too busy", "later")])
def test_a_server_that_takes_nothing_from_us_fails_no_message(
    server: Postmaster, new_mail: NewMail, sender: str, cause: str
) -> None:
    server.sender = sender
    new_mail()
    new_mail()
    assert sending.send_due("mail") == 0
    assert ends() == [("queued", cause)] * 2
    assert sorted(Mail.objects.values_list("attempts", flat=True)) == [0, 1]


def test_a_server_that_is_away_is_no_attempt_and_all_wait(settings: Any, new_mail: NewMail) -> None:
    use(settings, free_port())
    new_mail()
    old = new_mail()
    Mail.objects.filter(pk=old.pk).update(waits_since=Now() - timedelta(hours=2))
    assert sending.send_due("mail") == 0
    assert ends() == [("queued", "away")] * 2
    assert set(Mail.objects.values_list("attempts", flat=True)) == {0}
    young, older = [
        round((mail.not_before - timezone.now()) / timedelta(minutes=1)) for mail in Mail.objects.order_by("pk")
    ]
    assert (young, older) == (1, 30)


@pytest.mark.parametrize("trickle", [b"", b"2"], ids=["silent", "a sign at a time"])
def test_a_server_that_hangs_is_left_within_bounded_time(settings: Any, new_mail: NewMail, trickle: bytes) -> None:
    with dumb_server(trickle) as port:
        use(settings, port)
        new_mail()
        began = time.monotonic()
        assert sending.send_due("mail") == 0
        assert time.monotonic() - began < 15
    assert ends() == [("queued", "slow")]


@pytest.mark.parametrize(("answer", "whole"), [(30.0, 2.0), (0.5, 30.0)], ids=["the whole", "an answer"])
@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT"])
def test_what_hangs_before_the_content_is_sent_later(
    server: Postmaster, new_mail: NewMail, settings: Any, step: str, answer: float, whole: float
) -> None:
    settings.EMAIL_TIMEOUT, settings.EMAIL_WHOLE_TIMEOUT = answer, whole
    server.hangs_at = step
    mail = new_mail()
    assert sending.send_due("mail") == 0
    assert (ends(), len(server.arrived)) == ([("queued", "slow")], 0)
    server.hangs_at = ""
    Mail.objects.update(not_before=Now())
    assert (sending.send_due("mail"), ids(server)) == (1, [f"<{mail.message_id}@yunquan.example>"])


@pytest.mark.parametrize("way", ["hangs", "breaks off"])
def test_what_was_handed_over_without_an_answer_is_never_sent_again_by_itself(
    server: Postmaster, new_mail: NewMail, way: str
) -> None:
    server.hangs_at, server.breaks_off = ("DATA", False) if way == "hangs" else ("", True)
    new_mail()
    new_mail()
    assert sending.send_due("mail") == 0
    assert ends() == [("unsure", "lost"), ("queued", "slow")]
    server.hangs_at, server.breaks_off = "", False
    Mail.objects.filter(state="queued").update(not_before=Now())
    assert (sending.sweep(), sending.send_due("mail")) == (0, 1)
    assert (ends(), len(set(ids(server))), len(server.arrived)) == ([("unsure", "lost"), ("sent", "")], 2, 2)


def test_senders_at_once_send_each_message_once(server: Postmaster, new_mail: NewMail) -> None:
    for _ in range(20):
        new_mail()
    sent = together(*[lambda: sending.send_due("mail")] * 4)
    assert (sum(sent), len(server.arrived), len(set(ids(server)))) == (20, 20, 20)
    assert set(ends()) == {("sent", "")}


def test_a_sender_thought_dead_lets_go_before_the_content(server: Postmaster, new_mail: NewMail) -> None:
    new_mail()
    mail, carrier = sending.claim("mail"), carrier_of("mail")
    Mail.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert sending.sweep() == 1
    again = sending.claim("mail")
    carrier.open()
    with pytest.raises(sending.Away):
        sending.deliver(mail, carrier)
    carrier.close()
    assert (len(server.arrived), ends()) == (0, [("sending", "")])
    assert sending.send_due("mail") == 0  # the other holds it
    carrier = carrier_of("mail")
    carrier.open()
    assert (sending.deliver(again, carrier), len(server.arrived), ends()) == (True, 1, [("sent", "")])


def test_an_answer_that_comes_late_settles_what_was_unsure(server: Postmaster, new_mail: NewMail) -> None:
    server.hangs_at = "DATA"
    new_mail()

    def send() -> None:
        sending.send_due("mail")
        connection.close()

    sender = threading.Thread(target=send)
    sender.start()
    assert server.reached.wait(10)
    Mail.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert (sending.sweep(), ends()) == (1, [("unsure", "lost")])
    server.go.set()
    sender.join(10)
    assert (ends(), len(server.arrived)) == ([("sent", "")], 1)


def test_no_more_leave_within_a_minute_than_allowed(server: Postmaster, new_mail: NewMail, settings: Any) -> None:
    settings.EMAIL_PER_MINUTE = 3
    for _ in range(5):
        new_mail()
    assert (sending.send_due("mail"), sending.send_due("mail"), len(server.arrived)) == (3, 0, 3)
    Mail.objects.filter(state="sent").update(handed_at=Now() - timedelta(minutes=1))
    assert (sending.send_due("mail"), len(server.arrived)) == (2, 5)


def test_a_slow_server_holds_a_run_for_a_bounded_time(
    server: Postmaster, new_mail: NewMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes half a second for each message; a run of a second ends with those it began."""
    monkeypatch.setattr(sending, "RUN_SECONDS", 1.0)
    server.seconds = 0.5
    for _ in range(6):
        new_mail()
    began = time.monotonic()
    sent = sending.send_due("mail")
    assert (sent in (1, 2), time.monotonic() - began < 3) == (True, True)
    assert ends() == [("sent", "")] * sent + [("queued", "")] * (6 - sent)
    assert sending.anything_to_do() is True


def test_what_could_not_be_sent_for_days_is_given_up_with_its_cause(new_mail: NewMail) -> None:
    old = {"kind": "offer_waiting", "waits_since": timezone.now() - timedelta(days=4, minutes=1)}
    new_mail(cause="away", **old)
    new_mail(**old)
    new_mail(kind="offer_waiting", waits_since=timezone.now() - timedelta(days=3))
    assert sending.anything_to_do() is True
    assert sending.sweep() == 2
    assert ends() == [("failed", "away"), ("failed", "too_old"), ("queued", "")]
    assert sending.anything_to_do() is False  # no server is set up, so what waits is no work
    ended = Mail.objects.filter(state="failed").values_list("ended_at", flat=True)
    assert all(timezone.now() - at < timedelta(minutes=1) for at in ended)


def test_what_ended_long_ago_can_be_removed(new_mail: NewMail) -> None:
    now = timezone.now()
    for state in ("sent", "failed", "withdrawn"):
        new_mail(state=state, ended_at=now - timedelta(days=40))
    new_mail(state="sent", ended_at=now)
    new_mail(state="unsure")
    new_mail()
    found = Mail.objects.finished_before(now - timedelta(days=30))
    assert sorted(found.values_list("state", flat=True)) == ["failed", "sent", "withdrawn"]


def test_the_calendar_makes_up_for_a_lost_ring(server: Postmaster, new_mail: NewMail) -> None:
    ask = calendar_asks("outbox.tasks.send_mail")
    ask()
    assert Job.objects.count() == 0
    new_mail()
    ask()
    assert list(Job.objects.values_list("kind", "key")) == [("send_mail", "now")]
    assert jobs.run(Job.objects.get().pk) == "done"
    assert (Job.objects.get().result, len(server.arrived)) == ({"sent": 1, "settled": 0}, 1)
