"""A fingerprint of the migrations: a start runs `migrate` only if it has changed since the last start."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from supervisor import keep
from supervisor.state import ROOT


def of_contents(paths: Iterable[Path]) -> str:
    """A fingerprint of the names and contents of these files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def of_migrations() -> str:
    """A fingerprint of all that `migrate` runs: the migrations, the code that gives rights, and the libraries."""
    rights = [ROOT / "core" / "database_roles.py", ROOT / "core" / "history_functions.py"]
    return of_contents([*ROOT.glob("*/migrations/*.py"), *rights, ROOT / "requirements.lock"])


def matches(stamp: Path, fingerprint: str) -> bool:
    return keep.read(stamp) == fingerprint


def put(stamp: Path, fingerprint: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    keep.write(stamp, fingerprint)
