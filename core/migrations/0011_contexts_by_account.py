from django.db import migrations


class Migration(migrations.Migration):
    """An index of the contexts of the history by the account that acted, for the time line of an account."""

    dependencies = [
        ("core", "0010_ledger_tallies"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX history_by_account ON pghistory_context ((metadata -> 'by'), created_at DESC)",
            "DROP INDEX history_by_account",
        ),
    ]
