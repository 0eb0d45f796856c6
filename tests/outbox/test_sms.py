"""Messages to mobile numbers: the console, and a real HTTP gateway that takes, refuses, hangs and breaks off."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from outbox import sending
from outbox.models import Channel, Mail
from tests.factories import DoctorUserFactory
from tests.outbox.conftest import AT
from tests.outbox.server import dumb_server, free_port
from tests.outbox.test_pages import enter, give, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
NewMail = Callable[..., Mail]


class Gateway(HTTPServer):
    """Answers with `code`, 0 for breaking off; keeps what came."""

    code = 200
    took: list[tuple[str, dict[str, Any]]]


class Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.took.append((self.headers["Authorization"], body))
        if self.server.code:
            self.send_response(self.server.code)
            self.end_headers()
            self.wfile.write(b"words")

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    with Gateway(("127.0.0.1", 0), Handler) as server:
        server.took = []
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        use(settings, server.server_port)
        yield server
        server.shutdown()


def use(settings: Any, port: int) -> None:
    settings.SMS_GATEWAY, settings.SMS_URL, settings.SMS_TOKEN = "http", f"http://127.0.0.1:{port}/send?app=1", "t0ken"
    settings.EMAIL_TIMEOUT, settings.EMAIL_WHOLE_TIMEOUT = 1.0, 1.5


def end(new_mail: NewMail) -> tuple[str, str]:
    mail = new_mail(medium="sms", address="13800001234", kind="offer_waiting", text="请答复")
    sending.send_due("sms")
    mail.refresh_from_db()
    return mail.state, mail.cause


def test_the_gateway_is_given_number_text_template_and_a_key(gateway: Gateway, new_mail: NewMail) -> None:
    assert end(new_mail) == ("sent", "")
    key = str(Mail.objects.get().message_id)
    said = {"id": key, "phone": "13800001234", "template": "offer_waiting", "text": "请答复"}
    assert gateway.took == [("Bearer t0ken", said)]
    assert Mail.objects.get().answer == "200 words"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (202, ("sent", "")),
        (400, ("failed", "refused")),
        (429, ("queued", "later")),
        (503, ("queued", "later")),
        (401, ("queued", "sign_in")),
        (500, ("unsure", "lost")),
        (302, ("unsure", "lost")),
        (0, ("unsure", "lost")),
    ],
)
def test_what_an_answer_means(gateway: Gateway, new_mail: NewMail, code: int, expected: tuple[str, str]) -> None:
    gateway.code = code
    assert (end(new_mail), len(gateway.took)) == (expected, 1)
    assert (sending.send_due("sms"), len(gateway.took)) == (0, 1)


def test_a_gateway_that_is_away_takes_nothing_and_one_that_hangs_may_have_taken_it(
    settings: Any, new_mail: NewMail
) -> None:
    use(settings, free_port())
    assert end(new_mail) == ("queued", "away")
    for trickle in (b"", b"H"):
        with dumb_server(trickle) as port:
            use(settings, port)
            assert end(new_mail) == ("unsure", "lost")


def test_the_console_prints_it_without_the_number_and_logs_nothing(
    settings: Any, new_mail: NewMail, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SMS_GATEWAY = "console"
    with caplog.at_level("DEBUG"):
        assert end(new_mail) == ("sent", "")
    assert [record for record in caplog.records if "请答复" in record.getMessage()] == []
    assert capsys.readouterr().err == "SMS to 138****1234: 请答复\n"


def test_a_number_is_confirmed_as_an_address_is(gateway: Gateway) -> None:
    client = signed_in(DoctorUserFactory())
    assert [give(client, number, "sms").status_code for number in ("1380000123", "12800001234", "a")] == [200] * 3
    assert give(client, "13800001234", "sms").status_code == 302
    sending.send_due("sms")
    code = gateway.took[0][1]["text"].partition("] ")[2][:6]
    assert enter(client, code, "sms").status_code == 302
    assert Channel.objects.get().confirmed_at >= AT
