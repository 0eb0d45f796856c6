"""Lines of the log: fields with ids, the same form from every process, nothing personal."""

import http.client
import json
import logging
import os
import socket
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from structlog.contextvars import clear_contextvars

from accounts.models import User
from core import jobs, lanes
from core.errors import Refused
from core.logs import formatter, masked, masked_path
from core.models import Job
from core.set_aside import set_aside
from supervisor.process import Child, Spec
from supervisor.state import ROOT
from tests import factories as f
from tests.factories import START, moment
from tests.processes import Worker, eventually

NAME, PHONE, MAIL, LOGIN = "申慧敏", "13812345678", "shen@example.org", "shen-huimin"


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("call 13812345678 or +86 138-1234-5678", "call ‹phone› or ‹phone›"),
        ("id 14010219900307663X, 1401021990030766301", "id ‹id›, 1401021990030766301"),
        ("to shen.hui+x@mail.example.org", "to ‹mail›"),
        ("GET /needs/?q=13812345678&page=2 done", "GET /needs/?… done"),
        ("at redis://:p%40ss-w0rd@cache.example.org:6379/0.", "at redis://:‹password›@cache.example.org:6379/0."),
        ("'postgresql://app:a@b:c@db/x?sslmode=on' no", "'postgresql://app:‹password›@db/x?…' no"),
        ("https://example.org:8000/@x and a:b@c", "https://example.org:8000/@x and a:b@c"),
        ("Authorization: Token abcdefgh12345", "Authorization: Token ‹token›"),
        ("key tl_6c6c08610863f7acbfceeb34 used", "key ‹token› used"),
        ("Refused: 申慧敏（博士）已有两个对接。 end", "Refused: ‹text› end"),
        ("ERROR\nDETAIL:  Key (name)=(Shen Huimin) exists.\nend", "ERROR\nDETAIL: …\nend"),
        (
            "invalid input syntax for type bigint: \"shen\"\nLINE 1: ... = 'shen'\n     ^\nx",
            "invalid input syntax for type bigint: …\nLINE: …\nx",
        ),
        ("invalid literal for int() with base 10: 'shen'", "invalid literal for int() with base 10: …"),
        ("celery@machine ready.", "celery@machine ready."),
        ("job 12345678901 of 2026-11-28 took 1380 ms?", "job 12345678901 of 2026-11-28 took 1380 ms?"),
    ],
)
def test_what_is_masked(said: str, logged: str) -> None:
    assert masked(said) == logged


def test_a_key_in_a_path_is_masked() -> None:
    assert masked_path("/invite/Zx81kQpL0aBcD93mNvTq/") == "/invite/‹key›/"
    assert masked_path("/office/core/job/12/change/") == "/office/core/job/12/change/"
    assert masked_path("/matching/import_of_doctors_and_works/") == "/matching/import_of_doctors_and_works/"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What is logged meanwhile, as it would be written, and read again."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter("json"))
    root = logging.getLogger()
    root.addHandler(handler)
    clear_contextvars()
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)
    clear_contextvars()


Lines = Callable[[], list[dict[str, Any]]]


@pytest.mark.django_db
def test_a_request_is_a_line_with_its_id_and_the_id_of_the_user(lines: Lines) -> None:
    user: User = f.CityUserFactory(name=NAME, phone=PHONE)
    client = Client()
    client.force_login(user)
    client.get(f"/office/queue/?q={PHONE}", headers={"User-Agent": "curl of 申慧敏"})
    client.get(f"/nowhere/{PHONE}/{NAME}/")
    first, second = [line for line in lines() if line["event"] == "request_finished"]
    assert (first["request"], first["code"], first["user_id"]) == ("GET /office/queue/", 200, user.pk)
    assert uuid.UUID(first["request_id"]) != uuid.UUID(second["request_id"])
    assert first["ms"] > 0
    assert (second["request"], second["code"]) == ("GET /nowhere/‹phone›/‹text›/", 404)


@pytest.mark.django_db
def test_the_action_stands_in_the_line_of_its_request(lines: Lines) -> None:
    client = Client()
    client.force_login(f.CityUserFactory())
    need = f.NeedFactory(status="submitted")
    client.post("/office/queue/", {"publish": need.pk})
    need.refresh_from_db()
    (line,) = [line for line in lines() if line["event"] == "request_finished"]
    assert (need.status, line["request"], line["action"]) == (
        "published", "POST /office/queue/", "matching.publish_need"
    )  # fmt: skip


@pytest.mark.django_db
def test_a_probe_that_finds_all_well_is_no_line(lines: Lines) -> None:
    Client().get("/healthz")
    Client().get("/metrics")
    assert [line["request"] for line in lines() if line["event"] == "request_finished"] == ["GET /metrics"]


@pytest.mark.django_db
def test_tracebacks_name_nobody(lines: Lines) -> None:
    user = f.CityUserFactory(name=NAME, username=LOGIN, phone=PHONE, email=MAIL)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        f.CityUserFactory(name=NAME, username=LOGIN, phone=PHONE, email=MAIL)
    set_aside("close_month", user, error.value, at=moment(START))
    set_aside("close_month", user, Refused(f"{NAME}的电话{PHONE}有误"), at=moment(START))
    text = json.dumps(lines(), ensure_ascii=False)
    assert "IntegrityError" in text
    assert [each for each in (NAME, PHONE, MAIL, LOGIN) if each in text] == []


@pytest.mark.django_db(transaction=True)
def test_the_lines_of_a_job_carry_its_id(lines: Lines) -> None:
    job = Job.objects.create(kind="settle_terms", key="now", not_before=timezone.now() - timedelta(seconds=1))
    assert jobs.run(job.pk) == "done"
    (ended,) = [line for line in lines() if line["event"] == "job_ended"]
    assert (ended["job_id"], ended["job"], ended["outcome"]) == (job.pk, "settle_terms", "done")
    logging.getLogger("x").warning("after")
    assert "job_id" not in lines()[-1]


@pytest.mark.django_db(transaction=True)
def test_the_end_of_a_job_is_one_line_whoever_did_it(lines: Lines) -> None:
    Job.objects.create(kind="settle_terms", key="now", not_before=timezone.now() - timedelta(seconds=1))
    assert lanes.do_next(["calendar"]) == "done"
    assert [line["event"] for line in lines() if "done" in json.dumps(line)] == ["job_ended"]


# -- Real processes --------------------------------------------------------------------------------------------


def parsed(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_a_real_worker_writes_json_with_the_id_of_its_job_and_names_nobody(
    start_worker: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")
    worker = start_worker()
    now = timezone.now()
    failing = Job.objects.create(kind="match_need", key=f"{NAME}{PHONE}", args={"need": 999_999}, not_before=now)
    job = Job.objects.create(kind="settle_terms", key="now", not_before=now)
    eventually(lambda: not Job.objects.filter(pk__in=[job.pk, failing.pk], attempt=0).exists())
    eventually(lambda: {job.pk, failing.pk} <= {line.get("job_id") for line in parsed(worker.words())})
    found = parsed(worker.words())
    assert {"timestamp", "level", "logger", "event"} <= set(found[0])
    errors = [line for line in found if line.get("job_id") == failing.pk and line["level"] == "error"]
    assert "DoesNotExist" in errors[0]["exception"]
    assert [each for each in (NAME, PHONE) if each in worker.words()] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_gunicorn_writes_the_same_form(tmp_path: Any, unused_port: int) -> None:
    command = [sys.executable, "-m", "gunicorn", "talentlink.wsgi:application", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{unused_port}", "--config", "python:supervisor.gunicorn_config"]
    web = Child(Spec("web", command, dict(os.environ) | {"LOG_FORMAT": "json"}), tmp_path / "web.log", ROOT)
    web.start()
    try:
        eventually(lambda: "Booting worker" in web.words(), 60)
        answered(unused_port, f"/nowhere/?phone={PHONE}&token=abcdefgh12345678")
        eventually(lambda: "request_finished" in web.words())
        text = web.words()
    finally:
        web.stop()
    assert len(parsed(text)) == len(text.splitlines())
    (line,) = [line for line in parsed(text) if line["event"] == "request_finished"]
    assert (line["request"], line["code"]) == ("GET /nowhere/", 404)
    assert [each for each in (PHONE, "token=") if each in text] == []


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answered(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    return connection.getresponse().status


def test_readable_lines() -> None:
    record = logging.LogRecord("core.jobs", logging.INFO, __file__, 1, "job %s of 申慧敏 ended", (12,), None)
    line = formatter("lines").format(record)
    assert line[19:] == " INFO core.jobs job 12 of ‹text› ended"
    assert settings.LOG_FORMAT == "lines"
