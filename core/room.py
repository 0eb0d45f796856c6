"""Room for those who only look: requests that change something never take every thread of a web process.

Such a request may wait for a row that somebody holds. If all threads waited, no page and no probe would be answered,
so one thread of each process stays free of them. Whoever finds no room waits a moment and is then told so; while it
stays like that, the next are told at once.
"""

import threading
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from core.away import Busy

CHANGING = ("POST", "PUT", "PATCH", "DELETE")
# How long a request waits for room: a thread that waits is one that answers no probe.
SECONDS = 0.7


class Room:
    """So many places at a time."""

    def __init__(self, places: int) -> None:
        self._changed = threading.Condition()
        self._free = places
        # Somebody has waited in vain since a place was last given back.
        self._in_vain = False

    def enter(self, seconds: float) -> bool:
        """Take a place, within so many seconds; whether there was one."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._free > 0, 0 if self._in_vain else seconds):
                self._in_vain = True
                return False
            self._free -= 1
            return True

    def leave(self) -> None:
        with self._changed:
            self._free += 1
            self._in_vain = False
            self._changed.notify()


class RoomMiddleware:
    """Stands before everything that asks the database, and behind what a refusal needs: language, token, headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.ROLE != "web":
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.room = Room(max(1, settings.WEB_THREADS - 1))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in CHANGING:
            return self.get_response(request)
        if not self.room.enter(SECONDS):
            raise Busy
        try:
            return self.get_response(request)
        finally:
            self.room.leave()
