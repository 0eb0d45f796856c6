"""Room: so many at a time, a moment's wait for the next, and none for those behind it; and how a refusal is worded."""

import json
import threading
import time
from typing import Any

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.away import Busy
from core.room import Room, RoomMiddleware
from talentlink.views import server_error


def waited(room: Room) -> tuple[bool, bool]:
    """Whether there was a place, and whether that was known at once."""
    began = time.monotonic()
    return room.enter(0.5), time.monotonic() - began < 0.4


def test_one_waits_and_those_behind_it_do_not_until_a_place_is_given_back() -> None:
    room = Room(2)
    assert [room.enter(0), room.enter(0)] == [True, True]
    assert [waited(room), waited(room), waited(room)] == [(False, False), (False, True), (False, True)]
    room.leave()
    assert [waited(room), waited(room), waited(room)] == [(True, True), (False, False), (False, True)]


def test_whoever_waits_gets_the_place_that_is_given_back() -> None:
    room = Room(1)
    assert room.enter(0)
    threading.Timer(0.1, room.leave).start()
    assert room.enter(30)


def test_only_what_changes_something_needs_room(settings: Any) -> None:
    settings.ROLE, settings.WEB_THREADS = "web", 2
    ask = RequestFactory()
    inside: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        inside.append(str(request.method))
        if request.path == "/outer":
            assert middleware(ask.get("/")).status_code == 200
            with pytest.raises(Busy):
                middleware(ask.delete("/"))
        return HttpResponse()

    middleware = RoomMiddleware(page)
    middleware(ask.post("/outer"))
    middleware(ask.put("/"))
    assert inside == ["POST", "GET", "PUT"]


def test_other_programs_than_web_have_no_bound() -> None:
    with pytest.raises(MiddlewareNotUsed):
        RoomMiddleware(lambda request: HttpResponse())


def test_rest_is_told_that_nothing_was_stored() -> None:
    try:
        raise Busy
    except Busy:
        answer = server_error(RequestFactory().post("/api/v1/visits/"))
    facts = json.loads(answer.content)
    assert (answer.status_code, answer["Retry-After"], facts["code"], facts["stored"]) == (503, "3", "busy", "nothing")
