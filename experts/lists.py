"""The list of doctors."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.permissions import rules_let
from experts.columns import DOCTOR
from experts.filters import DoctorFilter
from experts.models import Doctor
from identity.access import accesses, nobody
from ui.lists import Empty, ListPage


def no_doctors(user: User) -> Empty:
    if not rules_let(user, "enrol", Doctor):
        return Empty(_("No doctors yet"))
    text = _("Enrol the doctors who take part; their works are what matching quotes.")
    return Empty(_("No doctors yet"), text, reverse("doctor_new"), _("Enrol a doctor"))


class DoctorList(ListPage):
    """The doctors of a university, or of all for an office."""

    model, verb, related, order = Doctor, "list", ("university", "user"), ("pinyin", "pk")
    filterset_class, columns = DoctorFilter, DOCTOR
    title, template_name = _("Doctors"), "experts/doctor_list.html"
    none, none_found = staticmethod(no_doctors), _("No doctor fits these filters")

    def rows_of(self, page: Page[Any]) -> Sequence[Any]:
        """The doctors of a page; whoever may invite them sees who can sign in."""
        doctors = super().rows_of(page)
        if rules_let(self.user, "invite", Doctor):
            states = accesses([doctor.user for doctor in doctors if doctor.user is not None], timezone.now())
            for doctor in doctors:
                doctor.access = states.get(doctor.user_id) or nobody()
        return doctors

    def facts(self) -> dict[str, Any]:
        return {name: rules_let(self.user, name.removeprefix("may_"), Doctor) for name in ("may_enrol", "may_invite")}
