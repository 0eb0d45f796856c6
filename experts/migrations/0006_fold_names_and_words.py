"""Names and words that are there already are folded; their history does not take note."""

import pgtrigger
from django.db import migrations

from officedata.pinyin import pinyin_of
from officedata.text import fold

CHUNK = 1000


def fold_universities(apps, schema_editor):
    University = apps.get_model("experts", "University")
    rows = list(University.objects.only("name"))
    for row in rows:
        row.pinyin = pinyin_of(row.name)
    with pgtrigger.ignore("experts.University:update_update"):
        University.objects.bulk_update(rows, ["pinyin"], batch_size=CHUNK)


def fold_doctors(apps, schema_editor):
    Doctor = apps.get_model("experts", "Doctor")
    keys = list(Doctor.objects.order_by("pk").values_list("pk", flat=True))
    with pgtrigger.ignore("experts.Doctor:update_update"):
        for start in range(0, len(keys), CHUNK):
            rows = list(Doctor.objects.filter(pk__in=keys[start : start + CHUNK]))
            for row in rows:
                row.pinyin = pinyin_of(row.name)
                row.folded_words = "\n".join(map(fold, (row.directions, row.keywords, row.fields)))
            Doctor.objects.bulk_update(rows, ["pinyin", "folded_words"])


class Migration(migrations.Migration):
    dependencies = [("experts", "0005_folded_and_whose_interest")]
    operations = [
        migrations.RunPython(fold_universities, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(fold_doctors, migrations.RunPython.noop, elidable=True),
    ]
