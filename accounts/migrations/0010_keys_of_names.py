"""Accounts that are there get the key of their name; their history does not take note.

Where names look alike, the first account has the key. The others keep their names too, because people sign in with
them: the key of each is marked by "#" and the number of its row, so that it is unique.
"""

import pgtrigger
from django.db import migrations

from accounts.names import look_of


def give_keys(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    taken = set()
    rows = list(User.objects.only("username").order_by("pk"))
    for row in rows:
        key = look_of(row.username)
        row.name_key = key if key and key not in taken else f"{key}#{row.pk}"
        taken.add(key)
    with pgtrigger.ignore("accounts.User:update_update"):
        User.objects.bulk_update(rows, ["name_key"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_name_keys")]
    operations = [migrations.RunPython(give_keys, migrations.RunPython.noop, elidable=True)]
