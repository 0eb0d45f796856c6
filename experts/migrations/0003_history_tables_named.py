"""History tables say their names, so that they stay when a model moves to another app; they are what they were."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('experts', '0002_how_far_doctors_travel'),
    ]

    operations = [
        migrations.AlterModelTable(
            name='doctorevent',
            table='experts_doctorevent',
        ),
        migrations.AlterModelTable(
            name='interestevent',
            table='experts_interestevent',
        ),
        migrations.AlterModelTable(
            name='universityevent',
            table='experts_universityevent',
        ),
        migrations.AlterModelTable(
            name='workevent',
            table='experts_workevent',
        ),
    ]
