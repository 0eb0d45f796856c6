"""History tables say their names, so that they stay when a model moves to another app; they are what they were."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0005_orders_moved_to_assignments'),
    ]

    operations = [
        migrations.AlterModelTable(
            name='overrideevent',
            table='matching_overrideevent',
        ),
        migrations.AlterModelTable(
            name='planquotaevent',
            table='matching_planquotaevent',
        ),
    ]
