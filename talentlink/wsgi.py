"""The web process. Gunicorn loads this once and forks, so what is loaded here is shared by all web processes."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talentlink.settings")
application = get_wsgi_application()
# All pages, and the table of their addresses.
reverse("landing")
# Whoever looks for garbage writes to every object; what is loaded by now is none, and stays shared when left alone.
gc.collect()
gc.freeze()
