from django.db import migrations, models

from officedata.personal import personal_marks

TEXTS = ("title", "problem", "target", "basis", "keywords", "field")
BATCH = 1000


def look(apps, schema_editor):
    """Compute the field for the needs that are stored: those with personal numbers are no longer public."""
    needs = apps.get_model("enterprises", "Need").objects
    last = 0
    while rows := list(needs.filter(pk__gt=last).order_by("pk").only("pk", *TEXTS)[:BATCH]):
        found = [row.pk for row in rows if any(personal_marks(getattr(row, name)) for name in TEXTS)]
        needs.filter(pk__in=found).update(has_personal_numbers=True)
        last = rows[-1].pk


class Migration(migrations.Migration):

    dependencies = [("enterprises", "0008_fields_say_what_they_ask")]

    operations = [
        migrations.AddField(
            model_name="need",
            name="has_personal_numbers",
            field=models.BooleanField(default=False, editable=False, verbose_name="personal numbers in the text"),
        ),
        migrations.RunPython(look, migrations.RunPython.noop),
    ]
