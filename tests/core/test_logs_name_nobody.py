"""A hundred requests and jobs full of personal values, at real processes: none of the values is in what they write."""

import http.client
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.models import User
from core.models import Job, LedgerEntry
from supervisor.process import Child, Spec
from supervisor.state import ROOT
from tests import factories as f
from tests.core.test_logs import unused_port  # noqa: F401 - a fixture
from tests.processes import Worker, eventually

NAME, LATIN, PHONE, MAIL = "申慧敏敏", "Qxhuimin", "13987654321", "qx.huimin@mail.example.org"
IDENTITY, PASSWORD, TOKEN = "140102199003076635", "Gq7-wrong-horse", "tl_QxHuimin0123456789abcdef"
MARKED = [NAME, LATIN, PHONE, MAIL, IDENTITY, PASSWORD, TOKEN]
NASTY = [NAME, PHONE, MAIL, IDENTITY, f"{LATIN}\0", f"'{LATIN}", f"{PHONE} {NAME}", "9" * 40 + LATIN]


class Visitor:
    """A browser that is signed in, as a web process sees it."""

    def __init__(self, port: int, user: User | None = None) -> None:
        self.port = port
        self.cookies = {"csrftoken": "c" * 32}
        if user is not None:
            session = SessionStore()
            session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[-1]
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.save()
            self.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)

    def ask(self, path: str, typed: dict[str, str] | None = None, **headers: str) -> int:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers |= {"Cookie": cookies, "User-Agent": f"Browser of {LATIN}"}
        server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if typed is None:
            server.request("GET", path, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            server.request("POST", path, urlencode({"csrfmiddlewaretoken": "c" * 32, **typed}), headers)
        answer = server.getresponse()
        answer.read()
        return answer.status


@pytest.fixture
def web(transactional_db: None, tmp_path: Path, unused_port: int) -> Iterator[tuple[Child, int]]:  # noqa: F811
    command = [sys.executable, "-m", "gunicorn", "talentlink.wsgi:application", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{unused_port}", "--config", "python:supervisor.gunicorn_config"]
    own = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environ = os.environ | {"DATABASE_URL": own.geturl()}
    child = Child(Spec("web", command, environ), tmp_path / "web.log", ROOT)
    child.start()
    eventually(lambda: "Booting worker" in child.words(), 60)
    yield child, unused_port
    child.stop()


def requests_of(office: Visitor, doctor: Visitor, stranger: Visitor, keys: dict[str, int]) -> Iterator[int]:
    """About a hundred requests with the values in addresses, forms and headers."""
    for text in NASTY:
        asked = quote(text)
        for path in ("/office/experts/doctor/", "/office/accounts/user/", "/office/ledger/", "/office/mails/"):
            yield office.ask(f"{path}?q={asked}&from_day={asked}")
        yield office.ask(f"/office/experts/doctor/?university__id__exact={asked}")
        yield office.ask(f"/office/experts/doctor/{quote(NAME)}{PHONE}/change/")
        yield doctor.ask(f"/doctors/?discipline={asked}")
        yield stranger.ask("/login/", {"username": text, "password": PASSWORD})
        yield stranger.ask(f"/api/v1/visits/?doctor={asked}", Authorization=f"Token {TOKEN}")
        account = {"username": text, "name": text, "phone": text, "email": text, "role": "office", "office": text}
        yield office.ask("/office/accounts/user/add/", account)
        yield office.ask("/office/accounts/user/add/", account | {"username": "qx", "password": PASSWORD})
        yield office.ask("/office/ledger/persons/", {"name": text})
        yield stranger.ask(f"/doctors/{keys['doctor']}/?phone={asked}")
    yield office.ask(f"/office/experts/doctor/{keys['doctor']}/phone/", {})
    yield office.ask("/office/experts/doctor/?export=xlsx")


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_what_real_processes_write_names_nobody(web: tuple[Child, int], start_worker: Callable[..., Worker]) -> None:
    child, port = web
    office = f.CityUserFactory(name=NAME, username=LATIN.lower(), phone=PHONE, email=MAIL)
    doctor = f.DoctorFactory(name=NAME, phone=PHONE)
    f.MemberFactory(user__name=NAME, user__phone=PHONE)
    visitors = Visitor(port, office), Visitor(port, doctor.user), Visitor(port)
    answers = list(requests_of(*visitors, keys={"doctor": doctor.pk}))
    assert len(answers) >= 100
    assert answers[-2:] == [200, 200]
    assert [answer for answer in answers if answer >= 500] == []
    with pytest.raises(IntegrityError):
        f.CityUserFactory(name=NAME, username=LATIN.lower(), phone=PHONE)
    worker = start_worker()
    now = timezone.now()
    failing = [
        Job.objects.create(kind="match_need", key=f"{NAME}{PHONE}", args={"need": 999_999}, not_before=now),
        Job.objects.create(kind="standing_of", key=MAIL, args={"assignment": 999_999}, not_before=now),
    ]
    eventually(lambda: not Job.objects.filter(pk__in=[job.pk for job in failing], attempt=0).exists())
    eventually(lambda: "match_need" in worker.words())
    written = child.words() + worker.words() + server_log()
    assert [value for value in MARKED if value.lower() in written.lower()] == []
    # The ledger has the events and none of what was typed.
    assert LedgerEntry.objects.filter(kind="phone_shown", who=office.pk).count() == 1
    told = str(list(LedgerEntry.objects.values_list("facts", "path", "request", "about_key")))
    assert [value for value in MARKED if value.lower() in told.lower()] == []


def server_log() -> str:
    """What PostgreSQL wrote to its log in this run of tests."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        data = Path(cursor.fetchall()[0][0])
    (log,) = data.parent.parent.glob("log/postgres.log")
    text = log.read_text(errors="replace")
    assert "ERROR" in text
    return text
