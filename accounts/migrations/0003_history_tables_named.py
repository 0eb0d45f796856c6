"""History tables say their names, so that they stay when a model moves to another app; they are what they were."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_places_on_earth'),
    ]

    operations = [
        migrations.AlterModelTable(
            name='apitokenevent',
            table='accounts_apitokenevent',
        ),
        migrations.AlterModelTable(
            name='userevent',
            table='accounts_userevent',
        ),
    ]
