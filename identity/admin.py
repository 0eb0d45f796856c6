"""The office's tables of accounts, offices, districts and tokens."""

from copy import copy
from typing import Any, ClassVar, cast

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duties import FIELDS, Duty
from accounts.models import ApiToken, District, Office, User
from core.approvals import propose, row_of, take
from core.models import Proposal
from core.permissions import may
from identity import actions, asking
from identity.account_bodies import bodies_of
from identity.confirming import ask_first
from identity.invited_accounts import enter_staff, give_access
from identity.models import AccountLink, Invitation
from identity.power_pages import outcome
from identity.powers.accounts import CHANGE_ACCOUNT, changed_powers
from identity.powers.concerned import is_of_office
from identity.second_factor.required import kinds_of
from identity.staff_forms import AsksWhy, RoleCheck, StaffForm
from ui.forms import MaskingForm
from ui.office_table import PLACE, MonthFilter, OfficeTable, PlaceForm, RecordTable, Typed, person, status_column

admin.site.unregister(Group)
# The office does not see where somebody is signed in, nor anybody's second factors.
for label in ("account", "mfa", "socialaccount", "usersessions"):
    admin.site.unregister([each for each in apps.get_app_config(label).get_models() if admin.site.is_registered(each)])
PASSWORD_HINT = gettext_lazy("At least 10 characters, not digits alone, and not a common password.")
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


class SetsPassword(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """The form in which the city office sets the password of another user."""

    by: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HINT
        self.fields["password2"].help_text = ""

    def set_password_and_save(self, user: User, *args: Any, **kwargs: Any) -> User:
        usable = self.cleaned_data["set_usable_password"]
        password = self.cleaned_data["password1"] if usable else None
        at = timezone.now()
        if is_of_office(user):  # the page is for these where one person decides alone
            asking.ask_for_reset(user, by=self.by, at=at, reason="")
            actions.change_password(user, by=self.by, password=password)
        else:
            asking.set_password_of(user, by=self.by, at=at, password=password)
        return user


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
            {"fields": [("account_phone", "account_mail"), "account_way", "account_name", "account_password"]},
        ),
    ]

    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_account, "delete": actions.remove_account}

    def row_tools(self, request: HttpRequest, obj: User) -> list[dict[str, str]]:
        """The links to the pages about the account: an invitation, its password, its delays, a lost second factor."""
        pages = [("change", "auth_user_password_change", _("Set the password"))]
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
        """Make the account of a program; propose that of office staff, or make it where one person decides alone."""
        account, facts = form.account(), typed.facts
        if facts["role"] != User.Role.OFFICE:
            return enter_staff(**typed.act, role=facts["role"], office=facts["office"], account=account)
        duties = [duty for duty, field in FIELDS.items() if facts.get(field)] or [Duty.OPERATOR]
        reason = form.cleaned_data["reason"]
        proposal = asking.ask_for_account(account, **typed.act, reason=reason, office=facts["office"], duties=duties)
        made = row_of(proposal)
        if not isinstance(made, User):
            form.instance.proposal = proposal
            return cast(User, form.instance)
        give_access(made, account, by=typed.by, at=typed.at)
        form.say_link(request, account)
        return made

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
        """Set the password by the action; a copy of the table has the form with the user of this request.

        A new password of an office's account is proposed on a page of its own, and one's own is set elsewhere.
        """
        by, user = person(request), self.get_object(request, str(kwargs.get("id", args[0] if args else "")))
        if user is not None and user.pk == by.pk:
            return redirect("password_change")
        if user is not None and is_of_office(user) and not asking.decides_alone(by):
            return redirect("admin:reset_propose", user.pk)
        if user is not None and may(by, "change", user) and (asked := ask_first(request)) is not None:
            return asked
        table = copy(self)
        table.change_password_form = type("PasswordForm", (SetsPassword,), {"by": person(request)})
        answer: HttpResponse = super(UserTable, table).user_change_password(request, *args, **kwargs)
        return answer


def to_proposal(request: HttpRequest, row: Any) -> HttpResponse | None:
    """To the page of the proposal, where what was typed waits for a second person."""
    proposal: Proposal | None = getattr(row, "proposal", None)
    if proposal is None or proposal.status != Proposal.Status.PROPOSED:
        return None
    messages.success(request, outcome(proposal))
    return redirect(proposal)


class OfficeOffices(OfficeTable[Office]):
    list_display = ["name", "kind", "district"]
    list_filter = ["kind", "district"]
    search_fields = ["name"]
    list_select_related = ["district"]
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_office, "delete": actions.remove_office}

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Office:
        return actions.open_office(**typed.facts, by=typed.by)


class DistrictTable(OfficeTable[District]):
    list_display = ["code", "name", "tile_x", "tile_y", "latitude", "longitude"]
    search_fields = ["code", "name"]
    form = PlaceForm
    fieldsets = [(None, {"fields": ["code", "name", "tile_x", "tile_y"]}), PLACE]
    fixed = ("code",)
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_district, "delete": actions.remove_district}

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> District:
        facts = typed.facts
        tile, location = (facts["tile_x"], facts["tile_y"]), (facts["latitude"], facts["longitude"])
        known = location if None not in location else None
        return actions.enter_district(facts["code"], by=typed.by, name=facts["name"], tile=tile, place=known)


class TokenForm(AsksWhy, MaskingForm):
    """The form of a token, with the reason for it."""


class TokenTable(OfficeTable[ApiToken]):
    list_display = ["label", "prefix", "user", "scope", "created_at", "expires_on", "last_used_on", "revoked_at"]
    list_filter = ["scope", ("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["label", "prefix", "user__pinyin"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]
    form = TokenForm
    fields = ["user", "label", "scope", "expires_on", "reason", "prefix", "created_at", "last_used_on", "revoked_at"]
    keeps = ("prefix", "created_at", "last_used_on", "revoked_at")
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        """The reason stands in the proposal; a token has none."""
        return [name for name in super().get_fields(request, obj) if obj is None or name != "reason"]

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> ApiToken:
        facts = {name: typed.facts[name] for name in ("label", "scope", "expires_on")}
        reason = form.cleaned_data["reason"]
        proposal = asking.ask_for_token(typed.facts["user"], **typed.act, reason=reason, **facts)
        if proposal.status == Proposal.Status.PROPOSED:
            form.instance.proposal = proposal
            return cast(ApiToken, form.instance)
        key = take(proposal, **typed.act)
        self.message_user(request, _("The key, shown this once: %(key)s") % {"key": key})
        return ApiToken.objects.get(pk=proposal.facts["token"])

    def response_add(self, request: HttpRequest, obj: ApiToken, *args: Any, **kwargs: Any) -> HttpResponse:
        return to_proposal(request, obj) or super().response_add(request, obj, *args, **kwargs)

    @admin.action(description=gettext_lazy("Revoke the chosen tokens"))
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        for token in tokens:
            actions.revoke_token(token, by=person(request), at=timezone.now())
        self.message_user(request, _("%(count)s tokens were revoked.") % {"count": len(tokens)})


class InvitationTable(RecordTable[Invitation]):
    """All invitations; they are sent again and withdrawn on the page of invitations."""

    list_display = ["user", "shown_status", "way", "sent_at", "sent_by", "expires_at"]
    shown_status = status_column()
    list_filter = ["status", "way", ("sent_at", MonthFilter)]
    search_fields = ["user__pinyin", "user__username"]
    list_select_related = ["user", "sent_by"]
    fields = ["user", "shown_status", "way", "sent_at", "sent_by", "expires_at", "status_by", "status_at"]
    readonly_fields = ["shown_status"]


class AccountLinkTable(RecordTable[AccountLink]):
    list_display = ["first", "second", "linked_at"]
    search_fields = ["first__pinyin", "second__pinyin"]
    list_select_related = ["first", "second"]
    fields = ["first", "second", "linked_at"]
