"""Visits, checks and all else of a service point to the assignments of `assignments`; the tables are the same."""

import django.db.models.deletion
from django.db import migrations, models

PROTECT, CASCADE = django.db.models.deletion.PROTECT, django.db.models.deletion.CASCADE


def foreign_key(model, on_delete, related_name):
    field = models.ForeignKey(
        on_delete=on_delete, related_name=related_name, to="assignments.assignment", verbose_name="assignment"
    )
    return migrations.AlterField(model_name=model, name="assignment", field=field)


def of_history(model):
    field = models.ForeignKey(
        db_constraint=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        related_query_name="+",
        to="assignments.assignment",
        verbose_name="assignment",
    )
    return migrations.AlterField(model_name=model, name="assignment", field=field)


class Migration(migrations.Migration):
    dependencies = [("assignments", "0001_moved_from_matching"), ("service", "0002_visit_doctor")]

    operations = [
        foreign_key("visit", PROTECT, "visits"),
        foreign_key("waiver", PROTECT, "waivers"),
        foreign_key("monthlycheck", PROTECT, "checks"),
        foreign_key("reminder", CASCADE, "reminders"),
        of_history("visitevent"),
        of_history("waiverevent"),
        of_history("monthlycheckevent"),
        migrations.AlterField(
            model_name="standing",
            name="assignment",
            field=models.OneToOneField(
                on_delete=CASCADE,
                primary_key=True,
                related_name="standing",
                serialize=False,
                to="assignments.assignment",
                verbose_name="assignment",
            ),
        ),
        migrations.AlterField(
            model_name="outcome",
            name="assignments",
            field=models.ManyToManyField(
                related_name="outcomes", to="assignments.assignment", verbose_name="assignments"
            ),
        ),
    ]
