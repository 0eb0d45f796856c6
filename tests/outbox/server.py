"""A mail server of this machine that can refuse, hang and break off, and counts what arrived."""

import asyncio
import email
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


class Postmaster:
    """What the server answers: a code and words at each step, or it waits for `go`, or breaks off."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.receivers: list[list[str]] = []
        self.sender = self.body = ""
        self.addresses: dict[str, str] = {}
        self.hangs_at = ""
        self.breaks_off = False
        self.seconds = 0.0  # how long it takes for a content
        self.reached, self.go = threading.Event(), threading.Event()

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, options: Any) -> Any:  # noqa: N802
        session.host_name = hostname
        await self._hang("EHLO")
        return options

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        envelope.mail_from = address
        await self._hang("MAIL")
        return self.sender or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        await self._hang("RCPT")
        answer = self.addresses.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if not self.body:
            message = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.arrived.append(message)
            self.receivers.append(list(envelope.rcpt_tos))
        if self.breaks_off:
            server.transport.abort()
        await asyncio.sleep(self.seconds)
        await self._hang("DATA")
        return self.body or "250 taken"

    async def _hang(self, step: str) -> None:
        if self.hangs_at == step:
            self.reached.set()
            while not self.go.is_set():
                await asyncio.sleep(0.02)


@contextmanager
def mail_server() -> Iterator[tuple[Postmaster, int]]:
    """The server and its port."""
    postmaster = Postmaster()
    controller = Controller(postmaster, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield postmaster, controller.port
    finally:
        postmaster.go.set()
        controller.stop()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def dumb_server(trickle: bytes = b"") -> Iterator[int]:
    """A server that takes the connection and says nothing, or one sign every tenth of a second; its port."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)

        def serve() -> None:
            kept = []
            while not done.is_set():
                with suppress(TimeoutError):
                    kept.append(listening.accept()[0])
                for each in kept if trickle else []:
                    try:
                        each.send(trickle)
                    except OSError:
                        kept.remove(each)
                        break
            for each in kept:
                each.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        done.set()
        thread.join(5)
