from django.db import migrations


class Migration(migrations.Migration):
    """An index of the contexts of the history by the account that acted, for the time line of an account.

    The table has a row for each action since the first release; it is written to while the index is made. What an
    attempt left that was broken off is dropped first.
    """

    atomic = False
    dependencies = [
        ("core", "0010_ledger_tallies"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS history_by_account", migrations.RunSQL.noop),
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY history_by_account ON pghistory_context ((metadata -> 'by'), created_at DESC)",
            "DROP INDEX CONCURRENTLY IF EXISTS history_by_account",
        ),
    ]
