"""Headers of every answer: private pages, files and lists are kept by nobody, public ones and static files may be."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from core.headers import PERMISSIONS
from identity.actions import issue_token
from tests.factories import CityUserFactory, NeedFactory
from tests.test_routes import OPEN, PEOPLE, ROLES, ROUTES, Route, World, address, ask

pytestmark = pytest.mark.django_db
# What ASVS asks of every answer.
SECURE = {
    "Permissions-Policy": PERMISSIONS,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Open pages that are not the same for everybody: a form to sign in, the state of this moment.
NEVER_KEPT = {"login", "account_login", "livez", "readyz", "healthz"}


def kept_by_nobody(answer: Any) -> bool:
    return "no-store" in answer.get("Cache-Control", "")


def missing(answer: Any) -> dict[str, Any]:
    return {name: answer.get(name) for name, value in SECURE.items() if answer.get(name) != value}


def without_characters(answers: dict[Route, Any]) -> set[str]:
    """The kinds of texts that do not say in which characters they are written."""
    kinds = {answer["Content-Type"] for answer in answers.values() if answer.get("Content-Type")}
    assert "text/html; charset=utf-8" in kinds
    texts = {kind for kind in kinds if kind.startswith(("text/", "application/xml"))}
    return {kind for kind in texts if "charset=utf-8" not in kind.replace('"', "")}


@pytest.mark.parametrize("role", ROLES)
def test_nothing_that_a_signed_in_user_gets_is_kept(role: str) -> None:
    world = World()
    user = world.people.get(role) or PEOPLE[role]()
    tables = "" if role == "city" else r"^(?!office/\w+/\w+/)"
    answers = ask(user, world, only=tables)
    assert {route.path: answer.get("Cache-Control") for route, answer in answers.items()} == {
        route.path: "no-store, private" for route in answers
    }
    assert {route.path: missing(answer) for route, answer in answers.items() if missing(answer)} == {}
    assert without_characters(answers) == set()


def test_a_strangers_public_pages_may_be_kept_and_nothing_else() -> None:
    answers = ask(None, World())
    assert {route.path: missing(answer) for route, answer in answers.items() if missing(answer)} == {}
    assert without_characters(answers) == set()
    shown = {route.name: answer for route, answer in answers.items() if answer.status_code == 200}
    assert {name for name, answer in shown.items() if not kept_by_nobody(answer)} == OPEN - NEVER_KEPT
    refused = {route.name for route, answer in answers.items() if route.is_api and not kept_by_nobody(answer)}
    assert refused == set()


def test_what_is_public_is_no_more_so_for_a_user_or_a_token() -> None:
    user = CityUserFactory()
    page = f"/needs/{NeedFactory(status='published', visibility='public').pk}/"
    client = Client()
    assert [kept_by_nobody(client.get(path)) for path in ("/", page, "/style/")] == [False] * 3
    _token, key = issue_token(user, by=user, label="x")
    assert kept_by_nobody(client.get("/api/schema/", HTTP_AUTHORIZATION=f"Token {key}"))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert [kept_by_nobody(client.get(path)) for path in ("/", page, "/style/")] == [True] * 3


def test_signing_in_and_out_is_kept_by_nobody() -> None:
    user = CityUserFactory()
    user.set_password("zao qi de niao er")
    user.save()
    client = Client()
    entered = client.post("/login/", {"username": user.username, "password": "zao qi de niao er"})
    assert (entered.status_code, kept_by_nobody(entered)) == (302, True)
    left = client.post("/logout/")
    assert (left.status_code, kept_by_nobody(left)) == (302, True)


def test_rest_answers_a_token_with_what_nobody_keeps() -> None:
    world = World()
    user = CityUserFactory()
    _token, key = issue_token(user, by=user, label="x")
    asked = [address(route, world) for route in ROUTES if route.is_api and "format" not in route.path]
    answers = [Client().get(path, HTTP_AUTHORIZATION=f"Token {key}") for path in asked]
    assert len(asked) > 4
    assert [kept_by_nobody(answer) for answer in answers] == [True] * len(asked)


def test_static_files_may_be_kept_and_have_the_headers_too() -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "abc"
    answer = client.get("/static/app.css")
    list(answer.streaming_content)
    assert (answer.status_code, kept_by_nobody(answer), missing(answer)) == (200, False, {})
    lost = client.get("/static/nothing.css")
    assert (lost.status_code, kept_by_nobody(lost)) == (404, True)


def test_an_error_and_an_unknown_address_are_kept_by_nobody() -> None:
    client = Client()
    client.force_login(CityUserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    answers = [client.get("/nothing/"), client.get("/needs/999999/"), client.get("/api/nothing/")]
    assert [(answer.status_code, kept_by_nobody(answer)) for answer in answers] == [(404, True)] * 3


def test_routes_are_walked() -> None:
    assert len(ROUTES) > 100
    assert Route("login/", "login") in ROUTES
