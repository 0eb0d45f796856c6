"""Waiting has an end: for a held row, a long query, a hung broker; and the page that says so keeps what was typed."""

import threading
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from core.models import Notice
from core.waits import limits
from enterprises.models import Need
from supervisor.role import Role, role_of
from talentlink import urls as site
from tests import factories as f
from ui.sheets import Column, download

QUEUE = "/office/queue/"


# -- The role of a process ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("/venv/bin/gunicorn talentlink.wsgi:application", "web"),
        ("/lib/gunicorn/__main__.py talentlink.wsgi:application", "web"),
        ("/lib/celery/__main__.py -A talentlink.celery:app worker --loglevel INFO", "worker"),
        ("/venv/bin/celery -A talentlink.celery:app beat", "beat"),
        ("/venv/bin/celery -A talentlink.celery:app inspect ping", "command"),
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


@pytest.fixture
def like_web(transactional_db: None, settings: Any) -> Iterator[None]:
    """Connections of this test have limits as those of a web process have, but shorter."""
    settings.DATABASE_LIMITS = {"lock_timeout": "150ms", "statement_timeout": "2s"}
    connection.close()
    yield
    connection.close()


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
    answer = download("t", [Column("h", 5, lambda need: seen.append(limit("statement_timeout")))], Need.objects.all())
    answer.close()
    assert seen == ["90s"]


# -- A row that is held ------------------------------------------------------------------------------------


class Holder(threading.Thread):
    """Holds the row of a need in a transaction of another connection, as a psql left open does."""

    def __init__(self, need: Need) -> None:
        super().__init__(daemon=True)
        self.need = need
        self.holds, self.let_go = threading.Event(), threading.Event()

    def run(self) -> None:
        with transaction.atomic():
            Need.objects.select_for_update().get(pk=self.need.pk)
            self.holds.set()
            self.let_go.wait(60)
        connection.close()


@pytest.fixture
def hold() -> Iterator[Callable[[Need], Holder]]:
    holders: list[Holder] = []

    def begin(need: Need) -> Holder:
        holder = Holder(need)
        holders.append(holder)
        holder.start()
        assert holder.holds.wait(10)
        return holder

    yield begin
    for holder in holders:
        holder.let_go.set()
        holder.join(10)


class Page(HTMLParser):
    """The words of an answer, and the fields of its form."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.action = ""
        self.links: list[str] = []
        self.words = ""
        self.feed(answer.content.decode())
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input":
            self.fields.append((found["name"] or "", found["value"] or ""))
        elif tag == "form":
            self.action = found["action"] or ""
        elif tag == "a":
            self.links.append(found["href"] or "")

    def handle_data(self, data: str) -> None:
        self.words += data

    def typed(self) -> dict[str, list[str]]:
        sent: dict[str, list[str]] = {}
        for name, value in self.fields:
            if name != "csrfmiddlewaretoken":
                sent.setdefault(name, []).append(value)
        return sent


def browser(user: Any, language: str = "zh-hans") -> Client:
    client = Client(raise_request_exception=False)
    client.cookies["django_language"] = language
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def status_of(need: Need) -> str:
    need.refresh_from_db()
    return str(need.status)


def test_a_held_row_is_told_with_what_was_typed_and_done_by_trying_again(
    like_web: None, hold: Callable[[Need], Holder]
) -> None:
    need = f.NeedFactory(status="submitted")
    client = browser(f.CityUserFactory())
    holder = hold(need)
    answer = client.post(QUEUE + "?q=", {"need": [need.pk], "act": "publish", "note": 'a "b" <c>'})
    page = Page(answer)
    assert (answer.status_code, answer["Retry-After"]) == (409, "5")
    assert "有人正在处理这条记录" in page.words
    assert "您本次提交的内容没有保存。" in page.words
    assert page.action == QUEUE + "?q="
    assert page.typed() == {"need": [str(need.pk)], "act": ["publish"], "note": ['a "b" <c>']}
    assert "csrfmiddlewaretoken" in dict(page.fields)
    assert status_of(need) == "submitted"

    holder.let_go.set()
    holder.join(10)
    assert client.post(page.action, page.typed()).status_code == 302
    assert status_of(need) == "published"


def test_what_was_stored_before_the_held_row_is_not_denied(like_web: None, hold: Callable[[Need], Holder]) -> None:
    first, second = f.NeedFactory(status="submitted"), f.NeedFactory(status="submitted")
    client = browser(f.CityUserFactory(), "en")
    hold(second)
    answer = client.post(QUEUE, {"need": [first.pk, second.pk], "act": "publish"}, headers={"referer": QUEUE})
    page = Page(answer)
    assert answer.status_code == 409
    assert "It is not known whether what you sent was stored. Look first, and send again only" in page.words
    assert "Nothing of what you sent" not in page.words
    assert (page.action, page.fields) == ("", [])
    assert (status_of(first), status_of(second)) == ("published", "submitted")


def test_who_reads_is_told_nothing_of_storing(like_web: None) -> None:
    answer = ask(get_slowly, browser(f.CityUserFactory(), "en"))
    page = Page(answer)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "This took too long" in page.words
    assert "stored" not in page.words
    assert page.links == ["/trial/?n=1"]


def test_a_fragment_gets_a_sentence_and_rest_its_own_form(like_web: None) -> None:
    client = browser(f.CityUserFactory(), "en")
    answer = ask(get_slowly, client, headers={"hx-request": "true"})
    assert (answer.status_code, answer["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert answer.content.decode().splitlines()[0] == "This took too long"


# -- Views that meet trouble -------------------------------------------------------------------------------


def get_slowly(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor, limits(statement_timeout="50ms"):
        cursor.execute("SELECT pg_sleep(20)")
    raise AssertionError


def lose_the_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def lose_it_in_an_action(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        Notice.objects.create(user=request.user, kind="trial", key="1", at=f.moment(f.TODAY))
        lose_the_connection()
    raise AssertionError


def lose_it_at_commit(request: HttpRequest) -> HttpResponse:
    """The server ends between the last statement and the commit; nobody on this side knows how the commit ended."""
    with transaction.atomic():
        Notice.objects.create(user=request.user, kind="trial", key="1", at=f.moment(f.TODAY))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend = cursor.fetchone()[0]
        end_of(backend)
    raise AssertionError


def end_of(backend: int) -> None:
    """End a session from beside, and return when it is gone."""
    beside = psycopg2.connect(
        **{**connection.get_connection_params(), "cursor_factory": None, "dbname": connection.settings_dict["NAME"]}
    )
    beside.autocommit = True
    with beside.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [backend])
    beside.close()


def ask(view: Callable[[HttpRequest], HttpResponse], client: Client, data: Any = None, **named: Any) -> HttpResponse:
    """Call the view at an address of the site, through everything that stands before a view."""
    site.urlpatterns.insert(0, path("trial/", view))
    try:
        _forget_addresses()
        if data is None:
            return client.get("/trial/?n=1", **named)
        return client.post("/trial/", data, **named)
    finally:
        del site.urlpatterns[0]
        _forget_addresses()


def _forget_addresses() -> None:
    from django.urls import clear_url_caches  # noqa: PLC0415  only here

    clear_url_caches()
