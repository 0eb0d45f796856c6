"""Universities, their liaison people, and doctors with their works in the admin."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from accounts.models import User
from experts import actions
from experts.models import Doctor, Interest, Liaison, University, Work
from identity.forms import ACCOUNT_FIELDS, AccountForm
from ui.forms import MaskingForm
from ui.office_table import PLACE, OfficeTable, PlaceForm, RecordInline, RowsInline, count_of, masked_column, person


class LiaisonRows(RecordInline):
    model = Liaison
    added_by = "university"
    fields = ["user", "college"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Liaison]:
        return cast("QuerySet[Liaison]", super().get_queryset(request).select_related("user", "university"))


@admin.register(University)
class UniversityTable(OfficeTable[University]):
    list_display = ["name", "short_name", "doctor_count", "latitude", "longitude"]
    search_fields = ["pinyin", "short_name"]
    form = PlaceForm
    fieldsets = [(None, {"fields": ["name", "short_name"]}), PLACE]
    inlines = [LiaisonRows]

    def save_model(self, request: HttpRequest, obj: University, form: ModelForm[University], change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        place = None if obj.latitude is None or obj.longitude is None else (obj.latitude, obj.longitude)
        by, at = person(request), timezone.now()
        self.take(obj, actions.open_university(by=by, at=at, name=obj.name, short_name=obj.short_name, place=place))

    def get_queryset(self, request: HttpRequest) -> QuerySet[University]:
        return super().get_queryset(request).annotate(enrolled=count_of(Doctor.objects.all(), "university"))

    @admin.display(description=gettext_lazy("doctors"), ordering="enrolled")
    def doctor_count(self, university: Any) -> str:
        url = reverse("admin:experts_doctor_changelist")
        return format_html('<a href="{}?university__id__exact={}">{}</a>', url, university.pk, university.enrolled)


class LiaisonForm(AccountForm):
    role = User.Role.UNIVERSITY

    class Meta:
        model = Liaison
        fields = ["university", "college"]


@admin.register(Liaison)
class LiaisonTable(OfficeTable[Liaison]):
    """Adding someone makes his account too: one account acts for one university."""

    list_display = ["user", "username", "university", "college"]
    list_filter = ["university"]
    search_fields = ["user__pinyin", "user__username", "university__pinyin"]
    list_select_related = ["user", "university"]
    autocomplete_fields = ["university"]
    form = LiaisonForm

    def has_change_permission(self, request: HttpRequest, obj: Liaison | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Liaison | None = None) -> Any:
        return ["university", "college", "user"] if obj else ["university", "college", *ACCOUNT_FIELDS]

    @admin.display(description=gettext_lazy("user name"), ordering="user__username")
    def username(self, liaison: Liaison) -> str:
        return liaison.user.username

    def save_model(self, request: HttpRequest, obj: Liaison, form: ModelForm[Liaison], change: bool) -> None:
        by = person(request)
        obj.user = cast(User, cast(LiaisonForm, form).make_account(by=by))  # the form demands an account
        made = actions.join_university(obj.university, obj.user, by=by, at=timezone.now(), college=obj.college)
        self.take(obj, made)


class WorkRows(RowsInline):
    model = Work
    fields = ["kind", "title", "year", "abstract"]


class InterestForm(ModelForm[Interest]):
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


@admin.register(Doctor)
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

    def get_readonly_fields(self, request: HttpRequest, obj: Doctor | None = None) -> tuple[str, ...]:
        moved = ("university",) if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *moved)

    @admin.display(description=gettext_lazy("discipline"), ordering="discipline")
    def discipline_words(self, doctor: Doctor) -> str:
        return doctor.discipline_name

    def save_model(self, request: HttpRequest, obj: Doctor, form: ModelForm[Doctor], change: bool) -> None:
        """A record is written by the same acts as on the university's pages; a new account is linked to it."""
        facts = {name: form.cleaned_data[name] for name in actions.DOCTOR_FIELDS if name in form.cleaned_data}
        by, at = person(request), timezone.now()
        user = cast(DoctorForm, form).make_account(by=by, name=obj.name) if obj.user_id is None else None
        if not change:
            made = actions.enrol_doctor(obj.university, by=by, at=at, facts=facts, user=user)
            obj.user = user
            self.take(obj, made)
            return
        actions.edit_doctor(obj, by=by, at=at, facts=facts)
        if user is not None:
            obj.user = user
            obj.save(update_fields=["user"])

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """A declaration keeps who made it."""
        for row in formset.forms if formset.model is Interest else []:
            row.instance.declared_by = row.instance.declared_by or person(request)
        super().save_formset(request, form, formset, change)


@admin.register(Work)
class WorkTable(OfficeTable[Work]):
    list_display = ["title", "kind", "year", "doctor"]
    list_filter = ["kind"]
    search_fields = ["title", "doctor__pinyin"]
    list_select_related = ["doctor"]
    autocomplete_fields = ["doctor"]


@admin.register(Interest)
class InterestTable(OfficeTable[Interest]):
    list_display = ["doctor", "credit_code", "what", "side", "declared_by"]
    list_filter = ["side"]
    fields = ["doctor", "credit_code", "what", "side", "declared_by"]
    keeps = ("side", "declared_by")
    form = InterestForm
    search_fields = ["doctor__pinyin", "credit_code"]
    list_select_related = ["doctor", "declared_by"]
    autocomplete_fields = ["doctor"]

    def save_model(self, request: HttpRequest, obj: Interest, form: ModelForm[Interest], change: bool) -> None:
        obj.declared_by = obj.declared_by or person(request)
        super().save_model(request, obj, form, change)
