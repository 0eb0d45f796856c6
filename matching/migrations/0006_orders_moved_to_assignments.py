"""`matching` lets go of the tables that `assignments` has taken; nothing happens in the database."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.recorder import MigrationRecorder

MOVED = ("Project", "Dispatch", "Assignment", "OrderChoice", "Order")
TRACKED = ("Project", "Dispatch", "Assignment", "Order")


def say_that_the_move_is_done(apps, schema_editor):
    """The squashed migration of `assignments` counts as applied from here on (bin/lib/squash.py, CAME_FROM)."""
    MigrationRecorder(schema_editor.connection).record_applied("assignments", "moved_from_matching")


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0001_moved_from_matching"),
        ("matching", "0004_strength_of_a_planned_pair"),
        ("matching", "0005_triggers_of_orders_go"),
        ("service", "0003_assignments_moved"),
    ]

    operations = [
        migrations.AlterField(
            model_name="planline",
            name="order",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="plan_lines",
                to="assignments.order",
                verbose_name="order placed from it",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                *(migrations.DeleteModel(f"{name}Event") for name in TRACKED),
                migrations.RemoveField("order", "doctors"),
                *(migrations.DeleteModel(name) for name in MOVED),
            ]
        ),
        migrations.RunPython(say_that_the_move_is_done, migrations.RunPython.noop, elidable=True),
    ]
