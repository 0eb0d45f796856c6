"""History tables say their names, so that they stay when a model moves to another app; they are what they were."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('enterprises', '0003_what_a_need_asks'),
    ]

    operations = [
        migrations.AlterModelTable(
            name='enterpriseevent',
            table='enterprises_enterpriseevent',
        ),
        migrations.AlterModelTable(
            name='hostevent',
            table='enterprises_hostevent',
        ),
        migrations.AlterModelTable(
            name='needevent',
            table='enterprises_needevent',
        ),
        migrations.AlterModelTable(
            name='qualificationevent',
            table='enterprises_qualificationevent',
        ),
        migrations.AlterModelTable(
            name='surveyevent',
            table='enterprises_surveyevent',
        ),
        migrations.AlterModelTable(
            name='visitsheetevent',
            table='enterprises_visitsheetevent',
        ),
    ]
