"""The columns of the export of doctors."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ui.exports import Column
from ui.templatetags.ui_format import masked

DOCTOR = [
    Column(pgettext_lazy("head of a sheet", "Doctor"), 12, "name"),
    Column(_("University"), 24, "university.name"),
    Column(_("College"), 20, "college"),
    Column(_("Discipline code"), 12, "discipline"),
    Column(_("Discipline"), 24, "discipline_name"),
    Column(_("Research directions"), 40, "directions"),
    Column(_("Keywords"), 30, "keywords"),
    Column(_("Fields he can serve"), 30, "fields"),
    Column(_("Days a month"), 12, "days_a_month"),
    Column(_("Most hosts"), 12, "most_hosts"),
    Column(_("Farthest he will travel (km)"), 12, "most_km"),
    Column(_("Other postings"), 24, "other_postings"),
    Column(_("Phone"), 15, lambda doctor: masked(doctor.phone)),
    Column(_("Takes part"), 12, lambda doctor: _("takes part") if doctor.active else _("paused")),
]
