"""Universities, their liaison people, and doctors with their works in the admin."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.permissions import may
from experts import actions, inviting
from experts.models import Doctor, Interest, Liaison, University, Work
from experts.office.doctors import doctor_page
from identity.forms import ACCOUNT_FIELDS, AccountForm
from identity.pages.handing_over import GivesAccess
from officedata import codes
from ui.office_table import (
    PLACE,
    OfficeTable,
    PlaceForm,
    PortalForms,
    RecordInline,
    Typed,
    count_of,
    masked_column,
    person,
)
from ui.value_words import says


class LiaisonRows(RecordInline):
    model = Liaison
    added_by = "university"
    fields = ["user", "college"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Liaison]:
        return cast("QuerySet[Liaison]", super().get_queryset(request).select_related("user", "university"))


class UniversityTable(OfficeTable[University]):
    list_display = ["name", "short_name", "doctor_count", "latitude", "longitude"]
    search_fields = ["pinyin", "short_name"]
    form = PlaceForm
    fieldsets = [(None, {"fields": ["name", "short_name"]}), PLACE]
    inlines = [LiaisonRows]
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_university}

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> University:
        names = {name: typed.facts[name] for name in ("name", "short_name")}
        place = (typed.facts["latitude"], typed.facts["longitude"])
        return actions.open_university(**names, **typed.act, place=place if None not in place else None)

    def row_tools(self, request: HttpRequest, obj: University) -> list[dict[str, str]]:
        """The link to the page on which a liaison person is invited."""
        if not may(person(request), "invite", obj):
            return []
        return [{"url": reverse("university_invite", args=[obj.pk]), "label": _("Invite a liaison person")}]

    def get_queryset(self, request: HttpRequest) -> QuerySet[University]:
        return super().get_queryset(request).annotate(enrolled=count_of(Doctor.objects.all(), "university"))

    @admin.display(description=gettext_lazy("doctors"), ordering="enrolled")
    def doctor_count(self, university: Any) -> str:
        url = reverse("admin:experts_doctor_changelist")
        return format_html(
            '<a href="{}?university__id__exact={}" data-figure="{}">{}</a>',
            url, university.pk, university.enrolled, university.enrolled,
        )  # fmt: skip


class LiaisonForm(AccountForm):
    role = User.Role.UNIVERSITY

    class Meta:
        model = Liaison
        fields = ["university", "college"]


class LiaisonTable(GivesAccess[Liaison]):
    """Adding someone makes his account too: one account acts for one university."""

    list_display = ["user", "username", "university", "college"]
    list_filter = ["university"]
    search_fields = ["user__pinyin", "user__username", "university__pinyin"]
    list_select_related = ["user", "university"]
    autocomplete_fields = ["university"]
    form = LiaisonForm
    writes: ClassVar[dict[str, Any]] = {"delete": actions.dismiss_liaison}
    acts: ClassVar[dict[str, str]] = {"invite": "invite"}
    actions = ["invite"]

    def has_change_permission(self, request: HttpRequest, obj: Liaison | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Liaison | None = None) -> Any:
        return ["university", "college", "user"] if obj else ["university", "college", *ACCOUNT_FIELDS]

    @admin.display(description=gettext_lazy("user name"), ordering="user__username")
    def username(self, liaison: Liaison) -> str:
        return liaison.user.username

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Liaison:
        account = form.account()
        liaison = actions.appoint_liaison(
            typed.facts["university"], account=account, college=typed.facts["college"], **typed.act
        )
        liaison.account = account  # type: ignore[attr-defined]
        return liaison

    def row_tools(self, request: HttpRequest, obj: Liaison) -> list[dict[str, str]]:
        """The link to the page on which a liaison person who cannot sign in is invited."""
        if obj.user.has_usable_password() or not may(person(request), "invite", obj):
            return []
        return [{"url": reverse("liaison_invite", args=[obj.pk]), "label": _("Invite")}]

    @admin.action(description=gettext_lazy("Invite the chosen"))
    def invite(self, request: HttpRequest, liaisons: QuerySet[Liaison]) -> HttpResponse:
        return inviting.invite_liaisons(request, liaisons)


class WorkRows(RecordInline):
    model = Work
    fields = ["kind", "title", "year"]


class InterestForm(forms.ModelForm[Interest]):
    """What the office declares; the side is no field, but one firm is still named once by a side."""

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"side"}  # type: ignore[misc, no-any-return]


class DoctorTable(PortalForms[Doctor]):
    list_display = ["name", "university", "college", "discipline_words", "days_a_month", "most_hosts", "active"]
    list_filter = ["active", "university", "posting_excludes"]
    search_fields = ["pinyin", "folded_words", "university__pinyin", "discipline"]
    list_select_related = ["university"]
    form_page = doctor_page
    masks = ("phone",)
    masked_phone = masked_column("phone", gettext_lazy("phone"))
    readonly_fields = ["masked_phone"]
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_doctor}
    acts: ClassVar[dict[str, str]] = {"invite": "invite"}
    actions = ["invite"]
    inlines = [WorkRows]
    # The fields shown to those who may not change the row.
    fields = [
        "name", "sex", "born_on", "university", "college", "discipline", "directions", "keywords", "fields", "honours",
        "days_a_month", "most_hosts", "most_km", "accepts_adjustment", "other_postings", "posting_excludes", "phone",
        "email", "active", "user",
    ]  # fmt: skip

    @admin.action(description=gettext_lazy("Invite the chosen"))
    def invite(self, request: HttpRequest, doctors: QuerySet[Doctor]) -> HttpResponse:
        return inviting.invite_doctors(request, doctors)

    @admin.display(description=gettext_lazy("discipline"), ordering="discipline")
    def discipline_words(self, doctor: Doctor) -> str:
        return doctor.discipline_name


class WorkTable(OfficeTable[Work]):
    list_display = ["title", "kind", "year", "doctor"]
    list_filter = ["kind"]
    search_fields = ["title", "doctor__pinyin"]
    list_select_related = ["doctor"]
    autocomplete_fields = ["doctor"]
    fixed = ("doctor",)
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_work, "delete": actions.remove_work}

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Work:
        return actions.enter_work(typed.facts.pop("doctor"), facts=typed.facts, **typed.act)


class InterestTable(OfficeTable[Interest]):
    list_display = ["doctor", "credit_code", "what", "side", "declared_by"]
    list_filter = ["side"]
    fields = ["doctor", "credit_code", "what", "side", "declared_by"]
    keeps = ("side", "declared_by")
    form = InterestForm
    search_fields = ["doctor__pinyin", "credit_code"]
    list_select_related = ["doctor", "declared_by"]
    autocomplete_fields = ["doctor"]
    fixed = ("doctor",)
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_interest, "delete": actions.remove_interest}

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Interest:
        return actions.declare_interest(typed.facts.pop("doctor"), facts=typed.facts, **typed.act)


says("experts.doctor.discipline")(lambda code: codes.discipline_name(code) or code)
