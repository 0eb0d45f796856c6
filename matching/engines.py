"""Name and version of the engine in force, as a run keeps them; the engine itself is loaded by jobs, in `sources`."""

from django.conf import settings

from matchengine.names import NAME, versioned
from matching.weights import current_weights


def engine_in_force() -> tuple[str, str]:
    if settings.MATCHING_ENCODER:
        # Only the encoder knows its own version, and loads numpy; without one a web process never does.
        from matching.sources import current_engine  # noqa: PLC0415

        engine = current_engine()
        return engine.name, engine.version
    return NAME, versioned(current_weights())
