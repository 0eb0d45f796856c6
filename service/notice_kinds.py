"""The kinds of notice that service writes, each with its sentence; every process knows them."""

from django.utils.translation import gettext_lazy

from core.notices import sentence
from programmes.window_words import window_word
from service.models import Waiver

REMINDER = sentence(
    "reminder",
    gettext_lazy("%(month)s: %(days)s of %(due)s days served so far; please plan your next visit. %(note)s"),
)
REMINDER_TERM = sentence(
    "reminder_term",
    gettext_lazy("%(days)s of %(due)s days served so far in this term; please plan your next visit. %(note)s"),
)
VISIT_LOGGED = sentence(
    "visit_logged", gettext_lazy("%(doctor)s logged a visit of %(days)s days from %(first)s: please confirm.")
)
VISIT_CONFIRMED = sentence("visit_confirmed", gettext_lazy("%(host)s confirmed your visit of %(first)s."))
VISIT_DISPUTED = sentence("visit_disputed", gettext_lazy("%(host)s disputes your visit of %(first)s: %(reason)s"))
WAIVER_ASKED = sentence(
    "waiver_asked", gettext_lazy("A waiver of %(month)s is asked for %(doctor)s: %(reason)s"), month=window_word
)
WAIVER_DECIDED = sentence(
    "waiver_decided",
    gettext_lazy("The waiver of %(month)s for %(doctor)s: %(decision)s."),
    decision=Waiver.Status,
    month=window_word,
)
