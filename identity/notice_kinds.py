"""The kinds of notice that identity writes, each with its sentence; every process knows them."""

from django.utils.translation import gettext_lazy

from core.notices import sentence

CAME = sentence("invitation_accepted", gettext_lazy("%(name)s accepted your invitation and can sign in from now on."))
LINKED = sentence(
    "account_linked",
    gettext_lazy("Your account “%(name)s” was linked with “%(other)s”. Not you? Undo it under “My accounts”."),
)
UNLINKED = sentence("account_unlinked", gettext_lazy("Your account “%(name)s” is no longer linked with “%(other)s”."))
PASSWORD_SET = sentence(
    "password_set", gettext_lazy("The talent office set a new password for %(name)s. If nobody asked for it, tell us.")
)
NO_LONGER = sentence("member_dismissed", gettext_lazy("%(by)s ended the account of %(name)s at %(body)s: %(reason)s"))
BY_COMMAND = sentence(
    "account_by_command",
    gettext_lazy(
        "The administrator “%(name)s” was made by a command on the server. Nobody asked for it? Look into it."
    ),
)
