from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_keys_of_names")]
    operations = [
        migrations.AlterField(
            model_name="user",
            name="name_key",
            field=models.CharField(editable=False, max_length=224, unique=True),
        )
    ]
