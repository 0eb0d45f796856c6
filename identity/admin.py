"""The office's tables of people and access."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ApiToken, District, Office, User
from identity.actions import issue_token, revoke_token
from ui.forms import MaskingForm
from ui.office_table import PLACE, OfficeTable, PlaceForm, person

admin.site.unregister(Group)


class RoleCheck:
    """Office staff belong to an office, and only they (and programs) do."""

    def clean(self) -> Any:
        data = super().clean()  # type: ignore[misc]
        role, office = self.cleaned_data.get("role"), self.cleaned_data.get("office")  # type: ignore[attr-defined]
        if role == User.Role.OFFICE and office is None:
            self.add_error("office", _("Choose the office this person works for."))  # type: ignore[attr-defined]
        elif office is not None and role not in (User.Role.OFFICE, User.Role.PROGRAM):
            self.add_error("office", _("Only office staff and programs belong to an office."))  # type: ignore[attr-defined]
        return data


class OfficeUserForm(RoleCheck, MaskingForm, UserChangeForm[User]):
    pass


class OfficeUserAddForm(RoleCheck, AdminUserCreationForm[User]):
    pass


@admin.register(User)
class UserTable(OfficeTable[User], UserAdmin[User]):
    list_display = ["username", "name", "role", "office", "is_active", "last_login"]
    list_filter = ["role", "is_active", "office"]
    search_fields = ["username", "pinyin"]
    list_select_related = ["office"]
    form = OfficeUserForm
    add_form = OfficeUserAddForm
    ordering = ["pinyin", "pk"]
    filter_horizontal = []
    autocomplete_fields = ["office"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (gettext_lazy("Person"), {"fields": ["name", "phone", "email", "role", "office"]}),
        (gettext_lazy("Access"), {"fields": ["is_active"]}),
    ]
    masks = ("phone",)
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "name", "role", "office", "password1", "password2"]})
    ]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """The role alone decides who enters the office's site."""
        obj.is_staff = obj.role == User.Role.OFFICE
        super().save_model(request, obj, form, change)


@admin.register(Office)
class OfficeOffices(OfficeTable[Office]):
    list_display = ["name", "kind", "district"]
    list_filter = ["kind", "district"]
    search_fields = ["name"]
    list_select_related = ["district"]


@admin.register(District)
class DistrictTable(OfficeTable[District]):
    list_display = ["code", "name", "tile_x", "tile_y", "latitude", "longitude"]
    search_fields = ["code", "name"]
    form = PlaceForm
    fieldsets = [(None, {"fields": ["code", "name", "tile_x", "tile_y"]}), PLACE]


@admin.register(ApiToken)
class TokenTable(OfficeTable[ApiToken]):
    list_display = ["label", "prefix", "user", "scope", "created_at", "expires_on", "last_used_on", "revoked_at"]
    list_filter = ["scope", "revoked_at"]
    search_fields = ["label", "prefix", "user__pinyin"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]
    fields = ["user", "label", "scope", "expires_on", "prefix", "revoked_at"]
    keeps = ("prefix", "revoked_at")
    actions = ["revoke"]

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiToken, form: ModelForm[ApiToken], change: bool) -> None:
        token, key = issue_token(
            obj.user,
            by=person(request),
            label=obj.label,
            scope=obj.scope,
            expires_on=obj.expires_on,
        )
        obj.pk = token.pk
        self.message_user(request, _("The key, shown this once: %(key)s") % {"key": key})

    @admin.action(description=gettext_lazy("Revoke the chosen tokens"))
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        for token in tokens:
            revoke_token(token, by=person(request), at=timezone.now())
        self.message_user(request, _("%(count)s tokens were revoked.") % {"count": len(tokens)})
