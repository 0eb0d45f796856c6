"""Vectors from a sentence-transformers model in a folder of this machine."""

import hashlib
import threading
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from matchengine.encoders.values import EncoderDown, Floats, spread, unit

LIBRARY = "sentence_transformers"
INSTALL = "install it with: pip install sentence-transformers"


class FolderEncoder:
    """Runs the model in this process; it is loaded when the first text comes, and only from the folder."""

    def __init__(self, folder: str | Path, *, batch_size: int = 32) -> None:
        """Raises `EncoderDown` where the folder ("folder") or the library ("library") is missing.

        Reads the whole folder once (about a second per GB): what is in it is the version.
        """
        self._folder, self._batch_size = Path(folder), batch_size
        if not (self._folder / "modules.json").is_file():
            raise EncoderDown("folder", f"{folder} holds no sentence-transformers model: it has no modules.json")
        if find_spec(LIBRARY) is None:
            raise EncoderDown("library", f"the library sentence-transformers is not installed; {INSTALL}")
        self.name = f"folder:{self._folder.resolve().name}"
        self.version = _digest(self._folder)
        self.dimension = 0
        self._model: Any = None
        self._loading = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Floats:
        """See `Encoder.encode`; what exceeds the model's longest input is cut by the model itself."""
        told = [at for at, text in enumerate(texts) if text.strip()]
        if not told:
            return np.zeros((len(texts), self.dimension), np.float32)
        rows = self._run([texts[at] for at in told])
        vectors = unit(rows, count=len(told), dimension=self.dimension)
        self.dimension = vectors.shape[1]
        return spread(vectors, told, count=len(texts))

    def _run(self, texts: list[str]) -> Any:
        model = self._loaded()
        try:
            return model.encode(texts, batch_size=self._batch_size, show_progress_bar=False, convert_to_numpy=True)
        except Exception as error:  # whatever the library raises, matching goes on without it
            raise EncoderDown("library", f"the model in {self._folder} failed: {_first_line(error)}") from error

    def _loaded(self) -> Any:
        with self._loading:  # two threads would hold two models
            if self._model is None:
                self._model = _load(self._folder)
            return self._model


def _load(folder: Path) -> Any:
    try:
        # By name: the library takes seconds to import, holds 500 MB, and is not among what every installation has.
        library = import_module(LIBRARY)
        return library.SentenceTransformer(str(folder), local_files_only=True)
    except Exception as error:  # a broken model file raises whatever its reader thinks of
        raise EncoderDown("library", f"the model in {folder} cannot be loaded: {_first_line(error)}") from error


def _digest(folder: Path) -> str:
    """Names and content of all files, so that another model under the same name is another version."""
    whole = hashlib.blake2b(digest_size=6)
    try:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and not any(part.startswith(".") for part in inside.parts):
                with path.open("rb") as file:
                    content = hashlib.file_digest(file, "blake2b").hexdigest()
                whole.update(f"{inside.as_posix()} {content}\n".encode())
    except OSError as error:
        raise EncoderDown("folder", f"{error.filename} cannot be read: {error.strerror}") from error
    return whole.hexdigest()


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
