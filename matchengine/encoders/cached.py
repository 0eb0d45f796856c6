"""Vectors kept by the content of their texts: the same text is encoded once, on whichever machine."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from matchengine.encoders.values import Encoder, EncoderDown, Floats, label
from officedata.text import normalise

STORED = np.dtype("<f4")
CHUNK = 256  # texts encoded before what they gave is kept
LONGEST = 6_000  # characters read of one text, as everywhere in matching
MOST_NAMED = 200_000  # texts whose keys a process remembers, in some 40 MB


class VectorStore(Protocol):
    """Keeps bytes under keys. What is missing is computed again."""

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """What is kept of these keys, in any order; the others are left out."""
        ...

    def put_many(self, encoder: str, vectors: Mapping[bytes, bytes]) -> None:
        """Keep these; a key that is there already stays as it is. `encoder` says whose they are."""
        ...


class MemoryVectors:
    """A store that lasts as long as the process."""

    def __init__(self) -> None:
        self._kept: dict[bytes, bytes] = {}

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """See `VectorStore`."""
        return {key: self._kept[key] for key in keys if key in self._kept}

    def put_many(self, encoder: str, vectors: Mapping[bytes, bytes]) -> None:
        """See `VectorStore`; whose they are is in the keys already."""
        for key, vector in vectors.items():
            self._kept.setdefault(key, vector)


def key_of(encoder: Encoder, text: str) -> bytes:
    """32 bytes that name a vector: of the encoder, its version, and the text as `normalise` reads it."""
    return _key(encoder, _read(text))


class CachedEncoder:
    """An encoder that asks a store first.

    The encoder reads texts as `normalise` leaves them, so that two spellings of one text cannot give two vectors
    under one key. What is encoded is kept every 256 texts: an encoder that fails on the way loses no more than that.
    """

    def __init__(self, encoder: Encoder, store: VectorStore) -> None:
        self._encoder, self._store = encoder, store
        self.name, self.version = encoder.name, encoder.version
        self._dimension = encoder.dimension
        # To fold a text takes longer than all else where its vector is kept: one met before is known by its bytes.
        self._named: dict[bytes, bytes] = {}

    @property
    def dimension(self) -> int:
        """Numbers of one vector, 0 until the first is known."""
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Floats:
        """See `Encoder.encode`. A stored vector that is damaged is made again."""
        keys = [self._key(text) for text in texts]
        wanted = {key: text for key, text in zip(keys, texts, strict=True) if key}
        rows = self._kept(wanted)
        self._add({key: text for key, text in wanted.items() if key not in rows}, rows)
        if len({len(row) for row in rows.values()}) > 1:  # the encoder changed: keep new vectors only
            rows = {}
            self._add(wanted, rows)
        self._dimension = len(next(iter(rows.values()))) if rows else self._dimension
        nothing = np.zeros(self._dimension, np.float32)
        return np.array([rows.get(key, nothing) for key in keys], np.float32).reshape(len(texts), self._dimension)

    def _key(self, text: str) -> bytes:
        """The key of a text as written; empty where nothing of it is read."""
        written = hashlib.blake2b(text[:LONGEST].encode(errors="surrogatepass"), digest_size=16).digest()
        key = self._named.get(written)
        if key is None:
            read = _read(text)
            key = _key(self._encoder, read) if read else b""
            if len(self._named) >= MOST_NAMED:
                self._named.clear()
            self._named[written] = key
        return key

    def _kept(self, wanted: Mapping[bytes, str]) -> dict[bytes, Floats]:
        found = self._store.get_many(list(wanted)) if wanted else {}
        rows = {key: np.frombuffer(data, STORED) for key, data in found.items() if data and not len(data) % 4}
        return {key: row.astype(np.float32) for key, row in rows.items() if abs(float(row @ row) - 1) < 1e-3}

    def _add(self, missing: Mapping[bytes, str], rows: dict[bytes, Floats]) -> None:
        """Encode what is missing, keep it, and add it to the rows."""
        pending = list(missing.items())
        for start in range(0, len(pending), CHUNK):
            part = pending[start : start + CHUNK]
            vectors = self._encoder.encode([_read(text) for _, text in part])
            if len(vectors) != len(part):
                raise EncoderDown("answer", f"the encoder gave {len(vectors)} vectors for {len(part)} texts")
            fresh = {key: vector for (key, _), vector in zip(part, vectors, strict=True)}
            data = {key: vector.astype(STORED).tobytes() for key, vector in fresh.items()}
            self._store.put_many(label(self._encoder), data)
            rows.update(fresh)


def _read(text: str) -> str:
    return normalise(text[:LONGEST])


def _key(encoder: Encoder, text: str) -> bytes:
    parts = (encoder.name, encoder.version, text)
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=32).digest()
