"""History tables say their names, so that they stay when a model moves to another app; they are what they were."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelTable(
            name='batchevent',
            table='programmes_batchevent',
        ),
        migrations.AlterModelTable(
            name='programmeevent',
            table='programmes_programmeevent',
        ),
        migrations.AlterModelTable(
            name='rulesetevent',
            table='programmes_rulesetevent',
        ),
    ]
