"""The web process. Gunicorn loads this module once and then forks, so the web processes share what is loaded here."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talentlink.settings")
application = get_wsgi_application()
# Loads all pages and the table of their addresses.
reverse("landing")
# Keep loaded objects out of garbage collection. The collector writes to every object that it looks at, and memory pages
# without such writes stay shared by the web processes.
gc.collect()
gc.freeze()
