"""The office's page of a doctor: the portal's form with the university of a new doctor and an account to be made."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.scope import visible
from experts.actions import side_of
from experts.forms import DoctorForm
from experts.models import Doctor, University
from experts.record import declared_by_others, record_forms, save_record
from identity.forms import AccountForm
from identity.models import Invitation
from identity.pages.handing_over import handed_over
from ui.office_table.portal_form import First, FormPage

ACCOUNT = ["account_way", "account_name"]
BEFORE_A_DOCTOR = [
    First(
        University,
        _("No university yet"),
        _("A doctor is sent by a university. Enter the university first."),
        _("Enter a university"),
    ),
]


class OfficeDoctorForm(DoctorForm, AccountForm):
    """A doctor's record; an account can be made with it, at once or later."""

    role = User.Role.DOCTOR
    account_required = False
    account_person = None  # type: ignore[assignment]  # a doctor's name and phone are those of the record
    account_phone = None  # type: ignore[assignment]
    account_mail = None  # type: ignore[assignment]
    needs: ClassVar[dict[str, str]] = {Invitation.Way.MAIL.value: "email", Invitation.Way.SMS.value: "phone"}
    university = forms.ModelChoiceField(
        University.objects.all(),
        label=_("University"),
        error_messages={"required": _("Choose the university that sends him.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields["university"]
        if self.instance.user_id is not None:
            for name in ACCOUNT:
                del self.fields[name]

    def facts(self) -> dict[str, Any]:
        """What the action writes; the university and the account it is told apart."""
        return {name: value for name, value in super().facts().items() if name not in (*ACCOUNT, "university")}


def doctor_page(page: FormPage[Doctor]) -> HttpResponseBase:
    """Enrol a doctor, or rewrite a record."""
    if lacking := page.lacking(BEFORE_A_DOCTOR):
        return lacking
    doctor, side = page.row, side_of(page.user)
    asked = record_forms(doctor, side, data=page.data, unjudged=bool(page.adds), form=OfficeDoctorForm)
    form = asked["form"]
    if "university" in form.fields:
        form.fields["university"].queryset = visible(University.objects.all(), page.user)

    given: dict[str, Any] = {}

    def save() -> Doctor:
        if doctor.pk is None:
            doctor.university = form.cleaned_data["university"]
        account = form.account() if "account_name" in form.fields else None
        given.update(account or {})
        return save_record(doctor, page.act, version=page.version, account=account, **asked)

    def shown(saved: Doctor) -> HttpResponse | None:
        return handed_over(page.request, saved.user, given, page.table.address("changelist"))

    facts = {"doctor": doctor, "declared": declared_by_others(doctor, side)}
    return page.answer("experts/doctor_form.html", asked, save, shown=shown, **facts)
