"""Snapshots in folders: arrays as files that every worker of a machine maps into memory instead of reading them."""

import json
import shutil
import tempfile
import time
from dataclasses import fields
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from matchengine.ranking import forward as indexing
from matchengine.ranking.facts import ARRAYS, LISTS, Facts, Lists
from matchengine.ranking.forward import Forward
from matchengine.ranking.segment import Segment
from matchengine.ranking.snapshot import Snapshot
from officedata.hanzi import SIMPLIFIED
from officedata.stopwords import HAN, HEADINGS, LATIN

LAYOUT = 3  # of the files and the codes in them
WRITING = ".writing-"
READERS = ("rjieba", "snowballstemmer")  # whose dictionary and rules decide what a term is
_FORWARD = [field.name for field in fields(Forward) if field.name != "facts"]
_SEGMENT = ("pointers", "texts", "counts")


def index_key() -> str:
    """A name for the way texts are indexed: another dictionary, stop word or constant, another key."""
    ways: tuple[Any, ...] = (
        LAYOUT,
        indexing.HALVES.tolist(),
        indexing.SATURATION,
        indexing.LENGTH_PLUS,
        indexing.LENGTH_POWER,
        indexing.USUAL_LENGTH,
        indexing.LONGEST,
        [version(name) for name in READERS],
        sorted(SIMPLIFIED.items()),
        sorted(HAN),
        sorted(LATIN),
        HEADINGS,
    )
    return blake2b(repr(ways).encode(), digest_size=8).hexdigest()


def save(snapshot: Snapshot, root: Path) -> Path:
    """Write a snapshot under root, in a folder named by its content, and return that; an existing folder is kept.

    It appears under its name only when it is whole. OSError when the disk does not take it.
    """
    folder = root / index_key() / snapshot.digest
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    written = Path(tempfile.mkdtemp(prefix=WRITING, dir=folder.parent))
    try:
        _write(snapshot.as_one(), written)
        written.rename(folder)
    except OSError:
        shutil.rmtree(written, ignore_errors=True)
        if not folder.is_dir():  # unless another process was faster
            raise
    return folder


def load(root: Path, digest: str) -> Snapshot | None:
    """The snapshot of that content, mapped from its files, or None where this machine has none that is whole."""
    folder = root / index_key() / digest
    try:
        names = json.loads((folder / "names.json").read_text())
        columns: dict[str, Any] = {name: _map(folder, f"facts-{name}") for name in ARRAYS}
        lists: dict[str, Any] = {
            name: Lists(_map(folder, f"{name}-pointers"), _map(folder, f"{name}-values"), tuple(names[name]))
            for name in LISTS
        }
        arrays: dict[str, Any] = {name: _map(folder, f"forward-{name}") for name in _FORWARD}
        forward = Forward(**arrays, facts=Facts(**columns, **lists))
        inverse = [_map(folder, f"inverse-{name}") for name in _SEGMENT]
    except (OSError, ValueError, KeyError):
        return None
    return Snapshot.of((Segment.complete(forward, *inverse),))


def forget_others(root: Path, keep: set[str]) -> None:
    """Remove the folders of other contents and of other ways of indexing, and what a process left that died while
    writing."""
    for way in root.iterdir() if root.is_dir() else ():
        for folder in way.iterdir() if way.is_dir() else ():
            if way.name == index_key() and (folder.name in keep or _being_written(folder)):
                continue
            shutil.rmtree(folder, ignore_errors=True)


def _being_written(folder: Path) -> bool:
    """Whether somebody may still be writing there: nobody needs an hour."""
    try:
        return folder.name.startswith(WRITING) and time.time() - folder.stat().st_mtime < 3600
    except OSError:  # it has just got its name
        return True


def _write(segment: Segment, folder: Path) -> None:
    forward, facts = segment.forward, segment.forward.facts
    arrays = {f"forward-{name}": getattr(forward, name) for name in _FORWARD}
    arrays |= {f"inverse-{name}": getattr(segment, name) for name in _SEGMENT}
    arrays |= {f"facts-{name}": getattr(facts, name) for name in ARRAYS}
    for name in LISTS:
        arrays |= {f"{name}-pointers": getattr(facts, name).pointers, f"{name}-values": getattr(facts, name).values}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    (folder / "names.json").write_text(json.dumps({name: getattr(facts, name).names for name in LISTS}))


def _map(folder: Path, name: str) -> Any:
    array = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)
