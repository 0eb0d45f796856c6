"""What a person meets when a row is held, a query is long, or the database is away: what is said, and what is kept."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from core.away import AWAY, FULL, HELD, SLOW, Trouble, trouble_of
from core.models import Notice
from enterprises.models import Need
from tests import factories as f
from tests.core.troubles import lose_the_connection
from tests.holding import Held

QUEUE = "/office/queue/"


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """A request leaves its language to the thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


# -- A row that is held ------------------------------------------------------------------------------------


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


def test_a_held_row_is_told_with_what_was_typed_and_done_by_trying_again(like_web: None) -> None:
    need = f.NeedFactory(status="submitted")
    client = browser(f.CityUserFactory())
    with Held(need):
        answer = client.post(QUEUE + "?q=", {"need": [need.pk], "act": "publish", "note": 'a "b" <c>'})
    page = Page(answer)
    assert (answer.status_code, answer["Retry-After"]) == (409, "5")
    assert "有人正在处理这条记录" in page.words
    assert "您本次提交的内容没有保存。 您填写的内容还保留在本页，点“重试”即可重新提交。" in page.words
    assert "如果返回上一页，填写的内容可能丢失。" in page.words
    assert page.action == QUEUE + "?q="
    assert page.typed() == {"need": [str(need.pk)], "act": ["publish"], "note": ['a "b" <c>']}
    assert "csrfmiddlewaretoken" in dict(page.fields)
    assert status_of(need) == "submitted"

    assert client.post(page.action, page.typed()).status_code == 302
    assert status_of(need) == "published"


def test_what_was_stored_before_the_held_row_is_not_denied(like_web: None) -> None:
    first, second = f.NeedFactory(status="submitted"), f.NeedFactory(status="submitted")
    client = browser(f.CityUserFactory(), "en")
    with Held(second):
        answer = client.post(QUEUE, {"need": [first.pk, second.pk], "act": "publish"})
    page = Page(answer)
    assert answer.status_code == 409
    assert "It is not known whether what you sent was stored. Look first, and send again only" in page.words
    assert "Nothing of what you sent" not in page.words
    assert "This page still holds" not in page.words
    assert (page.action, page.fields) == ("", [])
    assert (status_of(first), status_of(second)) == ("published", "submitted")


def test_who_reads_is_told_nothing_of_storing(like_web: None, trials: None) -> None:
    answer = browser(f.CityUserFactory(), "en").get("/trial/slow/?n=1")
    page = Page(answer)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "This took too long" in page.words
    assert "stored" not in page.words
    assert page.links == ["/trial/slow/?n=1"]


def test_a_fragment_gets_a_sentence(like_web: None, trials: None) -> None:
    answer = browser(f.CityUserFactory(), "en").get("/trial/slow/", headers={"hx-request": "true"})
    assert (answer.status_code, answer["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert answer.content.decode().splitlines()[0] == "This took too long"


def test_rest_words_it_as_a_refusal(like_web: None, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(f.CityUserFactory(), "en")
    monkeypatch.setattr("rest.lists.Listing.get_queryset", lambda self: lose_the_connection())
    answer = client.get("/api/v1/visits/")
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "15", "away")
    assert set(answer.json()) == {"code", "message", "reasons"}


# -- Whether anything was stored ---------------------------------------------------------------------------

UNKNOWN, NOTHING = "It is not known whether what you sent was stored.", "Nothing of what you sent was stored."


@pytest.fixture
def trials(settings: Any) -> None:
    """Adds pages whose statements fail in every way to those of the site."""
    settings.ROOT_URLCONF = "tests.core.troubles"


@pytest.mark.parametrize(
    ("what", "said", "kept"),
    [
        ("lost_in_an_action", NOTHING, 0),
        ("lost_at_commit", UNKNOWN, 0),
        ("lost_after_a_commit", UNKNOWN, 1),
        ("lost_after_a_statement", UNKNOWN, 1),
        ("lost_after_a_savepoint", NOTHING, 0),
        ("deadlock_at_commit", NOTHING, 0),
    ],
)
def test_only_what_is_certain_is_said(like_web: None, trials: None, what: str, said: str, kept: int) -> None:
    answer = browser(f.CityUserFactory(), "en").post(f"/trial/{what}/", {"title": "t"})
    page = Page(answer)
    assert answer.status_code == (409 if what.startswith("deadlock") else 503)
    assert [words in page.words for words in (UNKNOWN, NOTHING)] == [said == UNKNOWN, said == NOTHING]
    assert page.typed() == ({"title": ["t"]} if said == NOTHING else {})
    connection.close()  # in a test it outlives the request
    assert Notice.objects.count() == kept


def test_programs_are_told_whether_it_was_stored_wherever_the_trouble_came_up(like_web: None, trials: None) -> None:
    client = browser(f.CityUserFactory(), "en")
    whats = ("lost_at_commit", "deadlock_at_commit")
    answers = [client.post(f"/api/trial/{what}/", {"title": "t"}) for what in whats]
    assert [answer.json()["stored"] for answer in answers] == ["unknown", "nothing"]


def test_a_form_with_a_key_of_its_own_may_be_sent_again_though_nobody_knows(like_web: None, trials: None) -> None:
    client = browser(f.CityUserFactory(), "en")
    sent = {"title": "t", "client_key": str(uuid4())}
    page = Page(client.post("/trial/lost_at_commit/", sent))
    assert "To send it again is safe: the same form is taken only once." in page.words
    assert page.typed() == {name: [value] for name, value in sent.items()}


def test_passwords_and_files_are_not_sent_again(like_web: None, trials: None) -> None:
    client = browser(f.CityUserFactory(), "en")
    where = {"headers": {"referer": "http://testserver/password/"}}
    page = Page(client.post("/trial/lost_in_an_action/", {"new_password1": "zao qi de niao"}, **where))
    assert "Passwords are not kept: go back and type them again." in page.words
    assert (page.fields, page.links) == ([], ["http://testserver/password/"])
    with_file = {"title": "t", "paper": SimpleUploadedFile("a.pdf", b"%PDF-")}
    page = Page(client.post("/trial/lost_in_an_action/", with_file))
    assert "Files do not come along: go back to the form and choose them again." in page.words
    assert (page.fields, page.links) == ([], ["/"])


def test_another_error_is_what_it_was(like_web: None, trials: None) -> None:
    answer = browser(f.CityUserFactory(), "en").get("/trial/no_such_table/")
    assert answer.status_code == 500
    assert "The system met an error" in Page(answer).words


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("55P03", HELD), ("40P01", HELD), ("40001", HELD), ("57014", SLOW), ("25P03", SLOW), ("53100", FULL),
        ("53300", AWAY), ("57P01", AWAY), ("57P03", AWAY), ("08006", AWAY), ("25006", AWAY), ("54000", None),
        ("55006", None),
    ],
)  # fmt: skip
def test_codes_of_the_database(code: str, trouble: Trouble | None, db: None) -> None:
    with pytest.raises(Exception, match="trial") as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'trial' USING ERRCODE = %s; END $$", [code])
    assert trouble_of(raised.value) == trouble
    assert trouble_of(ValueError("no error of the database")) is None


def test_an_answer_that_broke_off_is_a_lost_connection_and_a_refusal_of_django_is_none() -> None:
    """The driver's error where the server process ends while it answers: its base class, without a code."""
    broken = DatabaseError("server closed the connection unexpectedly")
    broken.__cause__ = psycopg2.DatabaseError("server closed the connection unexpectedly")
    assert trouble_of(broken) == AWAY
    assert trouble_of(DatabaseError("Save with update_fields did not affect any rows.")) is None


@pytest.mark.browser
def test_a_person_tries_again_and_it_is_done(
    like_web: None, live_server: Any, any_page: Any, sign_in: Any, axe: Any, complaints: list[str]
) -> None:
    need = f.NeedFactory(status="submitted", title="镁碳砖抗热震性提升")
    sign_in(any_page, f.CityUserFactory())
    any_page.goto(live_server.url + QUEUE)
    with Held(need):
        any_page.locator(f"button[name=publish][value='{need.pk}']").click()
        any_page.get_by_role("heading", name="有人正在处理这条记录").wait_for()
        assert any_page.get_by_text("您本次提交的内容没有保存。").is_visible()
        axe(any_page)
    assert [line.partition(": ")[2] for line in complaints] == [
        "Failed to load resource: the server responded with a status of 409 (Conflict)"
    ]
    complaints.clear()
    any_page.get_by_role("button", name="重试").click()
    any_page.wait_for_url(live_server.url + QUEUE)
    assert status_of(need) == "published"
