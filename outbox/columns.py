"""The columns in which messages are listed and exported; the text of a message is in none of them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outbox.models import Mail
from ui.exports import Column
from ui.templatetags.ui_format import masked


def _address(mail: Mail) -> str:
    return str(masked(mail.address))


MAIL = [
    Column(_("Message"), 40, str),
    Column(pgettext_lazy("mail", "Medium"), 10, lambda mail: mail.get_medium_display()),
    Column(_("Receiver"), 14, lambda mail: mail.user.name if mail.user else None),
    Column(pgettext_lazy("mail", "Address"), 28, _address),
    Column(_("Written"), 17, "queued_at"),
    Column(_("Status"), 14, lambda mail: mail.get_state_display()),
    Column(_("Cause"), 36, lambda mail: mail.get_cause_display()),
    Column(_("Settled by"), 14, lambda mail: mail.settled_by.name if mail.settled_by else None),
    Column(_("Settled on"), 17, "settled_at"),
]
