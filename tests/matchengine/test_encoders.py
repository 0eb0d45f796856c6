"""Texts become vectors: a server that answers, errs, hangs, dies and refuses; a folder without a model."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchengine.encoders import EncoderDown, EndpointEncoder, FolderEncoder, from_settings, label, unit
from matchengine.encoders.endpoint import LARGEST
from matchengine.encoders.values import Floats

Reply = Callable[["Handler", dict[str, Any]], None]
VOWELS = "aeiou"


def letters(text: str) -> list[float]:
    """How often each vowel stands in a text, and 1: a vector a person can check."""
    return [float(text.count(vowel)) for vowel in VOWELS] + [1.0]


class Handler(BaseHTTPRequestHandler):
    """Answers each request with the next of the server's replies, the last one for ever."""

    server: "Server"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], body))
        replies = self.server.replies
        (replies.pop(0) if len(replies) > 1 else replies[0])(self, body)

    def say(self, body: bytes, status: int = 200, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing to the terminal."""


class Server(ThreadingHTTPServer):
    """A server of this machine; `released` ends every reply that hangs."""

    daemon_threads = True

    def __init__(self, replies: list[Reply]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies, self.asked = replies, list[tuple[str, str | None, dict[str, Any]]]()
        self.released = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what some of these tests are about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serving(*replies: Reply) -> Iterator[Server]:
    with Server(list(replies)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()


def embeddings(handler: Handler, body: dict[str, Any]) -> None:
    """The right answer, in an order of its own."""
    rows = [{"index": at, "embedding": letters(text)} for at, text in enumerate(body["input"])]
    handler.say(json.dumps({"object": "list", "data": rows[::-1]}).encode())


def says(content: object, status: int = 200) -> Reply:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return lambda handler, body: handler.say(text, status)


def hangs(handler: Handler, body: dict[str, Any]) -> None:
    handler.server.released.wait()


def drips(handler: Handler, body: dict[str, Any]) -> None:
    """One space every 20 ms: no single wait is long."""
    handler.say(b"", length=1_000_000)
    while not handler.server.released.wait(0.02):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def dies(handler: Handler, body: dict[str, Any]) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def breaks_off(handler: Handler, body: dict[str, Any]) -> None:
    handler.say(b'{"data": [', length=1_000)
    handler.connection.shutdown(socket.SHUT_RDWR)


def asking(url: str, **options: Any) -> EndpointEncoder:
    return EndpointEncoder(url, "small", **({"timeout": 5.0, "pauses": (0.0, 0.0)} | options))


def scaled(texts: Sequence[str]) -> Floats:
    return unit([letters(text) for text in texts], count=len(texts))


def test_endpoint_answers_in_the_order_of_the_texts() -> None:
    texts = ["banana", " ", "Eisen und Kohle", "", "o"]
    with serving(embeddings) as server:
        encoder = asking(f"{server.url}/v1/", key="secret", batch_size=2)
        vectors = encoder.encode(texts)
    assert vectors.dtype == np.float32
    assert vectors.tolist() == spread_by_hand(texts)
    assert encoder.dimension == 6
    assert server.asked == [
        ("/v1/embeddings", "Bearer secret", {"model": "small", "input": ["banana", "Eisen und Kohle"]}),
        ("/v1/embeddings", "Bearer secret", {"model": "small", "input": ["o"]}),
    ]


def spread_by_hand(texts: Sequence[str]) -> list[list[float]]:
    return [scaled([text])[0].tolist() if text.strip() else [0.0] * 6 for text in texts]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("", "/v1/embeddings"),
        ("/", "/v1/embeddings"),
        ("/v1", "/v1/embeddings"),
        ("/api/v3/embeddings", "/api/v3/embeddings"),
        ("/openai?version=2", "/openai/embeddings?version=2"),
    ],
)
def test_endpoint_finds_the_address(given: str, path: str) -> None:
    with serving(embeddings) as server:
        asking(server.url + given).encode(["a"])
    assert [(asked, key) for asked, key, _ in server.asked] == [(path, None)]


def test_endpoint_is_not_asked_about_nothing() -> None:
    with serving(embeddings) as server:
        encoder = asking(server.url)
        assert encoder.encode([]).shape == (0, 0)
        assert encoder.encode([" ", "\n"]).shape == (2, 0)
        encoder.encode(["a"])
        assert encoder.encode([""]).tolist() == [[0.0] * 6]
    assert len(server.asked) == 1


def test_endpoint_sends_no_more_of_a_text_than_it_may() -> None:
    with serving(embeddings) as server:
        asking(server.url, longest=10).encode(["a" * 100_000])
    assert server.asked[0][2]["input"] == ["a" * 10]


def test_answer_without_places_is_read_in_order() -> None:
    with serving(says({"data": [{"embedding": [3, 4]}, {"embedding": [0, 2]}]})) as server:
        vectors = asking(server.url).encode(["a", "b"])
    assert vectors.tolist() == unit([[3, 4], [0, 1]], count=2).tolist()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"\xff",
        b"[" * 100_000,
        [],
        {},
        {"data": None},
        {"data": {"a": 1}},
        {"data": [1]},
        {"data": []},
        {"data": [{"embedding": [1.0]}, {"embedding": [1.0]}]},
        {"data": [{"index": 1, "embedding": [1.0]}]},
        {"data": [{"index": [], "embedding": [1.0]}]},
        {"data": [{"embedding": []}]},
        {"data": [{"embedding": 1.0}]},
        {"data": [{"embedding": None}]},
        {"data": [{"embedding": ["1"]}]},
        {"data": [{"embedding": [[1.0]]}]},
        {"data": [{"embedding": [None]}]},
        {"data": [{"embedding": [0.0, 0.0]}]},
        {"data": [{"embedding": [1.0, float("nan")]}]},
        {"data": [{"embedding": [1.0, float("inf")]}]},
    ],
)
def test_wrong_answer(answer: object) -> None:
    with serving(says(answer)) as server, pytest.raises(EncoderDown) as down:
        asking(server.url).encode(["a"])
    assert down.value.code == "answer"
    assert len(server.asked) == 1


def test_answer_without_end() -> None:
    with serving(says(b" " * (LARGEST + 1))) as server, pytest.raises(EncoderDown, match="more than 64 MB") as down:
        asking(server.url).encode(["a"])
    assert down.value.code == "answer"


def test_rows_of_different_lengths() -> None:
    rows = [{"embedding": [1.0]}, {"embedding": [1.0, 2.0]}]
    with serving(says({"data": rows})) as server, pytest.raises(EncoderDown, match="different lengths"):
        asking(server.url).encode(["a", "b"])


def test_dimension_may_not_change_on_the_way() -> None:
    with serving(embeddings, says({"data": [{"embedding": [1.0, 2.0]}]})) as server:
        encoder = asking(server.url)
        encoder.encode(["a"])
        with pytest.raises(EncoderDown, match="the encoder gave 1 × 2 numbers, not 1 × 6"):
            encoder.encode(["b"])


@pytest.mark.parametrize(
    ("status", "body", "code", "attempts", "message"),
    [
        (400, {"error": {"message": "too\n long"}}, "refused", 1, "answered 400 Bad Request: too long"),
        (401, {"error": "key secret is wrong"}, "refused", 1, "answered 401 Unauthorized: key … is wrong"),
        (404, b"<html>", "refused", 1, "answered 404 Not Found"),
        (404, {"error": {"text": "?"}}, "refused", 1, "answered 404 Not Found"),
        (301, b"", "refused", 1, "answered 301 Moved Permanently"),
        (204, b"", "refused", 1, "answered 204 No Content"),
        (429, {"error": {"message": "x" * 1_000}}, "refused", 3, "answered 429 Too Many Requests: " + "x" * 200),
        (500, b"", "failed", 3, "answered 500 Internal Server Error"),
        (503, b"\xff", "failed", 3, "answered 503 Service Unavailable"),
    ],
)
def test_refusals(status: int, body: object, code: str, attempts: int, message: str) -> None:
    with serving(says(body, status)) as server, pytest.raises(EncoderDown) as down:
        asking(server.url, key="secret").encode(["a"])
    assert (down.value.code, down.value.message) == (code, f"{server.url.removeprefix('http://')} {message}")
    assert len(server.asked) == attempts


@pytest.mark.parametrize("trouble", [dies, breaks_off, says(b"", 500), says(b"", 429)])
def test_what_passes_is_tried_again(trouble: Reply) -> None:
    with serving(trouble, trouble, embeddings) as server:
        assert asking(server.url).encode(["banana"]).tolist() == scaled(["banana"]).tolist()
    assert len(server.asked) == 3


@pytest.mark.parametrize("trouble", [dies, breaks_off])
def test_server_that_dies(trouble: Reply) -> None:
    with serving(trouble) as server, pytest.raises(EncoderDown, match="cannot be reached") as down:
        asking(server.url).encode(["a"])
    assert down.value.code == "unreachable"
    assert len(server.asked) == 3


@pytest.mark.parametrize("silence", [hangs, drips])
def test_server_that_hangs_is_asked_once(silence: Reply) -> None:
    late = r"did not answer within 0\.2 seconds"
    with serving(silence) as server, pytest.raises(EncoderDown, match=late) as down:
        asking(server.url, timeout=0.2).encode(["a"])
    assert down.value.code == "timeout"
    assert len(server.asked) == 1


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # taken, and not listening: the port refuses
        port = taken.getsockname()[1]
        with pytest.raises(EncoderDown, match=f"127.0.0.1:{port} cannot be reached: Connection refused") as down:
            asking(f"http://127.0.0.1:{port}").encode(["a"])
    assert down.value.code == "unreachable"


@pytest.mark.parametrize(
    "url", ["", "host/v1", "ftp://host", "http://", "http://h:0", "http://h:x", "http://a b/", "http://me:key@host/v1"]
)
def test_addresses_that_cannot_work(url: str) -> None:
    with pytest.raises(EncoderDown) as down:
        EndpointEncoder(url, "small")
    assert down.value.code == "settings"


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("", {}),
        ("small", {"timeout": 0.0}),
        ("small", {"timeout": float("nan")}),
        ("small", {"batch_size": 0}),
        ("small", {"longest": 0}),
        ("small", {"key": "two\nlines"}),
        ("small", {"key": "钥匙"}),
    ],
)
def test_settings_that_cannot_work(model: str, options: dict[str, Any]) -> None:
    with pytest.raises(EncoderDown) as down:
        EndpointEncoder("http://127.0.0.1/v1", model, **options)
    assert down.value.code == "settings"


def test_version_says_whose_vectors_they_are() -> None:
    base = EndpointEncoder("http://one.example/v1", "small")
    assert label(base) == f"endpoint:small {base.version}"
    assert label(base) == label(EndpointEncoder("http://one.example/v1/embeddings", "small", key="k", timeout=1.0))
    others = [
        EndpointEncoder("http://two.example/v1", "small"),
        EndpointEncoder("http://one.example/v1", "large"),
        EndpointEncoder("http://one.example/v1", "small", longest=100),
    ]
    assert len({label(base), *map(label, others)}) == 4


def test_folder_without_a_model(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(EncoderDown, match=r"has no modules\.json") as down:
            FolderEncoder(folder)
        assert down.value.code == "folder"


def test_folder_that_cannot_be_run(tmp_path: Path) -> None:
    """Without the library it is refused at once, with it when the model is to be loaded."""
    (tmp_path / "modules.json").write_text("broken")
    with pytest.raises(EncoderDown) as down:
        FolderEncoder(tmp_path).encode(["a"])
    assert down.value.code == "library"


def test_from_settings(tmp_path: Path) -> None:
    assert from_settings("") is None
    assert from_settings("", url="http://host/v1", model="small") is None
    encoder = from_settings("endpoint", url="http://host/v1", model="small", key="k", timeout=3.0)
    assert label(encoder) == label(EndpointEncoder("http://host/v1", "small"))


@pytest.mark.parametrize(
    ("kind", "options", "code"),
    [
        ("Endpoint", {}, "settings"),
        ("endpoint", {}, "settings"),
        ("endpoint", {"url": "http://host/v1"}, "settings"),
        ("folder", {}, "settings"),
        ("folder", {"folder": "/nowhere/at/all"}, "folder"),
    ],
)
def test_settings_are_refused_plainly(kind: str, options: dict[str, str], code: str) -> None:
    with pytest.raises(EncoderDown) as down:
        from_settings(kind, **options)
    assert down.value.code == code


@given(st.lists(st.lists(st.floats(-1e300, 1e300), min_size=3, max_size=3), min_size=1, max_size=5))
def test_rows_come_out_with_length_one_or_not_at_all(rows: list[list[float]]) -> None:
    try:
        vectors = unit(rows, count=len(rows), dimension=3)
    except EncoderDown as down:
        assert down.code == "answer"
    else:
        assert np.linalg.norm(vectors, axis=1).tolist() == pytest.approx([1.0] * len(rows), abs=1e-6)
