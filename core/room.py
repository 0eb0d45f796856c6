"""Limits how many requests that change something run at once, so that one thread of a web process is always free.

A request that changes something may wait for a locked row. If all threads waited, no page and no probe would be
answered. A request beyond the limit waits a moment and is then refused (`Busy`); until one of the running ones ends,
the next are refused at once.
"""

import threading
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from core.away import Busy

CHANGING = ("POST", "PUT", "PATCH", "DELETE")
# How long a request waits; a thread that waits answers no probe meanwhile.
SECONDS = 0.7


class Room:
    """Lets at most so many requests run at the same time."""

    def __init__(self, most: int) -> None:
        self._changed = threading.Condition()
        self._free = most
        # Whether a request has waited in vain since `leave` was last called.
        self._in_vain = False

    def enter(self, seconds: float) -> bool:
        """Wait at most so many seconds until a request may run; return whether it may."""
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
    """Runs before all middleware that queries the database, and after what the page of a refusal needs: language, CSRF
    token, headers."""

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
