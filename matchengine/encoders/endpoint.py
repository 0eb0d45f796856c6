"""Vectors from any server with the embeddings interface of OpenAI (`POST …/v1/embeddings`)."""

import hashlib
import json
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

import numpy as np

from matchengine.encoders.values import EncoderDown, Floats, spread, unit

PAUSES = (0.3, 0.6)  # seconds before the second attempt and the third
LARGEST = 64 * 1024 * 1024  # bytes of one answer
BUSY = 429
TOLD = 200  # characters quoted of what the server says


class EndpointEncoder:
    """Asks a server; `url` is its host, its base (https://host/v1) or the whole address of its embeddings.

    `timeout` is seconds for one batch, `longest` characters sent of one text (servers refuse what exceeds their
    model). Broken lines, 429 and 5xx are tried again after each of `pauses` (seconds); a server that does not answer in
    time is not asked again, because that only adds to its load. Redirects are not followed and proxies of the
    environment not used: the key reaches no other server.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str = "",
        timeout: float = 30.0,
        batch_size: int = 64,
        longest: int = 2_000,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        """Raises `EncoderDown` ("settings") where address, model, key or timeout cannot work."""
        self._url = _address(url)
        if not model:
            raise EncoderDown("settings", "the model of the sentence encoder is not set")
        if not timeout > 0 or batch_size < 1 or longest < 1:
            raise EncoderDown("settings", "timeout, batch size and longest text of the sentence encoder are above 0")
        if not (key.isascii() and key.isprintable()):
            raise EncoderDown("settings", "the key of the sentence encoder has characters that no header can carry")
        self.model, self._key, self._timeout = model, key, timeout
        self._batch_size, self._longest, self._pauses = batch_size, longest, tuple(pauses)
        self.name = f"endpoint:{model}"
        # The same name elsewhere may be another model: the address and what is cut off count as its version.
        told = f"{self._url.geturl()} {longest}"
        self.version = hashlib.blake2b(told.encode(), digest_size=6).hexdigest()
        self.dimension = 0

    def encode(self, texts: Sequence[str]) -> Floats:
        """See `Encoder.encode`; one request per `batch_size` texts, one after another."""
        told = [(at, text[: self._longest]) for at, text in enumerate(texts) if text.strip()]
        rows = []
        for start in range(0, len(told), self._batch_size):
            batch = [text for _, text in told[start : start + self._batch_size]]
            vectors = unit(self._ask(batch), count=len(batch), dimension=self.dimension)
            self.dimension = vectors.shape[1]
            rows.append(vectors)
        gathered = np.concatenate(rows) if rows else np.zeros((0, self.dimension), np.float32)
        return spread(gathered, [at for at, _ in told], count=len(texts))

    def _ask(self, texts: list[str]) -> list[Any]:
        """The vectors of one batch as the server gave them, in the order of the texts."""
        body = json.dumps({"model": self.model, "input": texts}).encode()
        for pause in self._pauses:
            try:
                return _vectors(self._post(body), len(texts))
            except _Passing:
                time.sleep(pause)
        return _vectors(self._post(body), len(texts))

    def _post(self, body: bytes) -> bytes:
        kind = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        connection = kind(self._url.hostname or "", self._url.port, timeout=self._timeout)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        until = time.monotonic() + self._timeout
        try:
            connection.request("POST", self._path(), body, headers)
            response = connection.getresponse()
            said = _read(response, until)
        except TimeoutError as error:
            where = self._url.netloc
            raise EncoderDown("timeout", f"{where} did not answer within {self._timeout:g} seconds") from error
        except (OSError, HTTPException) as error:
            raise _Passing("unreachable", f"{self._url.netloc} cannot be reached: {_why(error)}") from error
        finally:
            connection.close()
        if response.status == 200:
            return said
        raise self._refusal(response, said)

    def _path(self) -> str:
        return f"{self._url.path}?{self._url.query}" if self._url.query else self._url.path

    def _refusal(self, response: HTTPResponse, said: bytes) -> EncoderDown:
        told = _message(said)
        if self._key:
            told = told.replace(self._key, "…")
        reason = f"{self._url.netloc} answered {response.status} {response.reason}" + (f": {told}" if told else "")
        if response.status >= 500:
            return _Passing("failed", reason)
        return (_Passing if response.status == BUSY else EncoderDown)("refused", reason)


class _Passing(EncoderDown):
    """A failure that may pass, so that the request is tried again."""


def _address(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        plain = all("!" <= letter <= "~" for letter in parts.geturl())
    except ValueError:
        usable = plain = False
    if not usable or not plain or parts.username is not None:
        raise EncoderDown("settings", "the address of the sentence encoder is not one of http:// or https://")
    path = parts.path.rstrip("/") or "/v1"
    return parts._replace(path=path if path.endswith("/embeddings") else f"{path}/embeddings", fragment="")


def _read(response: HTTPResponse, until: float) -> bytes:
    """The whole body; a body that arrives slowly counts against the same time."""
    parts, size = [], 0
    while part := response.read1(65_536):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise EncoderDown("answer", f"the encoder answered with more than {LARGEST >> 20} MB")
        if time.monotonic() > until:
            raise TimeoutError
    if response.length:  # closed before all that was announced had come
        raise HTTPException("the answer broke off")
    return b"".join(parts)


def _vectors(said: bytes, count: int) -> list[Any]:
    try:
        rows = json.loads(said)["data"]
        placed = {row.get("index", at): row["embedding"] for at, row in enumerate(rows)}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise EncoderDown("answer", "the encoder answered with something other than embeddings") from error
    if len(rows) != count or set(placed) != set(range(count)):
        raise EncoderDown("answer", f"the encoder answered with {len(rows)} vectors for {count} texts")
    return [placed[at] for at in range(count)]


def _message(said: bytes) -> str:
    """The error message of the server, in one short line."""
    try:
        error = json.loads(said)["error"]
        told = error if isinstance(error, str) else error["message"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return " ".join(str(told).split())[:TOLD]


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
