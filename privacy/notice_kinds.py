"""The kinds of notice that this app writes, each with its sentence; every process knows them."""

from django.utils.translation import gettext_lazy

from core.notices import sentence
from privacy.models import PersonalRequest

KIND, STATUS = PersonalRequest.Kind, PersonalRequest.Status
# No names: whose data are meant stands on the page of the request.
REQUEST_ASKED = sentence(
    "personal_request_asked",
    gettext_lazy("Request %(number)s about personal data (%(what)s): answer it by %(due)s."),
    what=KIND,
)
REQUEST_ANSWERED = sentence(
    "personal_request_answered",
    gettext_lazy("Your request %(number)s about your data (%(what)s) was answered: %(status)s."),
    what=KIND,
    status=STATUS,
)
