"""Sentence encoders behind one interface: off by default, an endpoint on the network, or a model folder."""

from matchengine.encoders.cached import CachedEncoder, MemoryVectors, VectorStore, key_of
from matchengine.encoders.endpoint import EndpointEncoder
from matchengine.encoders.folder import FolderEncoder
from matchengine.encoders.resting import RestingEncoder, UnusableEncoder
from matchengine.encoders.values import Code, Encoder, EncoderDown, Floats, label, unit

__all__ = [
    "CachedEncoder",
    "Code",
    "Encoder",
    "EncoderDown",
    "EndpointEncoder",
    "Floats",
    "FolderEncoder",
    "MemoryVectors",
    "RestingEncoder",
    "UnusableEncoder",
    "VectorStore",
    "from_settings",
    "key_of",
    "label",
    "unit",
]


def from_settings(
    kind: str, *, url: str = "", model: str = "", key: str = "", folder: str = "", timeout: float = 30.0
) -> Encoder | None:
    """The encoder an installation asks for; None where `kind` is empty: matching is by words alone.

    Nothing is asked of the network and no model is loaded yet. Raises `EncoderDown` ("settings", "folder" or
    "library") where what is set cannot work.
    """
    if not kind:
        return None
    if kind == "endpoint":
        return EndpointEncoder(url, model, key=key, timeout=timeout)
    if kind == "folder":
        if not folder:
            raise EncoderDown("settings", "the folder of the sentence encoder is not set")
        return FolderEncoder(folder)
    raise EncoderDown("settings", f"the sentence encoder is {kind!r}; it can be empty, 'endpoint' or 'folder'")
