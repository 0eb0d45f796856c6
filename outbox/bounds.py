"""A time limit for a whole exchange with a server.

The timeout of a socket is not enough: it starts again with each byte that the server sends.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType


class Bound:
    """Context manager that closes the connection when the block takes longer than `seconds`; `reached` is then True."""

    def __init__(self, seconds: float, connection: Callable[[], socket.socket | None]) -> None:
        self.connection = connection
        self.reached = False
        self.timer = threading.Timer(seconds, self._break)
        self.timer.daemon = True

    def __enter__(self) -> "Bound":
        self.timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.timer.cancel()

    def _break(self) -> None:
        self.reached = True
        connection = self.connection()
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
