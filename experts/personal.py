"""What the tables of universities and doctors store of a person."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.personal_data import EDITED_AT, Becomes, Page, holds, same_person, unneeded
from experts.models import Doctor, Interest, Liaison, Work

ACCOUNT, DOCTOR = "accounts.user", "experts.doctor"
EMPTY = Becomes.EMPTY
same_person(Doctor, "user", ACCOUNT)
EDITED_AT[DOCTOR] = Page("edit", "doctor_edit", _("Change what you entered as a doctor"))
holds(
    Doctor,
    _("Doctor"),
    {DOCTOR: "pk"},
    shown=("university", *Doctor.WRITTEN),
    identifies=("name", "phone", "email"),
    becomes={
        "name": Becomes.NAME,
        "pinyin": Becomes.PINYIN,
        # The active doctors are what matching reads: an erased one is found no more.
        **dict.fromkeys(
            ("college", "sex", "born_on", "directions", "keywords", "fields", "honours", "wishes", "other_postings",
             "phone", "email", "folded_words", "source_key", "active", "most_km"),
            EMPTY,
        ),
    },
    order=10,
)  # fmt: skip
holds(
    Work,
    _("Works"),
    {DOCTOR: "doctor"},
    shown=Work.WRITTEN,
    becomes={"title": Becomes.REMOVED, "abstract": EMPTY, "year": EMPTY},
    removed=True,
    order=20,
)
holds(
    Interest,
    _("Declared interests"),
    {DOCTOR: "doctor"},
    shown=("credit_code", "what", "side"),
    becomes={"what": Becomes.REMOVED, "credit_code": Becomes.REMOVED},
    removed=True,
)
holds(
    Liaison,
    pgettext_lazy("personal data", "Liaison person"),
    {ACCOUNT: "user"},
    shown=("university", "college"),
    becomes={"college": EMPTY},
    order=10,
)


@unneeded("withdrawn_doctors", _("The doctor has not taken part for years, and nothing of his was changed since."))
def withdrawn_doctors(before: datetime) -> QuerySet[Doctor]:
    """Doctors who take part no more and whose rows nobody has changed since."""
    changed = Doctor.pgh_event_model.objects.filter(pgh_obj=OuterRef("pk"), pgh_created_at__gte=before)  # type: ignore[attr-defined]
    return Doctor.objects.filter(~Exists(changed), active=False)
