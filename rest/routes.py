"""The router of all REST lists; each app registers its lists in its module `api.py`."""

from rest_framework.routers import SimpleRouter

import rest.schema  # noqa: F401  registers the descriptions of tokens and sessions for the OpenAPI document

router = SimpleRouter()
