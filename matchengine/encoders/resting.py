"""Does not ask an encoder that failed for a while, so that a batch run does not wait for it at every need."""

import time
from collections.abc import Sequence

from matchengine.encoders.values import Encoder, EncoderDown, Floats

REST = 60.0  # seconds


class RestingEncoder:
    """Passes texts to the encoder while it answers; after a failure it raises the same error at once, for a while."""

    def __init__(self, encoder: Encoder, rest: float = REST) -> None:
        self._encoder = encoder
        self._rest = rest
        self._down: EncoderDown | None = None
        self._until = 0.0

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def version(self) -> str:
        return self._encoder.version

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Floats:
        """As the encoder does. Raises `EncoderDown`."""
        if self._down is not None and time.monotonic() < self._until:
            raise EncoderDown(self._down.code, self._down.message)
        try:
            rows = self._encoder.encode(texts)
        except EncoderDown as down:
            self._down, self._until = down, time.monotonic() + self._rest
            raise
        self._down = None
        return rows


class UnusableEncoder:
    """Takes the part of an encoder that is set up wrongly: matching uses words alone, and notes it each time."""

    name, version, dimension = "unusable", "0", 0

    def __init__(self, down: EncoderDown) -> None:
        self._down = down

    def encode(self, texts: Sequence[str]) -> Floats:
        """Raises `EncoderDown`, always."""
        raise EncoderDown(self._down.code, self._down.message)
