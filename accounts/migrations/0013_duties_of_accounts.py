"""City accounts of an earlier release did everything but read a trail; their history does not take note.

Their office has joined duties until it separates them.
"""

import pgtrigger
from django.db import migrations


def keep_what_accounts_could_do(apps, schema_editor):
    offices = apps.get_model("accounts", "Office").objects.filter(kind="city")
    users = apps.get_model("accounts", "User").objects.filter(role="office", office__kind="city")
    with pgtrigger.ignore("accounts.Office:update_update", "accounts.User:update_update"):
        offices.update(duties_may_be_joined=True, joined_because="沿用上一版本的账号，职责尚未分设")
        users.update(operates=True, administers=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_duties")]
    operations = [migrations.RunPython(keep_what_accounts_could_do, migrations.RunPython.noop, elidable=True)]
