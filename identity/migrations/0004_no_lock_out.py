"""The tables of the lock-out that delays replace go; what stood in them had no meaning after a quarter of an hour."""

from django.db import migrations

TABLES = ["axes_accessattemptexpiration", "axes_accessattempt", "axes_accessfailurelog", "axes_accesslog"]
DROP = [f"DROP TABLE IF EXISTS {table}" for table in TABLES] + [
    "DELETE FROM django_migrations WHERE app = 'axes'",
    "DELETE FROM auth_permission USING django_content_type"
    " WHERE content_type_id = django_content_type.id AND app_label = 'axes'",
    "DELETE FROM django_content_type WHERE app_label = 'axes'",
]


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0003_try_counts"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunSQL(DROP, migrations.RunSQL.noop, elidable=True)]
