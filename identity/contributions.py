"""What `identity` contributes: the office's tables of accounts, offices, districts and tokens, and pages about one."""

from accounts.models import ApiToken, District, Office, User
from identity.admin import DistrictTable, OfficeOffices, TokenTable, UserTable
from identity.office import second_factor_reset
from identity.unlocking import user_unlock
from ui.contributions import Screen, Table

screens = [
    Screen("people/<key:pk>/second-factor/", second_factor_reset, "second_factor_reset"),
    Screen("unlock/<key:pk>/", user_unlock, "user_unlock"),
]
tables = [
    Table(User, UserTable, 70),
    Table(Office, OfficeOffices, 71),
    Table(District, DistrictTable, 72, technical=True),
    Table(ApiToken, TokenTable, 73, technical=True),
]
