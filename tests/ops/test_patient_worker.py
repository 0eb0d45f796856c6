"""The web server's worker on a real socket: slow headers and slow bodies end, a body cut short is none, limits hold."""

import contextlib
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.process import Child, Spec
from supervisor.state import ROOT
from supervisor.valkey import free_port
from tests.processes import eventually

pytestmark = pytest.mark.processes
# One thread, so that a client that holds it would hold all. It tells what it read of the body.
CONFIG = """
from supervisor.gunicorn_config import *
from supervisor import patient_worker

patient_worker.HEADER_SECONDS = patient_worker.BODY_SECONDS = 1
threads = 1
def post_fork(server, worker): pass
"""
APPLICATION = """
def application(environ, start_response):
    try:
        said = str(len(environ["wsgi.input"].read())).encode()
    except OSError as error:
        said = b"cut short"
    open("seen", "ab").write(said + b"\\n")
    start_response("200 OK", [("Content-Length", str(len(said)))])
    return [said]
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    (tmp_path / "config.py").write_text(CONFIG)
    (tmp_path / "told.py").write_text(APPLICATION)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "told:application", "--no-control-socket", "--chdir", str(tmp_path)]
    command += ["--config", str(tmp_path / "config.py"), "--bind", f"127.0.0.1:{port}", "--pythonpath", str(ROOT)]
    child = Child(Spec("web", command, {"PATH": "", "PYTHONPATH": str(ROOT)}, death_signal=signal.SIGKILL),
                  tmp_path / "web.log", ROOT)  # fmt: skip
    child.start()
    eventually(lambda: answers(port), 60)
    (tmp_path / "seen").write_text("")
    yield port, tmp_path / "seen"
    child.kill()


def answers(port: int) -> bool:
    try:
        return asked(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def asked(port: int, data: bytes, *, drip: bytes = b"") -> bytes:
    """What the server answers to these bytes, of which `drip` are sent one every 0.2 seconds until it has enough."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(data)
        line.settimeout(0.2 if drip else 20)
        for byte in [*drip, None]:
            try:
                return whole(line, line.recv(65536))
            except TimeoutError:
                if byte is None:
                    raise
                line.sendall(bytes([byte]))
    return b""


def whole(line: socket.socket, said: bytes) -> bytes:
    """The whole answer that begins with these bytes: its head and its body may come one after the other."""
    while said and len(said) < length(said) and (more := line.recv(65536)):
        said += more
    return said


def length(said: bytes) -> float:
    """How long an answer will be, as its head says; infinite while the head is not there."""
    head, end, _body = said.partition(b"\r\n\r\n")
    found = re.search(rb"Content-Length: (\d+)", head)
    return len(head + end) + int(found[1]) if end and found else float("inf")


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n"


def test_a_client_that_sends_headers_slowly_loses_its_line(server: tuple[int, Path]) -> None:
    port, seen = server
    began = time.monotonic()
    try:
        said = asked(port, b"GET / HTTP/1.1\r\nX: ", drip=b"y" * 100)
    except OSError:
        said = b""
    assert (said, time.monotonic() - began < 15) == (b"", True)
    assert answers(port)
    assert seen.read_text() == "0\n"


def test_a_body_that_comes_slowly_ends_and_is_not_taken_for_a_whole_one(server: tuple[int, Path]) -> None:
    port, seen = server
    began = time.monotonic()
    with contextlib.suppress(OSError):
        asked(port, HEAD + b"a" * 400, drip=b"y" * 100)
    assert time.monotonic() - began < 15
    eventually(lambda: seen.read_text() == "cut short\n")
    assert answers(port)


def test_a_whole_body_is_read_and_one_cut_short_is_not(server: tuple[int, Path]) -> None:
    port, seen = server
    assert asked(port, HEAD + b"a" * 500).endswith(b"500")
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(HEAD + b"a" * 499)
    eventually(lambda: seen.read_text() == "500\ncut short\n")


@pytest.mark.parametrize(
    "lengths", [b"Content-Length: 4\r\nContent-Length: 9", b"Content-Length: 4\r\nTransfer-Encoding: chunked"]
)
def test_a_body_of_two_lengths_is_refused(server: tuple[int, Path], lengths: bytes) -> None:
    port, seen = server
    smuggled = b"GET /second HTTP/1.1\r\nHost: x\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nHost: x\r\n" + lengths + b"\r\n\r\n"
    said = asked(port, head + b"0\r\n\r\n" + smuggled)
    assert (said.partition(b"\r\n")[0], seen.read_text()) == (b"HTTP/1.1 400 Bad Request", "")


@pytest.mark.parametrize(
    "data",
    [
        b"GET /" + b"a" * 4100 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X%d: 1\r\n" % at for at in range(70)) + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 8300 + b"\r\n\r\n",
    ],
)
def test_long_lines_and_many_headers_do_not_reach_the_application(server: tuple[int, Path], data: bytes) -> None:
    port, seen = server
    status = int(asked(port, data).split()[1])
    assert (400 <= status < 500, seen.read_text()) == (True, "")
