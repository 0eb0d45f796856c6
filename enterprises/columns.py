"""The columns of the exports of needs and of the visits of a survey."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.scope import Body, body_of
from ui.exports import Column
from ui.templatetags.ui_format import masked

NEED = [
    Column(_("Number"), 15, "number"),
    Column(pgettext_lazy("head of a sheet", "Need"), 40, "title"),
    Column(_("Status"), 12, lambda need: need.get_status_display()),
    Column(_("Kind"), 14, lambda need: need.get_kind_display()),
    Column(pgettext_lazy("head of a sheet", "Enterprise"), 36, "enterprise.name"),
    Column(_("Unified social credit code"), 24, "enterprise.credit_code"),
    Column(_("District"), 14, "enterprise.district.name"),
    Column(_("Industry"), 20, "enterprise.industry_name"),
    Column(_("Present state and problem"), 60, "problem"),
    Column(_("Target figures"), 40, "target"),
    Column(_("Keywords"), 24, "keywords"),
    Column(_("Discipline code"), 12, "discipline"),
    Column(_("Discipline"), 20, "discipline_name"),
    Column(_("Days a month, at least"), 12, "days_a_month"),
    Column(_("University no farther than (km)"), 14, "most_km"),
    Column(_("Budget from (10,000 yuan)"), 14, "budget_low"),
    Column(_("Budget to (10,000 yuan)"), 14, "budget_high"),
    Column(_("Wanted by"), 12, "due_on"),
    Column(_("Published on"), 17, "published_at"),
    Column(_("Valid until"), 12, "expires_on"),
]
# Shown to the enterprise and the office only.
INSIDE = [
    Column(_("Who sees it"), 14, lambda need: need.get_visibility_display()),
    Column(_("Source"), 12, lambda need: need.get_source_display()),
    Column(_("Written on"), 17, "created_at"),
    Column(_("Submitted on"), 17, "submitted_at"),
    Column(_("Why it was returned"), 30, "return_reason"),
    Column(_("Contact"), 12, "contact_name"),
    Column(_("Phone"), 15, lambda need: masked(need.contact_phone)),
]

SHEET = [
    Column(_("Enterprise"), 36, "enterprise.name"),
    Column(_("Unified social credit code"), 24, "enterprise.credit_code"),
    Column(_("District"), 14, "enterprise.district.name"),
    Column(_("Department"), 24, "department.name"),
    Column(_("State"), 10, lambda sheet: _("visited") if sheet.visited_on else _("planned")),
    Column(_("Visited on"), 12, "visited_on"),
    Column(_("Who went"), 24, "people"),
    Column(_("Needs found"), 10, lambda sheet: sheet.found if sheet.visited_on else None),
    Column(_("Remarks"), 40, "remarks"),
]


def need_columns(user: User) -> list[Column]:
    outside = (Body.PUBLIC, Body.DOCTOR, Body.UNIVERSITY)
    return NEED if body_of(user) in outside else NEED + INSIDE
