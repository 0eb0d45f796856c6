"""Fingerprints of files, so that a start does again only what has changed since the last one."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from talentlink.local.state import ROOT


def of_contents(paths: Iterable[Path]) -> str:
    """By name and content: for the few files where a wrong guess would hurt."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def of_migrations() -> str:
    return of_contents([*ROOT.glob("*/migrations/*.py"), ROOT / "requirements.lock"])


def of_static() -> str:
    """By name, size and time: the folder is large and is only copied from."""
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        facts = path.stat()
        digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def matches(stamp: Path, fingerprint: str) -> bool:
    return stamp.exists() and stamp.read_text() == fingerprint


def put(stamp: Path, fingerprint: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(fingerprint)
