import pgtrigger
from django.db import migrations, models


def into_the_language(apps, schema_editor):
    """Lists of qualifications become rules on the act `host`, which say the same. History stays."""
    Batch = apps.get_model("programmes", "Batch")
    with pgtrigger.ignore("programmes.Batch:update_update"):
        for batch in Batch.objects.order_by("pk"):
            rows = batch.eligibility
            if isinstance(rows, list) and all(isinstance(each, dict) for each in rows):
                batch.eligibility = {"rules": [rule(rows)] if rows else []}
                batch.save(update_fields=["eligibility"])


def rule(rows):
    return {"id": "eligible", "of": {"action": "host"}, "measure": {"held": rows}, "must": {"least": 1}}


ELIGIBILITY = models.JSONField(default=dict, verbose_name="eligibility of hosts")


class Migration(migrations.Migration):
    dependencies = [("programmes", "0004_rules_written_and_pinned")]
    operations = [
        migrations.AlterField("batch", "eligibility", ELIGIBILITY),
        migrations.AlterField("batchevent", "eligibility", ELIGIBILITY),
        migrations.RunPython(into_the_language, migrations.RunPython.noop, elidable=True),
    ]
