"""What `core` stores of a person: notices, and phone numbers that were shown; texts that may name anybody."""

from django.utils.translation import gettext_lazy as _

from core.models import Job, Notice, PhoneShown, Proposal, SetAside
from core.personal_data import holds, mentions

ACCOUNT = "accounts.user"
holds(
    Notice,
    _("Notices"),
    {ACCOUNT: "user"},
    shown=("created_at", ("text", _("notice")), "read_at"),
    removed=True,
    order=90,
)
holds(
    PhoneShown,
    _("Phone numbers that were shown to you"),
    {ACCOUNT: "by"},
    shown=("at", "whose", "address"),
    order=80,
)
# Notices of others, the results of jobs and rows set aside name people by their names.
mentions(Notice, "params")
mentions(PhoneShown, "whose")
mentions(Job, "args", "result", "error")
mentions(Proposal, "facts", "about_name", "reason", "answer")
mentions(SetAside, "name", "cause", "detail")
