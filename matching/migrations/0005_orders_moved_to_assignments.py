"""`matching` lets go of the tables that `assignments` has taken; nothing happens in the database."""

import django.db.models.deletion
from django.db import migrations, models

MOVED = ("Project", "Dispatch", "Assignment", "OrderChoice", "Order")
TRACKED = ("Project", "Dispatch", "Assignment", "Order")


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0001_moved_from_matching"),
        ("matching", "0003_plans_feedback_and_weights"),
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
    ]
