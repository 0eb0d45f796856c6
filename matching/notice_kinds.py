"""The kinds of notice that matching writes, each with its sentence; every process knows them."""

from django.utils.translation import gettext_lazy

from core.notices import sentence

NEED_PUBLISHED = sentence("need_published", gettext_lazy("Your need “%(title)s” was published."))
SHORTLIST_READY = sentence(
    "shortlist_ready", gettext_lazy("A shortlist of %(count)s doctors is ready for “%(title)s”.")
)
