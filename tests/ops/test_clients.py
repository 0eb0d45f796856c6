"""Which pg_dump is taken: the first that is not older than the server."""

from pathlib import Path

import pytest

from supervisor.clients import folder_with, major_of
from supervisor.postgres import binaries
from supervisor.trouble import Trouble


def program(folder: Path, says: str) -> Path:
    folder.mkdir()
    path = folder / "pg_dump"
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("says", "major"),
    [("pg_dump (PostgreSQL) 18.6", 18), ("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15), ("hm", 0)],
)
def test_a_program_says_its_version(tmp_path: Path, says: str, major: int) -> None:
    assert major_of(program(tmp_path / "bin", says) / "pg_dump") == major


def test_one_named_is_taken_unless_it_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = binaries()
    named = program(tmp_path / "named", "pg_dump (PostgreSQL) 16.1")
    monkeypatch.setenv("TALENTLINK_POSTGRES", str(named))
    assert folder_with(16) == named
    assert folder_with(17) == packaged


def test_one_on_the_path_is_taken_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(program(tmp_path / "path", "pg_dump (PostgreSQL) 77.1")))
    assert folder_with(18) == binaries()
    assert folder_with(70) == tmp_path / "path"


def test_where_all_are_too_old_it_names_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Trouble) as refused:
        folder_with(99)
    assert refused.value.english.startswith(
        f"PostgreSQL's client here is older than 99, the version needed: 18 ({binaries()})"
    )
