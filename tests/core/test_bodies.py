"""What is too large is refused before it is read: a stranger's body, files, fields; a signed-in user's body."""

from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from identity.actions import issue_token
from tests.factories import CityUserFactory

pytestmark = pytest.mark.django_db
MULTIPART = "multipart/form-data; boundary=x"
FORM = "application/x-www-form-urlencoded"
STRANGER, SIGNED_IN = settings.MOST_BYTES["stranger"], settings.MOST_BYTES["signed_in"]


class Unread:
    """A body that fails the test when anybody reads it."""

    def read(self, *_sizes: int) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def client_of(user: User | None) -> Client:
    client = Client(enforce_csrf_checks=True)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def announce(client: Client, path: str, size: int, kind: str = FORM, **headers: str) -> Any:
    """The answer to a POST that announces so many bytes; none of them may be read."""
    said = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "CONTENT_LENGTH": str(size), "CONTENT_TYPE": kind}
    return client.request(**said, **{"wsgi.input": Unread()}, **headers)


@pytest.mark.parametrize("path", ["/login/", "/needs/new/", "/language/setlang/", "/nothing/"])
@pytest.mark.parametrize("kind", [FORM, MULTIPART, "application/json"])
def test_a_strangers_large_body_is_not_read(path: str, kind: str) -> None:
    assert announce(client_of(None), path, STRANGER + 1, kind).status_code == 413


def test_a_cookie_that_is_no_session_makes_nobody_known() -> None:
    client = client_of(None)
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    assert announce(client, "/login/", STRANGER + 1, MULTIPART).status_code == 413


def test_a_signed_in_users_body_has_a_limit_too() -> None:
    client = client_of(CityUserFactory())
    answer = announce(client, "/needs/new/", SIGNED_IN + 1, MULTIPART)
    assert (answer.status_code, answer.templates[0].name) == (413, "413.html")


def test_a_signed_in_users_form_without_files_is_held_in_memory_up_to_a_limit() -> None:
    client = Client()
    client.force_login(CityUserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/password/", "a=" + "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE, content_type=FORM)
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "x", "²", "9" * 30])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    answer = client_of(None).request(
        REQUEST_METHOD="POST", PATH_INFO="/login/", CONTENT_LENGTH=length, **{"wsgi.input": Unread()}
    )
    assert answer.status_code == 400


def test_a_strangers_file_is_refused_however_small() -> None:
    client = Client()
    assert client.post("/login/", {"username": "x", "password": "y"}).status_code == 200
    answer = client.post("/login/", {"username": "x", "file": SimpleUploadedFile("x.pdf", b"%PDF-")})
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", [FORM, "multipart"])
def test_a_strangers_many_fields_are_refused(kind: str) -> None:
    fields = {f"f{number}": "1" for number in range(settings.MOST_FIELDS_OF_STRANGERS + 2)}
    body = "&".join(f"{name}=1" for name in fields)
    client = Client()
    answer = client.post("/login/", body, content_type=FORM) if kind == FORM else client.post("/login/", fields)
    assert answer.status_code == 400


def test_the_case_of_a_header_hides_no_field() -> None:
    part = '--B\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n'
    body = part * (settings.MOST_FIELDS_OF_STRANGERS + 2) + "--B--\r\n"
    answer = Client().post("/login/", body.encode(), content_type="multipart/form-data; boundary=B")
    assert answer.status_code == 400


def test_a_signed_in_user_may_send_as_many_files_as_a_form_has_and_no_more() -> None:
    files = {f"f{number}": SimpleUploadedFile("x.pdf", b"%PDF-") for number in range(11)}
    client = Client()
    client.force_login(CityUserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/password/", files).status_code == 400


# -- Programs --------------------------------------------------------------------------------------------------


def test_a_program_may_send_what_is_held_in_memory_and_is_asked_who_it_is_first() -> None:
    user = CityUserFactory()
    _token, key = issue_token(user, by=user, label="x", scope="write")
    said = {"HTTP_AUTHORIZATION": f"Token {key}"}
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    statuses = [
        announce(Client(), "/api/v1/visits/", most + 1, "application/json", **said).status_code,
        announce(Client(), "/api/v1/visits/", most, "application/json", HTTP_AUTHORIZATION="Token x").status_code,
        announce(Client(), "/api/v1/visits/", STRANGER + 1, "application/json").status_code,
    ]
    assert statuses == [413, 401, 413]


UNKNOWN = ["/api/", "/api/v1/", "/api/nothing", "/api/v1/needs/../..", "/api/v1/visits/1/%00/", "/api/v1/²/", "/api//"]


@pytest.mark.parametrize("path", [*UNKNOWN, "/api/v1/visits/x/", f"/api/v1/visits/{'9' * 40}/"])
def test_an_unknown_address_of_rest_answers_in_its_form_and_language(path: str) -> None:
    user = CityUserFactory()
    _token, key = issue_token(user, by=user, label="x")
    said: Any = {"HTTP_AUTHORIZATION": f"Token {key}"}
    answers = [Client().get(path, HTTP_ACCEPT_LANGUAGE=language, **said) for language in ("en", "zh-hans")]
    assert [(answer.status_code, answer["Content-Type"]) for answer in answers] == [(404, "application/json")] * 2
    assert [list(answer.json()) for answer in answers] == [["detail"]] * 2
    assert answers[0].json() != answers[1].json()


def test_other_refusals_of_rest_have_its_form_too() -> None:
    user = CityUserFactory()
    _token, key = issue_token(user, by=user, label="x", scope="write")
    said: Any = {"HTTP_AUTHORIZATION": f"Token {key}", "HTTP_ACCEPT_LANGUAGE": "en"}
    client = Client()
    answers = {
        405: client.post("/api/v1/visits/", "{}", content_type="application/json", **said),
        413: announce(client, "/api/v1/visits/", 2**40, "application/json", **said),
        400: client.get("/api/v1/visits/", HTTP_HOST="else.where", **said),
        406: client.get("/api/v1/visits/", HTTP_ACCEPT="text/csv", **said),
    }
    said_so = {status: (each.status_code, each["Content-Type"], list(each.json())) for status, each in answers.items()}
    assert said_so == {status: (status, "application/json", ["detail"]) for status in answers}
    assert answers[413].json() == {"detail": "The body is too large."}


def test_an_address_of_rest_without_its_last_slash_leads_to_it() -> None:
    answer = Client().get("/api/v1/visits")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/visits/")
