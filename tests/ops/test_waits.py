"""A real web server whose PostgreSQL and Valkey are held, hung, stopped and started again, and what visitors meet."""

import http.client
import json
import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client

from accounts.models import User
from enterprises.models import Need
from supervisor import stamps
from supervisor.postgres import Postgres
from supervisor.process import Child, Spec
from supervisor.state import ROOT, State
from supervisor.valkey import Valkey, free_port
from tests import factories as f
from tests.holding import Held
from tests.processes import eventually
from tests.servers import MIGRATED

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
PASSWORD = "zao qi de niao er"
QUEUE = "/office/queue/"
WELL, NO_BROKER = '{"ok": true, "troubles": []}', '{"ok": false, "troubles": ["broker"]}'


@dataclass
class Answer:
    status: int
    seconds: float
    body: str
    headers: dict[str, str]


class Web:
    """One gunicorn with two processes of four threads, as `bin/start` runs it."""

    def __init__(self, database_url: str, redis_url: str, folder: Path) -> None:
        self.port = free_port()
        env = os.environ | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        command = [sys.executable, "-m", "gunicorn", "talentlink.wsgi:application", "--no-control-socket", "--preload"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--config", "python:supervisor.gunicorn_config"]
        command += ["--workers", "2", "--threads", "4"]
        self.child = Child(Spec("web", command, env, death_signal=signal.SIGKILL), folder / "web.log", ROOT)

    def start(self) -> "Web":
        self.child.start()
        eventually(self._lives, 60)
        return self

    def _lives(self) -> bool:
        assert self.child.status() is None, self.child.words()
        try:
            return self.get("/livez").status == 200
        except OSError:
            return False

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def ask(self, method: str, path: str, *, data: Any = None, headers: dict[str, str] | None = None) -> Answer:
        began = time.monotonic()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, body=urlencode(data, doseq=True) if data else None, headers=headers or {})
            answer = line.getresponse()
            body = answer.read().decode()
            return Answer(answer.status, time.monotonic() - began, body, dict(answer.getheaders()))
        finally:
            line.close()

    def post(self, path: str, data: dict[str, Any], *, session: str = "") -> Answer:
        """As a browser does that has a page with the form open."""
        token = secrets.token_hex(16)
        cookies = f"csrftoken={token}; {settings.SESSION_COOKIE_NAME}={session}"
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        return self.ask("POST", path, data={**data, "csrfmiddlewaretoken": token}, headers=kind)


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def database_of_the_test() -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@pytest.fixture
def children() -> Iterator[list[Child]]:
    """Processes that end with the test, also those that hang."""
    running: list[Child] = []
    yield running
    for child in reversed(running):
        child.kill()


@pytest.fixture
def valkey(tmp_path: Path, children: list[Child]) -> tuple[Valkey, Child]:
    server = Valkey(State.open({"TALENTLINK_STATE": str(tmp_path / "state")}), for_tests=True)
    server.prepare()
    child = Child(server.spec(dict(os.environ)), tmp_path / "valkey.log", ROOT)
    children.append(child)
    child.start()
    eventually(lambda: server._is_ready(child))
    return server, child


@pytest.fixture
def web(valkey: tuple[Valkey, Child], tmp_path: Path, children: list[Child]) -> Web:
    site = Web(database_of_the_test(), valkey[0].url, tmp_path)
    children.append(site.child)
    return site.start()


def until_unready(web: Web) -> None:
    """Wait until both processes say so: each has an answer of its own, which is good for a second."""
    last_ready = time.monotonic()

    def both() -> bool:
        nonlocal last_ready
        if web.get("/readyz").status != 503:
            last_ready = time.monotonic()
        return time.monotonic() - last_ready > 1.5

    eventually(both)


def status_of(need: Need) -> str:
    need.refresh_from_db()
    return str(need.status)


def test_seven_clicks_on_a_held_row_leave_the_front_page_alive(web: Web) -> None:
    need, session = f.NeedFactory(status="submitted"), session_of(f.CityUserFactory())
    with Held(need), ThreadPoolExecutor(7) as people:
        clicks = [people.submit(web.post, QUEUE, {"publish": need.pk}, session=session) for _ in range(7)]
        fronts = [web.get("/") for _ in range(3)]
        answers = [click.result() for click in clicks]
    assert [front.status for front in fronts] == [200, 200, 200]
    # Each waits three seconds for the row at most. What else runs on this machine comes on top; without a limit it
    # would be until the row is let go.
    assert max(answer.seconds for answer in [*answers, *fronts]) < 30
    # Six may wait for the row; a seventh finds no room, and a process that got more of them refuses more.
    held = [answer for answer in answers if answer.status == 409]
    assert {answer.status for answer in answers} <= {409, 503}
    assert len(held) >= 3
    assert "有人正在处理这条记录" in held[0].body
    assert {"您本次提交的内容没有保存。" in answer.body for answer in answers} == {True}
    assert status_of(need) == "submitted"
    assert web.post(QUEUE, {"publish": need.pk}, session=session).status == 302
    assert status_of(need) == "published"


def test_clicks_on_a_held_row_leave_room_for_probes(web: Web) -> None:
    need, session = f.NeedFactory(status="submitted"), session_of(f.CityUserFactory())
    paths = ("/livez", "/healthz", "/")
    for path in paths * 4:
        assert web.get(path).status == 200
    with Held(need), ThreadPoolExecutor(30) as people:
        clicks = [people.submit(web.post, QUEUE, {"publish": need.pk}, session=session) for _ in range(30)]
        probes = []
        while not all(click.done() for click in clicks):
            probes += [web.get(path) for path in paths]
        answers = [click.result() for click in clicks]
    assert {probe.status for probe in probes} == {200}
    assert max(probe.seconds for probe in probes) < 1.5
    # Six wait for the row, three in each process; who comes later finds no room.
    assert {answer.status for answer in answers} == {409, 503}
    for answer in answers:
        assert "您本次提交的内容没有保存。" in answer.body
    busy = next(answer for answer in answers if answer.status == 503)
    assert "正在处理的请求较多" in busy.body
    assert f'name="publish" value="{need.pk}"' in busy.body
    assert busy.headers["Retry-After"] == "3"
    assert status_of(need) == "submitted"
    assert web.post(QUEUE, {"publish": need.pk}, session=session).status == 302
    assert status_of(need) == "published"


def test_a_hung_broker_costs_a_request_a_third_of_a_second_and_no_thread(
    web: Web, valkey: tuple[Valkey, Child]
) -> None:
    user = f.CityUserFactory()
    # The web process knows no hasher of the tests.
    User.objects.filter(pk=user.pk).update(password=PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000))
    user.refresh_from_db()
    session = session_of(user)
    needs = [f.NeedFactory(status="submitted") for _ in range(4)]
    usual = web.post(QUEUE, {"publish": needs[0].pk}, session=session)
    assert web.get("/healthz").body == WELL
    assert web.get("/api/v1/visits/", Cookie=f"{settings.SESSION_COOKIE_NAME}={session}").status == 200

    os.kill(valkey[1].pid, signal.SIGSTOP)
    try:
        hung = [web.post(QUEUE, {"publish": need.pk}, session=session) for need in needs[1:]]
        eventually(lambda: {web.get("/healthz").body for _ in range(8)} == {NO_BROKER})
        with ThreadPoolExecutor(16) as probes:
            health = [probe.result() for probe in [probes.submit(web.get, "/healthz") for _ in range(16)]]
        front, ready = web.get("/"), web.get("/readyz")
        rest = web.get("/api/v1/visits/", Cookie=f"{settings.SESSION_COOKIE_NAME}={session}")
        login = web.post("/login/", {"username": user.username, "password": PASSWORD})
    finally:
        os.kill(valkey[1].pid, signal.SIGCONT)
    assert [answer.status for answer in [usual, *hung]] == [302] * 4
    assert [status_of(need) for need in needs] == ["published"] * 4
    assert (front.status, ready.status, rest.status, login.status) == (200, 200, 200, 302)
    assert login.headers["Location"] == "/home/"
    assert {(answer.status, answer.body) for answer in health} == {(200, NO_BROKER)}
    # What else runs on this machine slows an answer down; without a bound each would take ten seconds.
    assert max(answer.seconds for answer in health) < 4
    assert max(answer.seconds for answer in [*hung, rest]) < usual.seconds + 4
    eventually(lambda: web.get("/healthz").body == WELL)


# -- The database is away ----------------------------------------------------------------------------------


@pytest.fixture
def own_postgres(tmp_path: Path, children: list[Child]) -> tuple[Postgres, Callable[[], Child]]:
    """A migrated server of this test alone, and what starts it."""
    state = State.open({"TALENTLINK_STATE": str(tmp_path / "own")})
    shutil.copytree(MIGRATED / stamps.of_migrations(), state.postgres / "data")
    server = Postgres(state, for_tests=True)
    server.prepare(dict(os.environ))

    def start() -> Child:
        child = Child(server.spec(dict(os.environ)), tmp_path / "postgres.log", ROOT)
        children.append(child)
        child.start()
        eventually(lambda: server._is_ready(child))
        return child

    return server, start


def test_while_the_database_is_away_pages_say_so_and_come_back_with_it(
    own_postgres: tuple[Postgres, Callable[[], Child]],
    valkey: tuple[Valkey, Child],
    tmp_path: Path,
    children: list[Child],
) -> None:
    server, start = own_postgres
    database = start()
    web = Web(server.url, valkey[0].url, tmp_path)
    children.append(web.child)
    web.start()
    pages = ("/", "/?q=x", "/home/", "/office/", "/login/", "/no/such/page/")
    with_session = {"Cookie": f"{settings.SESSION_COOKIE_NAME}=" + "a" * 32}
    assert [web.get(page).status for page in pages] == [200, 200, 302, 302, 200, 404]
    assert (web.get("/readyz").status, web.get("/healthz").status) == (200, 200)

    database.stop()
    until_unready(web)
    away = [web.get(page, **with_session) for page in pages]
    assert [answer.status for answer in away] == [503] * len(pages)
    for answer in away:
        assert "数据库暂时无法连接" in answer.body
        assert answer.headers["Retry-After"] == "15"
    typed = web.post("/login/", {"username": "gao", "password": PASSWORD})
    assert (typed.status, "您本次提交的内容没有保存。" in typed.body, PASSWORD in typed.body) == (503, True, False)
    rest = web.get("/api/v1/visits/", Authorization="Token tl_x")
    assert (rest.status, json.loads(rest.body)["code"]) == (503, "away")
    assert [web.get(path).status for path in ("/livez", "/static/app.css")] == [200, 200]
    probes = [web.get("/readyz"), web.get("/healthz")]
    assert [(probe.status, json.loads(probe.body)["troubles"]) for probe in probes] == [(503, ["database"])] * 2
    assert "Traceback" not in web.child.words()

    start()
    eventually(lambda: web.get("/readyz").status == 200)
    eventually(lambda: [web.get(page).status for page in pages] == [200, 200, 302, 302, 200, 404])


def test_a_hung_database_keeps_no_probe(
    own_postgres: tuple[Postgres, Callable[[], Child]],
    valkey: tuple[Valkey, Child],
    tmp_path: Path,
    children: list[Child],
) -> None:
    server, start = own_postgres
    database = start()
    web = Web(server.url, valkey[0].url, tmp_path)
    children.append(web.child)
    web.start()
    assert web.get("/readyz").status == 200
    os.killpg(database.pid, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(16) as probes:
            until_unready(web)
            ready = [probe.result() for probe in [probes.submit(web.get, "/readyz") for _ in range(16)]]
        lives = web.get("/livez")
    finally:
        os.killpg(database.pid, signal.SIGCONT)
    assert {answer.status for answer in ready} == {503}
    assert max(answer.seconds for answer in [*ready, lives]) < 4
    assert lives.status == 200
    eventually(lambda: web.get("/readyz").status == 200)
