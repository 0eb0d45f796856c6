"""Waiting has an end: the limits of a connection by the role of its process, and servers that hang."""

import threading
import time
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client

from core.bounded import Breaker, Messenger, Probe
from core.waits import limits
from enterprises.models import Need
from supervisor.role import Role, role_of
from tests import factories as f
from tests.processes import eventually
from ui.exports import Column, Title, download

# -- The role of a process ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("/venv/bin/gunicorn talentlink.wsgi:application", "web"),
        ("/lib/gunicorn/__main__.py talentlink.wsgi:application", "web"),
        ("/lib/celery/__main__.py -A talentlink.celery:app worker --loglevel INFO", "worker"),
        ("/venv/bin/celery -A talentlink.celery:app beat", "beat"),
        ("/venv/bin/celery -A talentlink.celery:app inspect ping", "command"),
        ("/app/talentlink/__main__.py worker --loglevel INFO", "worker"),
        ("/app/talentlink/__main__.py beat --pidfile=", "beat"),
        ("/app/bench/__main__.py worker", "command"),
        ("manage.py migrate --noinput", "command"),
        ("manage.py runserver", "web"),
        ("-c", "command"),
    ],
)
def test_a_program_says_what_it_is(words: str, role: Role) -> None:
    assert role_of("", words.split()) == role


def test_a_role_that_is_given_comes_first_and_must_exist() -> None:
    assert role_of("worker", ["manage.py", "shell"]) == "worker"
    with pytest.raises(ValueError, match="PROCESS_ROLE=weg is none of web, worker, beat, command"):
        role_of("weg", ["gunicorn"])
    assert role_of("", []) == "command"


# -- Limits of a connection --------------------------------------------------------------------------------


def limit(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return str(cursor.fetchone()[0])


def test_a_command_waits_as_long_as_it_takes(transactional_db: None) -> None:
    assert settings.ROLE == "command"
    assert [limit(name) for name in ("lock_timeout", "statement_timeout")] == ["0", "0"]


def test_a_connection_has_the_limits_of_its_role(like_web: None) -> None:
    assert [limit(name) for name in ("lock_timeout", "statement_timeout")] == ["150ms", "2s"]


def test_what_the_address_says_stays(like_web: None, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    given = {**connection.settings_dict["OPTIONS"], "options": "-c lock_timeout=7s"}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", given)
    assert [limit(name) for name in ("lock_timeout", "statement_timeout")] == ["7s", "2s"]
    connection.close()


def test_other_limits_hold_for_a_piece_of_work_and_no_longer(like_web: None) -> None:
    with limits(statement_timeout="90s", lock_timeout="1s"):
        assert (limit("statement_timeout"), limit("lock_timeout")) == ("90s", "1s")
    assert (limit("statement_timeout"), limit("lock_timeout")) == ("2s", "150ms")
    with transaction.atomic():
        with limits(statement_timeout="90s"):
            assert limit("statement_timeout") == "90s"
        assert limit("statement_timeout") == "2s"
    with pytest.raises(IntegrityError), transaction.atomic(), limits(statement_timeout="90s"):
        raise IntegrityError
    assert limit("statement_timeout") == "2s"
    with pytest.raises(OperationalError), limits(statement_timeout="50ms"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")
    assert limit("statement_timeout") == "2s"


def test_a_sheet_may_take_longer_than_a_page(like_web: None) -> None:
    f.NeedFactory()
    seen: list[str] = []
    columns = [Column("h", 5, lambda need: seen.append(limit("statement_timeout")))]
    answer = download(Title("t"), columns, Need.objects.all(), by=f.CityUserFactory())
    answer.close()
    assert seen == ["90s"]


# -- Health ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_health_asks_for_neither_session_nor_user(django_assert_num_queries: Any, settings: Any) -> None:
    client = Client()
    client.force_login(f.CityUserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    with django_assert_num_queries(0):
        answers = [client.get(path) for path in ("/livez", "/readyz", "/healthz")]
    assert [(answer.status_code, answer.json()["ok"]) for answer in answers] == [(200, True)] * 3
    assert [answer["Cache-Control"].partition(",")[0] for answer in answers] == ["no-store"] * 3
    assert client.post("/livez").status_code == 405
    # Behind a proxy that ends TLS probes come without it.
    settings.SECURE_SSL_REDIRECT = True
    plain = Client()
    assert [plain.get(path).status_code for path in ("/livez", "/readyz", "/healthz", "/")] == [200, 200, 200, 301]


# -- A server that hangs -----------------------------------------------------------------------------------


def test_a_message_is_sent_within_the_time_or_given_up() -> None:
    going, sent = threading.Event(), []

    def send_slowly() -> None:
        going.wait(30)
        sent.append("second")

    messenger = Messenger(seconds=lambda: 0.2, pause=60)
    assert messenger.send(partial(sent.append, "first"))
    began = time.monotonic()
    assert not messenger.send(send_slowly)
    assert 0.2 <= time.monotonic() - began < 2
    assert [messenger.send(partial(sent.append, "third")) for _ in range(50)] == [False] * 50
    going.set()
    eventually(lambda: sent == ["first", "second"])  # late is better than never
    eventually(lambda: not messenger.breaker.is_open)
    assert messenger.send(partial(sent.append, "fourth"))
    assert sent == ["first", "second", "fourth"]


def test_a_message_that_fails_stops_the_next_ones_for_the_pause() -> None:
    messenger = Messenger(seconds=lambda: 10, pause=60)
    assert not messenger.send(lambda: 1 / 0)
    assert messenger.breaker.is_open
    breaker = Breaker(pause=0)
    breaker.failed()
    assert not breaker.is_open


def test_a_probe_asks_once_at_a_time_and_waits_no_longer_than_it_says() -> None:
    going, asked = threading.Event(), []

    def ask() -> None:
        asked.append(1)
        going.wait(30)

    probe = Probe(ask, keep=60)
    began = time.monotonic()
    assert [probe.is_good(seconds=0.2) for _ in range(40)] == [False] * 40
    assert time.monotonic() - began < 2
    assert asked == [1]
    going.set()
    eventually(lambda: probe.is_good(seconds=0.2))
    assert asked == [1]
    assert Probe(lambda: 1 / 0).is_good(seconds=10) is False
