"""The kinds of entries that this app writes into the ledger."""

from django.utils.translation import gettext_lazy as _

from core.ledger import kind

CONSENT_GIVEN = kind("consent_given", _("consent given"))
CONSENT_WITHDRAWN = kind("consent_withdrawn", _("consent withdrawn"))
PERSONAL_COPY = kind("personal_copy", _("copy of personal data taken"))
PERSONAL_REQUEST = kind("personal_request", _("request about personal data"))
ERASED = kind("erased", _("person erased"))
