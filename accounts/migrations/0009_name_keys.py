from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_handed_over_passwords")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="name_key",
            field=models.CharField(editable=False, max_length=224, null=True),
        )
    ]
