"""The kinds of notice that enterprises writes, each with its sentence; every process knows them."""

from django.utils.translation import gettext_lazy

from core.notices import sentence

NEED_RETURNED = sentence("need_returned", gettext_lazy("The need “%(title)s” was returned: %(reason)s"))
NEED_SUBMITTED = sentence("need_submitted", gettext_lazy("%(enterprise)s posted the need “%(title)s”."))
NEED_CORRECTED = sentence(
    "need_corrected", gettext_lazy("%(office)s corrected your need “%(title)s” and sent it to review.")
)
