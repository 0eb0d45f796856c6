from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0006_backups_and_epochs")]

    operations = [
        migrations.CreateModel(
            name="HistoryMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=80, unique=True, verbose_name="table")),
                ("release", models.CharField(max_length=40, verbose_name="release")),
                ("xid", models.BigIntegerField()),
                ("pgh_id", models.BigIntegerField(default=0)),
                ("bare", models.PositiveIntegerField(default=0, verbose_name="rows without an action")),
                ("since", models.DateTimeField(verbose_name="since")),
                ("found_at", models.DateTimeField(blank=True, null=True, verbose_name="last found")),
            ],
            options={
                "verbose_name": "mark in the history",
                "verbose_name_plural": "marks in the history",
                "ordering": ["table"],
            },
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sign", models.CharField(max_length=120, verbose_name="sign")),
                ("headline", models.CharField(max_length=300, verbose_name="what it is")),
                ("began_at", models.DateTimeField(verbose_name="since")),
                ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="told")),
                ("over_at", models.DateTimeField(blank=True, null=True, verbose_name="over")),
            ],
            options={
                "verbose_name": "alarm",
                "verbose_name_plural": "alarms",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("over_at", None)), fields=("sign",), name="alarm_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("over_at", None),
                            models.Q(("over_at__gte", models.F("began_at")), ("told_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="alarm_over_was_told",
                    ),
                ],
            },
        ),
    ]
