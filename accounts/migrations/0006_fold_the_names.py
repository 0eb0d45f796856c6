"""Names that are there already get the key by which they are found now; their history does not take note."""

import pgtrigger
from django.db import migrations

from officedata.pinyin import pinyin_of


def fold_names(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    rows = list(User.objects.only("name"))
    for row in rows:
        row.pinyin = pinyin_of(row.name)
    with pgtrigger.ignore("accounts.User:update_update"):
        User.objects.bulk_update(rows, ["pinyin"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_folded")]
    operations = [migrations.RunPython(fold_names, migrations.RunPython.noop, elidable=True)]
