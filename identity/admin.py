"""The office's tables of accounts, offices, districts and tokens."""

from copy import copy
from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ApiToken, District, Office, User
from core.permissions import may
from identity import actions
from identity.second_factor.required import kinds_of
from ui.forms import MaskingForm
from ui.office_table import PLACE, OfficeTable, PlaceForm, Typed, person

admin.site.unregister(Group)
# The office does not see where somebody is signed in, nor anybody's second factors.
for label in ("account", "mfa", "socialaccount", "usersessions"):
    admin.site.unregister([each for each in apps.get_app_config(label).get_models() if admin.site.is_registered(each)])
PASSWORD_HINT = gettext_lazy("At least 10 characters, not digits alone, and not a common password.")
# The fields in which a member or a liaison names the body that the account acts for.
BODIES = ("enterprise", "university")


class RoleCheck:
    """Checks in a form: office staff have an office, and no other role but programs may have one."""

    def clean(self) -> Any:
        data = super().clean()  # type: ignore[misc]
        role, office = self.cleaned_data.get("role"), self.cleaned_data.get("office")  # type: ignore[attr-defined]
        if role == User.Role.OFFICE and office is None:
            self.add_error("office", _("Choose the office this person works for."))  # type: ignore[attr-defined]
        elif office is not None and role not in (User.Role.OFFICE, User.Role.PROGRAM):
            self.add_error("office", _("Only office staff and programs belong to an office."))  # type: ignore[attr-defined]
        return data


class OfficeUserForm(RoleCheck, MaskingForm):
    """The form of an account; the password is set on a page of its own."""

    class Meta:
        model = User
        fields = ["name", "username", "phone", "email", "role", "office", "is_active"]
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


class OfficeUserAddForm(RoleCheck, AdminUserCreationForm[User]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("username", "role", "office"):
            self.fields[name].help_text = OfficeUserForm.Meta.help_texts[name]
        self.fields["username"].label = OfficeUserForm.Meta.labels["username"]
        self.fields["password1"].label = _("First password")
        self.fields["password1"].help_text = PASSWORD_HINT
        self.fields["password2"].help_text = ""
        for name in ("password1", "password2"):
            self.fields[name].required = True
        self.fields["username"].widget.attrs.pop("autofocus", None)

    def set_password_and_save(self, user: User, *args: Any, **kwargs: Any) -> User:
        """Do nothing: the action sets the password, and hashing it here too would take another tenth of a second."""
        return user


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
        actions.change_password(user, by=self.by, password=password)
        return user


class UserTable(OfficeTable[User], UserAdmin[User]):
    list_display = ["name", "username", "role", "office", "is_active", "last_login"]
    list_filter = ["role", "is_active", "office"]
    search_fields = ["username", "pinyin"]
    list_select_related = ["office"]
    form = OfficeUserForm
    add_form = OfficeUserAddForm
    ordering = ["pinyin", "pk"]
    filter_horizontal = []
    autocomplete_fields = ["office"]
    fieldsets = [
        (gettext_lazy("Person"), {"fields": [("name", "phone"), "email"]}),
        (gettext_lazy("Task"), {"fields": [("role", "office"), "body"]}),
        (
            gettext_lazy("Access"),
            {"fields": ["username", "is_active", ("last_login", "password_changed_at"), "second_factor_changed_at"]},
        ),
    ]
    readonly_fields = ["body", "last_login", "password_changed_at", "second_factor_changed_at"]
    masks = ("phone",)
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["name", "role", "office", "username", "password1", "password2"]})
    ]

    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_account, "delete": actions.remove_account}

    def row_tools(self, request: HttpRequest, obj: User) -> list[dict[str, str]]:
        """The links to the pages about the account: its password, its delays, a lost second factor."""
        pages = [("change", "auth_user_password_change", _("Set the password"))]
        pages += [("unlock", "user_unlock", _("Clear sign-in delays"))]
        if kinds_of(obj):
            pages += [("change", "second_factor_reset", _("Remove the second factor"))]
        return [
            {"url": reverse(f"admin:{name}", args=[obj.pk]), "label": label}
            for verb, name, label in pages
            if may(person(request), verb, obj)
        ]

    @admin.display(description=gettext_lazy("acts for"))
    def body(self, user: User) -> str:
        """The enterprise or university that this account acts for."""
        links = (relation for relation in user._meta.related_objects if relation.one_to_one)
        people = (getattr(user, link.get_accessor_name() or "", None) for link in links)
        named = (getattr(person, name, None) for person in people for name in BODIES)
        return "、".join(str(body) for body in named if body is not None)

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> User:
        names = ("username", "name", "role", "office")
        password = form.cleaned_data["password1"] or None
        return actions.create_account(**{name: typed.facts[name] for name in names}, by=typed.by, password=password)

    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Set the password by the action; a copy of the table has the form with the user of this request."""
        table = copy(self)
        table.change_password_form = type("PasswordForm", (SetsPassword,), {"by": person(request)})
        answer: HttpResponse = super(UserTable, table).user_change_password(request, *args, **kwargs)
        return answer


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


class TokenTable(OfficeTable[ApiToken]):
    list_display = ["label", "prefix", "user", "scope", "created_at", "expires_on", "last_used_on", "revoked_at"]
    list_filter = ["scope", ("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["label", "prefix", "user__pinyin"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]
    fields = ["user", "label", "scope", "expires_on", "prefix", "created_at", "last_used_on", "revoked_at"]
    keeps = ("prefix", "created_at", "last_used_on", "revoked_at")
    actions = ["revoke"]

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> ApiToken:
        token, key = actions.issue_token(typed.facts.pop("user"), by=typed.by, **typed.facts)
        self.message_user(request, _("The key, shown this once: %(key)s") % {"key": key})
        return token

    @admin.action(description=gettext_lazy("Revoke the chosen tokens"))
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        for token in tokens:
            actions.revoke_token(token, by=person(request), at=timezone.now())
        self.message_user(request, _("%(count)s tokens were revoked.") % {"count": len(tokens)})
