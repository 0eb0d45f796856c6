"""The router of all REST lists: an app registers its own in `api.py`."""

from rest_framework.routers import SimpleRouter

import rest.schema  # noqa: F401  names the way of signing in for the document

router = SimpleRouter()
