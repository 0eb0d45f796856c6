"""Asks a scanner for malware about a file, where one is set up (`FILE_SCANNER`): the daemon of ClamAV."""

import socket
import struct
import time
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from core.bounded import Breaker

SECONDS = 20.0  # within which the whole answer must come
CHUNK = 64 * 1024
# For so many seconds a scanner that did not answer is not asked again: each file would hold a thread of the site.
PAUSE = 10.0


class NoAnswer(Exception):
    """The scanner cannot be reached, is too slow, or could not judge the file."""


@cache
def breaker_of(address: str) -> Breaker:
    """The breaker of this process for the scanner at `address`."""
    return Breaker(PAUSE)


def finding(content: bytes) -> str:
    """The name of what the scanner finds in the content; empty if it finds nothing or none is set up.

    Raises NoAnswer if the scanner does not give a verdict.
    """
    if not settings.FILE_SCANNER:
        return ""
    breaker = breaker_of(settings.FILE_SCANNER)
    if breaker.is_open:
        raise NoAnswer("the scanner did not answer lately")
    try:
        answer = _asked(settings.FILE_SCANNER, content)
    except OSError as error:
        breaker.failed()
        raise NoAnswer(str(error)) from error
    words = answer.removeprefix("stream: ")
    if words == "OK":
        return ""
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND")
    raise NoAnswer(words)


def _asked(address: str, content: bytes) -> str:
    """Send the content by the command INSTREAM and return the answer, for example "stream: OK"."""
    ends = time.monotonic() + SECONDS
    with _connected(address) as line:
        parts = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)]
        for part in (b"zINSTREAM\0", *(struct.pack("!I", len(part)) + part for part in parts), struct.pack("!I", 0)):
            _within(line, ends)
            line.sendall(part)
        answer = b""
        while not answer.endswith(b"\0"):
            _within(line, ends)
            got = line.recv(4096)
            if not got or len(answer) > CHUNK:
                raise OSError("the scanner gave no whole answer")
            answer += got
    return answer.rstrip(b"\0").decode(errors="replace").strip()


def _connected(address: str) -> socket.socket:
    """A connection to clamd://host:port or clamd+unix:///path."""
    parts = urlsplit(address)
    if parts.scheme == "clamd+unix":
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(SECONDS)
        line.connect(parts.path)
        return line
    return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=SECONDS)


def _within(line: socket.socket, ends: float) -> None:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("the scanner is too slow")
    line.settimeout(left)
