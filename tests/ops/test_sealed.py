"""Archives closed with a key, and archives that are damaged: read whole, or refused in a sentence."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor import sealed
from supervisor.archive import CONTENTS, MANIFEST, Reader, Writer
from supervisor.sealed import HEADER, TAG, Sealer, Unsealer, given_key, is_sealed
from supervisor.trouble import Trouble

KEY = "correct horse battery"
# Of 200 bytes in chunks of 64.
LENGTH = HEADER + 200 + 4 * TAG
DAMAGED = "this archive is damaged or was cut short; nothing was restored from it. Take another one."


def closed(data: bytes, key: str = KEY) -> bytes:
    target = io.BytesIO()
    sealer = Sealer(target, key)
    sealer.write(data)
    sealer.finish()
    return target.getvalue()


def opened(data: bytes, key: str = KEY) -> bytes:
    source, found = Unsealer(io.BytesIO(data), key), b""
    while part := source.read(100_000):
        found += part
    return found


def refusal(data: bytes, key: str = KEY) -> str:
    with pytest.raises(Trouble) as caught:
        opened(data, key)
    return caught.value.english


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    """Several chunks without megabytes, keys without the time that makes guessing dear."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed, "CHUNK", 64)
        patch.setattr(sealed, "COST", 2)
        yield


@pytest.fixture(scope="module")
def whole(small: None) -> bytes:
    return closed(bytes(range(200)))


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 1000])
def test_what_was_closed_opens_again(size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    assert opened(closed(data)) == data
    assert size < 16 or data not in closed(data)


def test_the_same_is_closed_otherwise_each_time() -> None:
    assert closed(b"x" * 100) != closed(b"x" * 100)


def test_another_key_is_refused_as_such() -> None:
    assert refusal(closed(b"x"), "a wrong passphrase").startswith("this archive was closed with another key")


def test_one_cut_short_anywhere_is_refused(whole: bytes) -> None:
    assert {refusal(whole[:length]) for length in range(len(whole))} == {DAMAGED}


@given(st.integers(HEADER, LENGTH - 1), st.integers(1, 255))
def test_one_changed_anywhere_is_refused(whole: bytes, place: int, change: int) -> None:
    changed = bytearray(whole)
    changed[place] ^= change
    assert refusal(bytes(changed)) == DAMAGED


def test_chunks_cannot_be_exchanged() -> None:
    whole = closed(bytes(200))
    first, second = whole[HEADER : HEADER + 80], whole[HEADER + 80 : HEADER + 160]
    assert refusal(whole[:HEADER] + second + first + whole[HEADER + 160 :]) == DAMAGED


def test_a_key_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    assert given_key(str(file), {"BACKUP_KEY": "another passphrase"}) == KEY
    assert given_key(None, {"BACKUP_KEY": KEY}) == KEY
    assert given_key(None, {}) == ""
    file.write_text("")
    for wrong in (lambda: given_key(str(file), {}), lambda: given_key(None, {"BACKUP_KEY": "short"})):
        with pytest.raises(Trouble, match="at least 12 characters"):
            wrong()
    with pytest.raises(Trouble, match="cannot be read"):
        given_key(str(tmp_path / "none"), {})


def test_a_closed_archive_is_known_by_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    for data, answer in ((closed(b"x"), True), (b"manifest.json", False), (b"", False)):
        path.write_bytes(data)
        assert is_sealed(path) is answer


# -- The archive within ------------------------------------------------------------------------------------------------


def an_archive() -> bytes:
    target = io.BytesIO()
    writer = Writer(target)
    writer.add_bytes(MANIFEST, json.dumps({"release": "x"}).encode())
    writer.add_parts("database/", io.BytesIO(b"d" * 3000))
    writer.add("files/甲/é\udcff.pdf", io.BytesIO(b"%PDF-"), 5, mode=0o640, mtime=77)
    writer.finish()
    return target.getvalue()


def read(data: bytes) -> list[tuple[str, bytes, int, int]]:
    reader = Reader(io.BytesIO(data))
    assert reader.manifest == {"release": "x"}
    return [(member.name, member.read(), member.mode, member.mtime) for member in reader.members()]


def test_an_archive_gives_back_its_members() -> None:
    assert read(an_archive()) == [
        ("database/000001", b"d" * 3000, 0o600, 0),
        ("files/甲/é\udcff.pdf", b"%PDF-", 0o640, 77),
    ]


def test_a_member_nobody_reads_counts_all_the_same() -> None:
    assert [member.name for member in Reader(io.BytesIO(an_archive())).members()] == [
        "database/000001",
        "files/甲/é\udcff.pdf",
    ]


@pytest.mark.parametrize("length", [0, 100, 512, 600, 2000, 4000, 5000])
def test_an_archive_cut_short_is_refused(length: int) -> None:
    data = an_archive()
    assert length < data.index(CONTENTS.encode())
    with pytest.raises(Trouble, match="damaged or was cut short"):
        read(data[:length])


@pytest.mark.parametrize("found", [b"dddd", b"%PDF-", b'"x"', b"sha", CONTENTS.encode()])
def test_a_changed_archive_is_refused(found: bytes) -> None:
    changed = bytearray(an_archive())
    changed[changed.find(found) + 1] ^= 1
    with pytest.raises((Trouble, AssertionError)) as caught:
        read(bytes(changed))
    assert found == b'"x"' or "damaged" in str(caught.value)
