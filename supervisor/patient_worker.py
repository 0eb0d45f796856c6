"""The worker of gunicorn that ends a request which arrives too slowly, or whose body is cut short.

gunicorn's own worker of threads waits for headers and bodies without a limit, so a few clients that send one byte a
second would hold all its threads; and a body that ends early would be taken for a whole one.
"""

import contextlib
import errno
import socket
import time
from typing import Any

from gunicorn.http.body import LengthReader
from gunicorn.workers.gthread import TConn, ThreadWorker

# Seconds within which all headers must have arrived, and the first bytes of a body.
HEADER_SECONDS, BODY_SECONDS = 10, 20
# A body may take longer than that by its size over this many bytes a second: a poor connection of a phone.
SLOWEST = 64 * 1024


class Whole:
    """Reads a body as gunicorn's reader does, but raises OSError where it ends before its announced length."""

    def __init__(self, reader: LengthReader) -> None:
        self.reader = reader

    def __getattr__(self, name: str) -> Any:
        return getattr(self.reader, name)

    def read(self, size: int) -> bytes:
        expected = min(self.reader.length, size)
        data: bytes = self.reader.read(size)
        if len(data) < expected:
            raise ConnectionResetError(errno.ECONNRESET, "the body ended before its announced length")
        return data


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Keeps for each connection that is being read the moment until which it may take."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.until: dict[TConn, float] = {}

    def handle(self, conn: TConn) -> Any:
        self.until[conn] = time.monotonic() + HEADER_SECONDS
        try:
            return super().handle(conn)
        finally:
            self.until.pop(conn, None)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """The headers have arrived; from now on the body has its time."""
        length = 0
        if req.body is not None and isinstance(req.body.reader, LengthReader):
            length = req.body.reader.length
            req.body.reader = Whole(req.body.reader)
        self.until[conn] = time.monotonic() + BODY_SECONDS + length / SLOWEST
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Called by gunicorn once a second: end reading from each connection whose time is over.

        Writing goes on, so an answer that takes long is not touched.
        """
        super().murder_pending()
        now = time.monotonic()
        for conn, until in list(self.until.items()):
            if now > until:
                self.until.pop(conn, None)
                with contextlib.suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)
