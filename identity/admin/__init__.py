"""The office's tables of accounts and of what belongs to them."""

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group

from identity.admin.accounts import UserTable
from identity.admin.places import DistrictTable, OfficeOffices
from identity.admin.records import AccountLinkTable, InvitationTable
from identity.admin.tokens import TokenTable

__all__ = ["AccountLinkTable", "DistrictTable", "InvitationTable", "OfficeOffices", "TokenTable", "UserTable"]

admin.site.unregister(Group)
# The office does not see where somebody is signed in, nor anybody's second factors.
for label in ("account", "mfa", "socialaccount", "usersessions"):
    admin.site.unregister([each for each in apps.get_app_config(label).get_models() if admin.site.is_registered(each)])
