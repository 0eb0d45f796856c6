"""What the tables of enterprises store of a person: members, and the contacts of enterprises and of needs.

The contact of an enterprise is a person without an account; the subject is then the enterprise. A member who is erased
is taken out of the contacts only where these name him.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.personal_data import Becomes, holds, unneeded
from enterprises.models import Enterprise, Host, Member, Need, VisitSheet

ACCOUNT, CONTACT = "accounts.user", "enterprises.enterprise"
EMPTY, FREED, NOT_HIS = Becomes.EMPTY, Becomes.FREED, Becomes.NOT_HIS
TEXTS = ("title", "problem", "target", "basis", "return_reason", "folded_title", "folded_words")
CONTACTS = ("contact_name", "contact_phone")
holds(
    Member,
    pgettext_lazy("personal data", "Member of an enterprise"),
    {ACCOUNT: "user"},
    shown=("enterprise",),
    order=10,
)
holds(
    Enterprise,
    _("Contact of the enterprise"),
    {CONTACT: "pk"},
    shown=("name", *CONTACTS),
    identifies=CONTACTS,
    becomes=dict.fromkeys(CONTACTS, EMPTY),
)
holds(
    Enterprise,
    _("Contact of the enterprise"),
    {ACCOUNT: "members__user"},
    shown=("name", *CONTACTS),
    becomes=dict.fromkeys(CONTACTS, NOT_HIS),
)
holds(
    Need,
    _("Needs"),
    {CONTACT: "enterprise"},
    identifies=CONTACTS,
    becomes={**dict.fromkeys(CONTACTS, EMPTY), **dict.fromkeys(TEXTS, FREED)},
)
holds(
    Need,
    _("Needs you wrote"),
    {ACCOUNT: "created_by"},
    shown=("title", "status", "created_at", *CONTACTS),
    becomes={**dict.fromkeys(CONTACTS, NOT_HIS), **dict.fromkeys(TEXTS, FREED)},
)
holds(
    Need,
    _("Needs"),
    {ACCOUNT: "enterprise__members__user"},
    becomes={**dict.fromkeys(CONTACTS, NOT_HIS), **dict.fromkeys(TEXTS, FREED)},
)
holds(
    VisitSheet,
    _("Visit sheets you filled"),
    {ACCOUNT: "filled_by"},
    shown=("enterprise", "visited_on", "people", "remarks"),
    becomes={"people": FREED, "remarks": FREED},
)
holds(
    Host,
    _("Hosts you chose"),
    {ACCOUNT: "chosen_by"},
    shown=("batch", "enterprise", "chosen_at"),
    becomes={"override_reason": FREED},
)


@unneeded("unmatched_contacts", _("No need of this enterprise has led to an order, and the last is years old."))
def unmatched_contacts(before: datetime) -> QuerySet[Enterprise]:
    """Enterprises with a contact whose needs led to nothing, the last written before; one without needs is new."""
    needs = Need.objects.filter(enterprise=OuterRef("pk"))
    led = needs.filter(status__in=["ordered", "in_service", "solved", "unsolved"])
    named = Enterprise.objects.exclude(contact_name="", contact_phone="")
    return named.filter(Exists(needs), ~Exists(needs.filter(created_at__gte=before)), ~Exists(led)).exclude(hosts__gt=0)
