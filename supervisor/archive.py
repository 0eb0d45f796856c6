"""A backup as one tar: the manifest, then the dump in parts, the settings and the files, and last the contents.

The member `contents.json` holds size and sha256 of every other member. The archive is written and read as a stream. An
archive is damaged if it has no `contents.json`, or if a member differs from what `contents.json` says.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

from supervisor.sealed import damaged

MANIFEST, CONTENTS = "manifest.json", "contents.json"
DATABASE, FILES, SETTINGS = "database/", "files/", "settings/"
PART = 8 << 20
# The errors of reading a file that is no tar, or a tar with impossible values.
BROKEN = (tarfile.TarError, EOFError, ValueError, OverflowError)


class Sink(Protocol):
    def write(self, data: bytes) -> int: ...


class Source(Protocol):
    def read(self, size: int) -> bytes: ...


class Summed:
    """A stream that counts and hashes the bytes that are read from it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._size = 0

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read(size)
        self._digest.update(data)
        self._size += len(data)
        return data

    def facts(self) -> list[Any]:
        """Size and sha256 of the bytes read so far."""
        return [self._size, self._digest.hexdigest()]


class Writer:
    """Writes members into an archive, one after another."""

    def __init__(self, sink: Sink) -> None:
        self._tar = tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT)  # type: ignore[call-overload]  # noqa: SIM115
        self.contents: dict[str, list[Any]] = {}

    def add(self, name: str, stream: Any, size: int, *, mode: int = 0o600, mtime: int = 0) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, mode, mtime
        summed = Summed(stream)
        self._tar.addfile(member, summed)
        self.contents[name] = summed.facts()
        # tarfile keeps every member in a list that is not used here; it would grow with the archive.
        self._tar.members.clear()

    def add_bytes(self, name: str, data: bytes) -> None:
        self.add(name, io.BytesIO(data), len(data))

    def add_parts(self, prefix: str, stream: BinaryIO) -> None:
        """Write a stream of unknown length as members of at most PART bytes."""
        number = 0
        while part := stream.read(PART):
            number += 1
            self.add_bytes(f"{prefix}{number:06}", part)

    def abandon(self) -> None:
        """Write no more. Without this, tarfile would try to end the archive when the object is deleted."""
        stream: Any = self._tar.fileobj
        stream.closed = True

    def finish(self) -> None:
        """Add `contents.json`; with it the archive is whole."""
        self.add_bytes(CONTENTS, json.dumps(self.contents).encode())
        self._tar.close()


class Member:
    """One member of an archive that is being read."""

    def __init__(self, info: tarfile.TarInfo, stream: Any) -> None:
        self.name, self.mode, self.mtime = info.name, info.mode, info.mtime
        self.stream = Summed(stream)

    def read(self, size: int = -1) -> bytes:
        try:
            return self.stream.read(size)
        except BROKEN as error:
            raise damaged() from error


class Reader:
    """Reads the members in their order, and at the end compares them with `contents.json`."""

    def __init__(self, source: Source) -> None:
        self.seen: dict[str, list[Any]] = {}
        self._members = self._read(source)
        first = next(self._members, None)
        if first is None or first.name != MANIFEST:
            raise damaged()
        self.manifest: dict[str, Any] = _parsed(first.read())

    def members(self) -> Iterator[Member]:
        """Every member after the manifest. Raises Trouble before its end if the archive is not whole."""
        yield from self._members

    def _read(self, source: Source) -> Iterator[Member]:
        try:
            with tarfile.open(fileobj=source, mode="r|") as tar:  # type: ignore[call-overload]
                for info in tar:
                    tar.members.clear()
                    if not info.isreg():
                        # A folder, a link or a device; a backup writes none of these.
                        raise damaged()
                    member = Member(info, tar.extractfile(info))
                    if info.name == CONTENTS:
                        if _parsed(member.read()) != self.seen:
                            raise damaged()
                        return
                    yield member
                    while member.read(PART):
                        pass
                    self.seen[info.name] = member.stream.facts()
        except BROKEN as error:
            raise damaged() from error
        raise damaged()


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise damaged() from None
    if not isinstance(found, dict):
        raise damaged()
    return found


def check_manifest(manifest: dict[str, Any]) -> None:
    """Refuse a manifest in which a value that a restore reads is missing or has another type."""
    migrations, census = manifest.get("migrations"), manifest.get("census")
    whole = (
        isinstance(manifest.get("server"), int)
        and isinstance(manifest.get("client"), int)
        and isinstance(migrations, list)
        and all(_are_words(pair) for pair in migrations)
        and isinstance(census, dict)
        and all(_are_words(pair) and pair[0].isdecimal() for pair in census.values())
    )
    if not whole:
        raise damaged()


def _are_words(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(word, str) for word in pair)
