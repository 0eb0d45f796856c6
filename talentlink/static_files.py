"""Where the image keeps its static files: compressed, and named by what is in them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = (r"""(?P<matched>from "(?P<url>\./[\w-]+\.js)";)""", 'from "%(url)s";')


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Our scripts import each other by these names too, so that a browser never mixes modules of two releases.

    Django's own switch for this reads the scripts of all packages, of which some import files that nobody has.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (IMPORT,)))
