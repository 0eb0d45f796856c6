"""Names and words that are there already are folded, and imported needs are known by the folding of today.

Their history does not take note: nothing that anybody wrote changes.
"""

import hashlib
import re
import unicodedata

import pgtrigger
from django.db import migrations

from officedata.pinyin import pinyin_of
from officedata.text import fold

CHUNK = 1000
LONGEST_TITLE = 1000
SIGNS = re.compile(r"[\W_]+")


def fold_enterprises(apps, schema_editor):
    Enterprise = apps.get_model("enterprises", "Enterprise")
    rows = list(Enterprise.objects.only("name"))
    for row in rows:
        row.pinyin = pinyin_of(row.name)
    with pgtrigger.ignore("enterprises.Enterprise:update_update"):
        Enterprise.objects.bulk_update(rows, ["pinyin"], batch_size=CHUNK)


def fold_needs(apps, schema_editor):
    Need = apps.get_model("enterprises", "Need")
    keys = list(Need.objects.order_by("pk").values_list("pk", flat=True))
    taken = set(Need.objects.exclude(source_key=None).values_list("source_key", flat=True))
    with pgtrigger.ignore("enterprises.Need:update_update"):
        for start in range(0, len(keys), CHUNK):
            rows = list(Need.objects.filter(pk__in=keys[start : start + CHUNK]).select_related("enterprise"))
            for row in rows:
                row.folded_title = fold(row.title)[:LONGEST_TITLE]
                row.folded_words = f"{fold(row.problem)}\n{fold(row.keywords)}"
                _know_again(row, taken)
            Need.objects.bulk_update(rows, ["folded_title", "folded_words", "source_key"])


def _know_again(row, taken):
    """The key of an imported row that says what it said then; another that has the new key already keeps it."""
    texts = (row.enterprise.name, row.title, row.problem)
    new = _key(map(fold, texts))
    if row.source_key and new not in taken and row.source_key == _key(map(_fold_of_before, texts)):
        row.source_key = new
        taken.add(new)


def _key(texts):
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()


def _fold_of_before(text):
    return SIGNS.sub("", unicodedata.normalize("NFKC", text)).lower()


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0006_folded")]
    operations = [
        migrations.RunPython(fold_enterprises, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(fold_needs, migrations.RunPython.noop, elidable=True),
    ]
