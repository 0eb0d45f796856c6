"""The storage of static files in the image: compressed, and named by a hash of their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = (r"""(?P<matched>from "(?P<url>\./[\w-]+\.js)";)""", 'from "%(url)s";')


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also replaces the names in the imports of our scripts, so that a browser never mixes modules of two releases.

    Django's own option for this reads the scripts of all packages, and some of those import files that do not exist.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (IMPORT,)))
