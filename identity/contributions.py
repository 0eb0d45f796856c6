"""What `identity` contributes: the office's tables of accounts, offices, districts and tokens."""

from accounts.models import ApiToken, District, Office, User
from identity.admin import DistrictTable, OfficeOffices, TokenTable, UserTable
from ui.contributions import Table

tables = [
    Table(User, UserTable, 70),
    Table(Office, OfficeOffices, 71),
    Table(District, DistrictTable, 72, technical=True),
    Table(ApiToken, TokenTable, 73, technical=True),
]
