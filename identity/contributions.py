"""What `identity` contributes: menus of who manages accounts and invitations, tables, and pages about an account."""

from django.utils.translation import gettext_lazy as _

from accounts.duties import Duty
from accounts.models import ApiToken, District, Office, User
from identity import waiting
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
from identity.power_pages import powers, powers_panel, reset_propose
from identity.unlocking import user_unlock
from ui.contributions import Entry, Panel, Screen, Table, Todo

menu = [
    *(
        Entry(role, _("Who acts for us"), "colleagues", "users", 70, shows=User, verb="dismiss")
        for role in (User.Role.ENTERPRISE, User.Role.UNIVERSITY)
    ),
    Entry(Duty.ADMINISTRATOR, _("Accounts"), "admin:accounts_user_changelist", "user", 54, shows=User),
    Entry(Duty.ADMINISTRATOR, _("Tokens"), "admin:accounts_apitoken_changelist", "link", 56, shows=ApiToken),
    *(
        Entry(role, _("Invitations"), "invitation_list", "send", 59, shows=Invitation, verb="list")
        for role in (User.Role.OFFICE, Duty.ADMINISTRATOR)
    ),
]

todos = [Todo(Duty.ADMINISTRATOR, waiting.people_missing, 90)]
panels = [
    Panel(User, "identity/home_powers.html", powers_panel, 5, "main", Duty.ADMINISTRATOR),
]
screens = [
    Screen("accounts/<key:pk>/invite/", account_invite, "account_invite"),
    Screen("people/<key:pk>/second-factor/", second_factor_reset, "second_factor_reset"),
    Screen("unlock/<key:pk>/", user_unlock, "user_unlock"),
    Screen("reset/<key:pk>/", reset_propose, "reset_propose"),
    Screen("powers/", powers, "powers"),
]
tables = [
    Table(User, UserTable, 70),
    Table(Office, OfficeOffices, 71),
    Table(District, DistrictTable, 72, technical=True),
    Table(ApiToken, TokenTable, 73, technical=True),
    Table(Invitation, InvitationTable, 74, technical=True),
    Table(AccountLink, AccountLinkTable, 75, technical=True),
]
