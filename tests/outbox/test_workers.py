"""A real worker killed with -9 while it sends: what was not handed over is sent once, what was is unsure."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.models import Job
from outbox import post
from outbox.models import Mail
from tests.outbox.conftest import AT
from tests.outbox.server import Postmaster, mail_server
from tests.processes import Worker, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def postmaster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postmaster]:
    """The mail server of workers that are started from now on."""
    with mail_server() as (server, port):
        monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{port}")
        monkeypatch.setenv("EMAIL_FROM", "rencai@yunquan.example")
        monkeypatch.setenv("EMAIL_WHOLE_TIMEOUT", "4")
        monkeypatch.setenv("JOB_LEASE_SECONDS", "3")
        yield server


def write(count: int) -> None:
    """Write messages, which wakes a worker."""
    for number in range(count):
        told = post.Letter([], str(number))
        post.put([post.mail("mail", f"a{number}@example.org", "test", told, at=AT)])


def beat_until(true: Callable[[], Any]) -> None:
    """Do what beat does, until something is so."""

    def is_so() -> bool:
        if not Job.objects.open().filter(kind="send_mail").exists():
            post.ask_to_send()
        return bool(true())

    eventually(is_so, 90)


def settled() -> bool:
    return not Mail.objects.filter(state__in=["queued", "sending"]).exists()


def count_of(server: Postmaster) -> dict[str, int]:
    """How often each address was written to."""
    arrived = [receiver for receivers in server.receivers for receiver in receivers]
    return {address: arrived.count(address) for address in set(arrived)}


@pytest.mark.parametrize(("step", "ends"), [("RCPT", ["sent"] * 3), ("DATA", ["sent", "sent", "unsure"])])
def test_a_sender_killed_before_the_content_or_after_it(
    postmaster: Postmaster, start_worker: Callable[..., Worker], step: str, ends: list[str]
) -> None:
    postmaster.hangs_at = step
    worker = start_worker()
    write(3)
    beat_until(postmaster.reached.is_set)
    worker.kill()
    postmaster.hangs_at = ""
    postmaster.go.set()
    start_worker()
    beat_until(settled)
    assert sorted(Mail.objects.values_list("state", flat=True)) == ends
    assert count_of(postmaster) == {f"a{number}@example.org": 1 for number in range(3)}
