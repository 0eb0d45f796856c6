"""History tables say their names, so that they stay when a model moves to another app; they are what they were."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('service', '0003_assignments_moved'),
    ]

    operations = [
        migrations.AlterModelTable(
            name='monthlycheckevent',
            table='service_monthlycheckevent',
        ),
        migrations.AlterModelTable(
            name='outcomeevent',
            table='service_outcomeevent',
        ),
        migrations.AlterModelTable(
            name='visitevent',
            table='service_visitevent',
        ),
        migrations.AlterModelTable(
            name='waiverevent',
            table='service_waiverevent',
        ),
    ]
