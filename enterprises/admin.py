"""Enterprises, their people and qualifications, surveys and hosts in the admin. Needs are in `matching.admin`."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.permissions import may
from enterprises import actions, inviting
from enterprises.models import Enterprise, Host, Member, Need, Qualification, Survey, VisitSheet
from enterprises.office.enterprise_form import enterprise_page
from enterprises.office.sheet_form import sheet_page
from enterprises.wording import verdict_lines
from identity.forms import ACCOUNT_FIELDS, AccountForm
from identity.pages.handing_over import GivesAccess
from ui.office_table import (
    MonthFilter,
    OfficeTable,
    PortalForms,
    RecordInline,
    RecordTable,
    Typed,
    count_of,
    masked_column,
    person,
)


class QualificationRows(RecordInline):
    model = Qualification
    fields = ["kind", "level", "certificate", "valid_from", "valid_until"]


class MemberRows(RecordInline):
    model = Member
    added_by = "enterprise"
    fields = ["user"]
    verbose_name_plural = gettext_lazy("people who act for it")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return cast("QuerySet[Member]", super().get_queryset(request).select_related("user", "enterprise"))


class EnterpriseTable(PortalForms[Enterprise]):
    list_display = ["name", "credit_code", "district", "enterprise_class", "industry_words", "size", "need_count"]
    list_filter = ["enterprise_class", "size", "district", "department"]
    search_fields = ["pinyin", "credit_code"]
    list_select_related = ["district"]
    form_page = enterprise_page
    # The fields shown to those who may not change the row.
    fields = [
        "name", "credit_code", "district", "department", "industry", "enterprise_class", "size", "products",
        "contact_name", "contact_phone",
    ]  # fmt: skip
    masks = ("contact_phone",)
    masked_contact_phone = masked_column("contact_phone", gettext_lazy("contact phone"))
    readonly_fields = ["masked_contact_phone"]
    inlines = [QualificationRows, MemberRows]
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_enterprise}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enterprise]:
        return super().get_queryset(request).annotate(needs_posted=count_of(Need.objects.all(), "enterprise"))

    @admin.display(description=gettext_lazy("industry"), ordering="industry")
    def industry_words(self, enterprise: Enterprise) -> str:
        return enterprise.industry_name

    @admin.display(description=gettext_lazy("Needs"), ordering="needs_posted")
    def need_count(self, enterprise: Any) -> str:
        url = reverse("admin:enterprises_need_changelist")
        return format_html(
            '<a href="{}?enterprise={}" data-figure="{}">{}</a>',
            url, enterprise.pk, enterprise.needs_posted, enterprise.needs_posted,
        )  # fmt: skip


class QualificationTable(OfficeTable[Qualification]):
    list_display = ["enterprise", "kind", "level", "certificate", "valid_from", "valid_until"]
    list_filter = ["kind", "level"]
    search_fields = ["enterprise__pinyin", "enterprise__credit_code", "certificate"]
    list_select_related = ["enterprise"]
    autocomplete_fields = ["enterprise"]
    fixed = ("enterprise",)
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_qualification}

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Qualification:
        return actions.enter_qualification(typed.facts.pop("enterprise"), facts=typed.facts, **typed.act)


class MemberForm(AccountForm):
    role = User.Role.ENTERPRISE

    class Meta:
        model = Member
        fields = ["enterprise"]


class MemberTable(GivesAccess[Member]):
    """Adding someone makes his account too: one account acts for one enterprise."""

    list_display = ["user", "username", "enterprise"]
    search_fields = ["user__pinyin", "user__username", "enterprise__pinyin"]
    list_select_related = ["user", "enterprise"]
    autocomplete_fields = ["enterprise"]
    form = MemberForm
    acts: ClassVar[dict[str, str]] = {"invite": "invite"}
    actions = ["invite"]

    def has_change_permission(self, request: HttpRequest, obj: Member | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Member | None = None) -> Any:
        return ["enterprise", "user"] if obj else ["enterprise", *ACCOUNT_FIELDS]

    @admin.display(description=gettext_lazy("user name"), ordering="user__username")
    def username(self, member: Member) -> str:
        return member.user.username

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Member:
        account = form.account()
        member = actions.appoint_member(typed.facts["enterprise"], account=account, **typed.act)
        member.account = account  # type: ignore[attr-defined]
        return member

    def row_tools(self, request: HttpRequest, obj: Member) -> list[dict[str, str]]:
        """The link to the page on which somebody who cannot sign in is invited."""
        if obj.user.has_usable_password() or not may(person(request), "invite", obj):
            return []
        return [{"url": reverse("member_invite", args=[obj.pk]), "label": _("Invite")}]

    @admin.action(description=gettext_lazy("Invite the chosen"))
    def invite(self, request: HttpRequest, members: QuerySet[Member]) -> HttpResponse:
        return inviting.invite_members(request, members)


class SurveyTable(OfficeTable[Survey]):
    list_display = ["name", "programme", "batch", "starts_on", "ends_on", "coverage"]
    list_filter = ["programme"]
    search_fields = ["name"]
    list_select_related = ["programme", "batch"]
    autocomplete_fields = ["programme", "batch"]
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_survey}

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Survey:
        return actions.plan_survey(**typed.facts, by=typed.by)

    def has_change_permission(self, request: HttpRequest, obj: Survey | None = None) -> bool:
        return self.has_add_permission(request)

    @admin.display(description=gettext_lazy("coverage"))
    def coverage(self, survey: Survey) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:survey_coverage", args=[survey.pk]), _("Show the coverage")
        )


class VisitSheetTable(PortalForms[VisitSheet]):
    """A sheet is planned here and filled on its own page; a filled one is only read."""

    list_display = ["enterprise", "survey", "department", "visited_on", "people", "found"]
    list_filter = ["survey", ("visited_on", admin.EmptyFieldListFilter), "department", ("visited_on", MonthFilter)]
    search_fields = ["enterprise__pinyin", "enterprise__credit_code", "people"]
    list_select_related = ["enterprise", "survey", "department"]
    form_page = sheet_page

    def get_queryset(self, request: HttpRequest) -> QuerySet[VisitSheet]:
        return (
            super()
            .get_queryset(request)
            .annotate(needs_found=count_of(VisitSheet.needs.through.objects.all(), "visitsheet"))
        )

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Redirect to the page of the sheet, which checks what the person may do."""
        sheet = self.get_object(request, unquote(object_id)) if object_id is not None else None
        return (
            redirect("admin:sheet_fill", sheet.pk)
            if sheet is not None
            else super().changeform_view(request, object_id, form_url, extra_context)
        )

    def has_change_permission(self, request: HttpRequest, obj: VisitSheet | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("needs found"), ordering="needs_found")
    def found(self, sheet: Any) -> int | None:
        return sheet.needs_found if sheet.visited_on else None


class HostTable(RecordTable[Host]):
    """The table of hosts; they are chosen on the page of the batch."""

    list_display = ["enterprise", "batch", "enterprise_class", "district", "eligible", "chosen_by", "chosen_at"]
    list_filter = ["batch", "enterprise_class", "eligible"]
    links = ("enterprise__district",)
    search_fields = ["enterprise__pinyin", "enterprise__credit_code"]
    list_select_related = ["enterprise__district", "batch", "chosen_by"]
    fields = [
        "batch", "enterprise", "enterprise_class", "eligible", "verdict_words", "override_reason", "chosen_by",
        "chosen_at",
    ]  # fmt: skip
    readonly_fields = ["verdict_words"]

    @admin.display(description=gettext_lazy("district"), ordering="enterprise__district")
    def district(self, host: Host) -> str:
        return str(host.enterprise.district)

    @admin.display(description=gettext_lazy("verdict"))
    def verdict_words(self, host: Host) -> str:
        return format_html_join("", "{}<br>", ((line,) for line in verdict_lines(host.verdict)))
