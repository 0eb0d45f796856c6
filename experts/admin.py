"""Universities, their liaison people, and doctors with their works in the admin."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from accounts.models import User
from experts import actions
from experts.models import Doctor, Interest, Liaison, University, Work
from identity.forms import ACCOUNT_FIELDS, AccountForm
from officedata import codes
from ui.forms import MaskingForm
from ui.office_table import (
    PLACE,
    OfficeTable,
    PlaceForm,
    RecordInline,
    RowsInline,
    Typed,
    count_of,
    masked_column,
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


class LiaisonTable(OfficeTable[Liaison]):
    """Adding someone makes his account too: one account acts for one university."""

    list_display = ["user", "username", "university", "college"]
    list_filter = ["university"]
    search_fields = ["user__pinyin", "user__username", "university__pinyin"]
    list_select_related = ["user", "university"]
    autocomplete_fields = ["university"]
    form = LiaisonForm
    writes: ClassVar[dict[str, Any]] = {"delete": actions.dismiss_liaison}

    def has_change_permission(self, request: HttpRequest, obj: Liaison | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Liaison | None = None) -> Any:
        return ["university", "college", "user"] if obj else ["university", "college", *ACCOUNT_FIELDS]

    @admin.display(description=gettext_lazy("user name"), ordering="user__username")
    def username(self, liaison: Liaison) -> str:
        return liaison.user.username

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Liaison:
        return actions.appoint_liaison(
            typed.facts["university"], account=form.account(), college=typed.facts["college"], **typed.act
        )


class WorkRows(RowsInline):
    model = Work
    fields = ["kind", "title", "year", "abstract"]


class InterestForm(forms.ModelForm[Interest]):
    """What the office declares; the side is no field, but one firm is still named once by a side."""

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"side"}  # type: ignore[misc, no-any-return]


class InterestRows(RowsInline):
    """What the office declared, to be changed here."""

    model = Interest
    form = InterestForm
    fields = ["credit_code", "what"]
    verbose_name_plural = gettext_lazy("interests declared by the office")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interest]:
        rows: QuerySet[Interest] = super().get_queryset(request).filter(side=Interest.Side.OFFICE)
        return rows


class OthersInterests(RecordInline):
    """What the doctor or his university declared: theirs to change."""

    model = Interest
    fields = ["credit_code", "what", "side"]
    verbose_name_plural = gettext_lazy("interests declared by the doctor or his university")
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interest]:
        rows: QuerySet[Interest] = super().get_queryset(request).exclude(side=Interest.Side.OFFICE)
        return rows


class DoctorForm(MaskingForm, AccountForm):
    """A doctor's record; an account can be made with it, at once or later."""

    role = User.Role.DOCTOR
    account_required = False


class DoctorTable(OfficeTable[Doctor]):
    list_display = ["name", "university", "college", "discipline_words", "days_a_month", "most_hosts", "active"]
    list_filter = ["active", "university", "posting_excludes"]
    search_fields = ["pinyin", "folded_words", "university__pinyin", "discipline"]
    list_select_related = ["university"]
    autocomplete_fields = ["university"]
    inlines = [WorkRows, InterestRows, OthersInterests]
    form = DoctorForm
    masks = ("phone",)
    masked_phone = masked_column("phone", gettext_lazy("phone"))
    readonly_fields = ["masked_phone", "user"]
    fixed = ("university",)
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_doctor}
    record = [
        "name", "sex", "born_on", "university", "college", "discipline", "directions", "keywords", "fields", "honours",
        "days_a_month", "most_hosts", "most_km", "accepts_adjustment", "other_postings", "posting_excludes", "phone",
        "email", "active",
    ]  # fmt: skip

    def get_inlines(self, request: HttpRequest, obj: Doctor | None) -> Any:
        """Nobody else declared anything of a doctor not yet known."""
        return self.inlines if obj is not None else [WorkRows, InterestRows]

    def get_fields(self, request: HttpRequest, obj: Doctor | None = None) -> Any:
        allowed = self.has_change_permission(request, obj)
        fields = [f"masked_{name}" if name in self.masks and not allowed else name for name in self.record]
        if obj is not None and (obj.user_id is not None or not allowed):
            return [*fields, "user"]
        return [*fields, "account_name", "account_password"]

    @admin.display(description=gettext_lazy("discipline"), ordering="discipline")
    def discipline_words(self, doctor: Doctor) -> str:
        return doctor.discipline_name

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Doctor:
        interests = {row["credit_code"]: row["what"] for row in typed.rows["interests"].given}
        return actions.enrol_doctor(
            typed.facts["university"], **typed.act, facts=typed.facts, works=typed.rows["works"].given,
            interests=interests, account=form.account(),
        )  # fmt: skip

    def change(self, form: Any, typed: Typed, **more: Any) -> None:
        account = form.account() if form.instance.user_id is None else None
        super().change(form, typed, account=account, **more)


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
