"""A backup as one tar: the manifest first, then the dump in parts, settings and files, and last what all of it holds.

Written and read as a stream. An archive without its last member, or with a member that is not what the last one says,
is damaged.
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
# What reading a tar raises when it is none, or says what cannot be.
BROKEN = (tarfile.TarError, EOFError, ValueError, OverflowError)


class Sink(Protocol):
    def write(self, data: bytes) -> int: ...


class Source(Protocol):
    def read(self, size: int) -> bytes: ...


class Summed:
    """A stream that sums up what is read from it."""

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
        """Size and sha256 of what was read so far."""
        return [self._size, self._digest.hexdigest()]


class Writer:
    """Puts members into an archive as they come."""

    def __init__(self, sink: Sink) -> None:
        self._tar = tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT)  # type: ignore[call-overload]  # noqa: SIM115
        self.contents: dict[str, list[Any]] = {}

    def add(self, name: str, stream: Any, size: int, *, mode: int = 0o600, mtime: int = 0) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, mode, mtime
        summed = Summed(stream)
        self._tar.addfile(member, summed)
        self.contents[name] = summed.facts()
        # Kept by tarfile for a table of contents that nobody asks for.
        self._tar.members.clear()

    def add_bytes(self, name: str, data: bytes) -> None:
        self.add(name, io.BytesIO(data), len(data))

    def add_parts(self, prefix: str, stream: BinaryIO) -> None:
        """A stream whose length nobody knows yet, as members of at most PART bytes."""
        number = 0
        while part := stream.read(PART):
            number += 1
            self.add_bytes(f"{prefix}{number:06}", part)

    def abandon(self) -> None:
        """Write no more: tarfile would try to end the archive when it is thrown away."""
        stream: Any = self._tar.fileobj
        stream.closed = True

    def finish(self) -> None:
        """Add the contents: from now on the archive is whole."""
        self.add_bytes(CONTENTS, json.dumps(self.contents).encode())
        self._tar.close()


class Member:
    """One member as it goes by."""

    def __init__(self, info: tarfile.TarInfo, stream: Any) -> None:
        self.name, self.mode, self.mtime = info.name, info.mode, info.mtime
        self.stream = Summed(stream)

    def read(self, size: int = -1) -> bytes:
        try:
            return self.stream.read(size)
        except BROKEN as error:
            raise damaged() from error


class Reader:
    """Reads the members in their order, and at the end checks that they are what the archive says of itself."""

    def __init__(self, source: Source) -> None:
        self.seen: dict[str, list[Any]] = {}
        self._members = self._read(source)
        first = next(self._members, None)
        if first is None or first.name != MANIFEST:
            raise damaged()
        self.manifest: dict[str, Any] = _parsed(first.read())

    def members(self) -> Iterator[Member]:
        """Every member after the manifest; the end is reached only by an archive that is whole."""
        yield from self._members

    def _read(self, source: Source) -> Iterator[Member]:
        try:
            with tarfile.open(fileobj=source, mode="r|") as tar:  # type: ignore[call-overload]
                for info in tar:
                    tar.members.clear()
                    if not info.isreg():
                        # A folder, a link or a device: nothing that a backup writes.
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
    """Refuse a manifest without what a restore reads in it, or with another form."""
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
