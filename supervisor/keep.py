"""Writes files completely or not at all, under a temporary name and then renamed; moves damaged files aside."""

import os
import tempfile
import time
from pathlib import Path

from supervisor.output import note


def write(path: Path, content: str | bytes) -> None:
    """Write a file in one step and sync it to the disk; only our user can read it."""
    data = content.encode() if isinstance(content, str) else content
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.is_dir():
            set_aside(path)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def read(path: Path) -> str | None:
    """The text of a small file; None if it is missing, cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def sync_folder(folder: Path) -> None:
    """Sync the folder to the disk, so that new names in it survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def set_aside(path: Path) -> Path:
    """Rename a damaged file or folder to a new name with `.broken-` and the time, and print a note."""
    stem = f"{path.name}.broken-{time.strftime('%Y%m%d-%H%M%S')}"
    aside = path.with_name(stem)
    number = 1
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{stem}-{number}")
    path.rename(aside)
    note(
        f"{path} is damaged; it was moved to {aside.name} and is made again.",
        f"{path} 已损坏，已移至 {aside.name}，系统将重新生成。",
    )
    return aside


def expect_file(path: Path) -> Path:
    """Return the path; a folder or a broken link there is moved aside first."""
    if os.path.lexists(path) and not path.is_file():
        set_aside(path)
    return path


def expect_folder(path: Path) -> Path:
    """Make the folder, for our user only; anything else under this name is moved aside first."""
    if os.path.lexists(path) and not path.is_dir():
        set_aside(path)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
