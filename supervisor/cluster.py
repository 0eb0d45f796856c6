"""Whether a data folder of PostgreSQL can be used, and what to tell if the server does not start on it."""

import contextlib
import os
from enum import Enum
from pathlib import Path

from supervisor.state import is_alive
from supervisor.trouble import Trouble

# PostgreSQL gives smaller numbers to its own databases; databases that users create begin here.
FIRST_OF_OURS = 16384


class Condition(Enum):
    """The condition of a data folder, as its files show."""

    SOUND = "sound"
    # There is no folder, or an interrupted initdb left it.
    NONE = "none"
    DAMAGED = "damaged"


def examine(data: Path) -> Condition:
    """Whether the server may start on the folder (SOUND), the folder may be replaced (NONE), or a person must decide.

    A folder that an interrupted initdb left has no database with a number from 16384. Only such a folder may be
    replaced. A folder with such a database and without a necessary file is DAMAGED.
    """
    needed = [data / "PG_VERSION", data / "global" / "pg_control"]
    whole = all(path.is_file() and path.stat().st_size for path in needed)
    databases = [int(path.name) for path in data.glob("base/*") if path.name.isdigit()]
    if any(number >= FIRST_OF_OURS for number in databases):
        return Condition.SOUND if whole else Condition.DAMAGED
    # The server writes this file at its first start; initdb does not write it.
    served = (data / "postmaster.opts").exists()
    return Condition.SOUND if whole and served else Condition.NONE


def servers_on(data: Path) -> list[int]:
    """The process numbers of the PostgreSQL servers on a data folder, whoever started them and by whatever path."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                theirs = os.fsdecode(words[words.index(b"-D") + 1])
                if words[0].endswith(b"postgres") and Path(theirs).samefile(data) and is_alive(int(folder.name)):
                    found.append(int(folder.name))
    return found


def lost(data: Path) -> Trouble:
    """The trouble that the database of the state is missing. A new, empty database would hide that."""
    return Trouble(
        f"the database that was in {data} is gone. Put it back there, or restore the newest backup into an empty state "
        f"(docs/operations.md). To begin anew without it, delete {data.parent}.",
        f"{data} 中原有的数据库不见了。请放回原处，或把最近的备份恢复到空的状态目录（见 docs/operations.md）。"
        f"若要重新开始，请删除 {data.parent}。",
    )


def damaged(data: Path) -> Trouble:
    return Trouble(
        f"the database in {data} is damaged: PG_VERSION or global/pg_control is missing or empty. Nothing was changed. "
        "Keep a copy of the folder and restore the newest backup into an empty state (docs/operations.md).",
        f"{data} 中的数据库已损坏：PG_VERSION 或 global/pg_control 缺失或为空。系统未作任何改动。"
        "请保留该目录的副本，并把最近的备份恢复到空的状态目录（见 docs/operations.md）。",
    )


# Words in the error line of PostgreSQL, and the advice for them.
ADVICE = [
    (
        ("Cannot allocate memory", "shared memory"),
        ("too little free memory on this machine; free some", "本机可用内存不足，请先释放内存"),
    ),
    (("No space left",), ("the disk is full; free some space", "磁盘已满，请先清理空间")),
    (("ermission denied", "wrong ownership"), ("the state folder must be ours", "状态目录须归当前用户所有")),
    (
        ("checkpoint record", "checksum", "invalid page", "could not read", "could not open file", "No such file"),
        (
            "the database is damaged, nothing was thrown away; keep a copy of the folder and restore the newest "
            "backup, see docs/operations.md",
            "数据库已损坏，数据未被删除；请保留目录副本并恢复最近的备份，见 docs/operations.md",
        ),
    ),
]


def failed(line: str) -> Trouble:
    """The trouble that PostgreSQL did not start, with its error line and advice for the usual causes."""
    advice = next(
        (advice for signs, advice in ADVICE if any(sign in line for sign in signs)),
        ("see docs/operations.md", "请查看 docs/operations.md"),
    )
    return Trouble(f"PostgreSQL did not start: {line} ({advice[0]}).", f"PostgreSQL 未能启动：{line}（{advice[1]}）。")
