"""The office's table of accounts."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duties import FIELDS, Duty
from accounts.models import User
from core.approvals import propose, row_of
from core.permissions import may
from identity import actions, asking
from identity.account_bodies import bodies_of
from identity.invited_accounts import enter_staff
from identity.pages.new_password import new_password
from identity.power_pages import to_proposal
from identity.powers.accounts import CHANGE_ACCOUNT, changed_powers
from identity.second_factor.required import kinds_of
from identity.staff_forms import AsksWhy, RoleCheck, StaffForm
from ui.forms import MaskingForm
from ui.office_table import OfficeTable, Typed, person

# Accounts of people who act for a body are made on the page of the body.
ELSEWHERE = gettext_lazy(
    "Only office staff and programs are entered here. Doctors, people of enterprises and liaison people are invited"
    " from their own pages, so that each account acts for somebody."
)


class OfficeUserForm(RoleCheck, AsksWhy, MaskingForm):
    """The form of an account; the password is set on a page of its own."""

    class Meta:
        model = User
        fields = [
            "name", "username", "phone", "email", "role", "office", "operates", "administers", "audits", "is_active",
        ]  # fmt: skip
        labels: ClassVar[dict[str, Any]] = {
            "username": gettext_lazy("User name for signing in"),
            "is_active": gettext_lazy("May sign in"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "username": gettext_lazy("Letters, digits and @ . - _; it is typed when signing in."),
            "role": gettext_lazy("One account has one role; for a second task give the person a second account."),
            "office": gettext_lazy("Only for office staff and programs: the office or department they work for."),
            "is_active": gettext_lazy("Whoever leaves is no longer let in; the account and its history stay."),
        }


class UserTable(OfficeTable[User], UserAdmin[User]):
    list_display = ["name", "username", "role", "office", "duty_words", "is_active", "last_login"]
    list_filter = ["role", "is_active", "office", "operates", "administers", "audits"]
    search_fields = ["username", "pinyin"]
    list_select_related = ["office"]
    form = OfficeUserForm
    add_form = StaffForm
    ordering = ["pinyin", "pk"]
    filter_horizontal = []
    autocomplete_fields = ["office"]
    fieldsets = [
        (gettext_lazy("Person"), {"fields": [("name", "phone"), "email"]}),
        (gettext_lazy("Task"), {"fields": [("role", "office"), "body"]}),
        (gettext_lazy("Duties in the city's office"), {"fields": [("operates", "administers", "audits"), "reason"]}),
        (
            gettext_lazy("Access"),
            {"fields": ["username", "is_active", ("last_login", "password_set"), "second_factor_changed_at"]},
        ),
    ]
    readonly_fields = ["body", "last_login", "password_set", "second_factor_changed_at"]
    masks = ("phone",)
    add_fieldsets = [
        (None, {"description": ELSEWHERE, "fields": ["account_person", ("role", "office")]}),
        (gettext_lazy("Duties in the city's office"), {"fields": [("operates", "administers", "audits"), "reason"]}),
        (
            gettext_lazy("Account"),
            {"fields": [("account_phone", "account_mail"), "account_way", "account_name"]},
        ),
    ]

    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_account, "delete": actions.remove_account}

    def row_tools(self, request: HttpRequest, obj: User) -> list[dict[str, str]]:
        """The links to the pages about the account: an invitation, its password, its delays, a lost second factor."""
        pages = [("change", "auth_user_password_change", _("New password"))]
        pages += [("unlock", "user_unlock", _("Clear sign-in delays"))]
        if not obj.has_usable_password():
            pages.insert(0, ("invite", "account_invite", _("Invite")))
        if kinds_of(obj):
            pages += [("change", "second_factor_reset", _("Remove the second factor"))]
        return [
            {"url": reverse(f"admin:{name}", args=[obj.pk]), "label": label}
            for verb, name, label in pages
            if may(person(request), verb, obj)
        ]

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        """A new account is most often for a colleague in one's own office."""
        return {"office": person(request).office_id, **super().get_changeform_initial_data(request)}

    @admin.display(description=gettext_lazy("acts for"))
    def body(self, user: User) -> str:
        """The enterprise or university that this account acts for."""
        return "、".join(str(body) for body in bodies_of(user))

    @admin.display(description=User._meta.get_field("password_changed_at").verbose_name)
    def password_set(self, user: User) -> Any:
        """When the password in force was set; None for who was invited, or whose password was taken away."""
        return user.password_changed_at if user.has_usable_password() else None

    @admin.display(description=gettext_lazy("duties"))
    def duty_words(self, user: User) -> str:
        return user.duty_words or "—"

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> User:
        """Make the account of a program; propose that of office staff, which is made where one person decides alone."""
        account, facts = form.account(), typed.facts
        if facts["role"] != User.Role.OFFICE:
            return enter_staff(**typed.act, role=facts["role"], office=facts["office"], account=account)
        duties = [duty for duty, field in FIELDS.items() if facts.get(field)] or [Duty.OPERATOR]
        reason = form.cleaned_data["reason"]
        proposal = asking.ask_for_account(account, **typed.act, reason=reason, office=facts["office"], duties=duties)
        row: Any = row_of(proposal) or form.instance
        row.proposal = proposal
        return cast(User, row)

    def change(self, form: Any, typed: Typed, **more: Any) -> None:
        """Write what one administrator may; what decides the powers of an office's account is proposed."""
        asked = changed_powers(User.objects.get(pk=form.instance.pk), typed.facts)
        if asked is None:
            super().change(form, typed, **more)
            return
        rest = {name: value for name, value in typed.facts.items() if name not in asked}
        user = actions.edit_account(form.instance, **typed.act, facts=rest, **more)
        reason = asking.why(typed.by, form.cleaned_data["reason"])
        form.instance.proposal = propose(CHANGE_ACCOUNT, **typed.act, reason=reason, about=user, **asked)

    def response_add(self, request: HttpRequest, obj: User, *args: Any, **kwargs: Any) -> HttpResponse:
        return to_proposal(request, obj) or super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: User) -> HttpResponse:
        return to_proposal(request, obj) or super().response_change(request, obj)

    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page that makes a new password and shows it once; nobody types that of another."""
        user = self.get_object(request, unquote(str(kwargs.get("id", args[0] if args else ""))))
        if user is None:
            raise Http404
        return new_password(request, user)
