"""What `identity` contributes: the list of invitations in the office's menu, its tables, and pages about an account."""

from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, District, Office, User
from identity.admin import (
    AccountLinkTable,
    DistrictTable,
    InvitationTable,
    OfficeOffices,
    TokenTable,
    UserTable,
)
from identity.models import AccountLink, Invitation
from identity.office import second_factor_reset
from identity.pages.staff import account_invite
from identity.unlocking import user_unlock
from ui.contributions import Entry, Screen, Table

menu = [
    Entry(User.Role.OFFICE, _("Invitations"), "invitation_list", "send", 59, shows=Invitation, verb="list"),
]
screens = [
    Screen("accounts/<key:pk>/invite/", account_invite, "account_invite"),
    Screen("people/<key:pk>/second-factor/", second_factor_reset, "second_factor_reset"),
    Screen("unlock/<key:pk>/", user_unlock, "user_unlock"),
]
tables = [
    Table(User, UserTable, 70),
    Table(Office, OfficeOffices, 71),
    Table(District, DistrictTable, 72, technical=True),
    Table(ApiToken, TokenTable, 73, technical=True),
    Table(Invitation, InvitationTable, 74, technical=True),
    Table(AccountLink, AccountLinkTable, 75, technical=True),
]
