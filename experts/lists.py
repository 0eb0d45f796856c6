"""The list of doctors."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.permissions import rules_let
from experts.columns import DOCTOR
from experts.filters import DoctorFilter
from experts.models import Doctor
from ui.lists import Empty, ListPage


def no_doctors(user: User) -> Empty:
    if not rules_let(user, "enrol", Doctor):
        return Empty(_("No doctors yet"))
    text = _("Enrol the doctors who take part; their works are what matching quotes.")
    return Empty(_("No doctors yet"), text, reverse("doctor_new"), _("Enrol a doctor"))


class DoctorList(ListPage):
    """The doctors of a university, or of all for an office."""

    model, verb, related, order = Doctor, "list", ("university",), ("pinyin", "pk")
    filterset_class, columns = DoctorFilter, DOCTOR
    title, template_name = _("Doctors"), "experts/doctor_list.html"
    none, none_found = staticmethod(no_doctors), _("No doctor fits these filters")

    def facts(self) -> dict[str, Any]:
        return {"may_enrol": rules_let(self.user, "enrol", Doctor)}
