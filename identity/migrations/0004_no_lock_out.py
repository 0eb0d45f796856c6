"""The tables of the lock-out that delays replace go; sign-ins and failures in them become entries of the ledger.

The Cybersecurity Law demands that such records are kept for six months. The ledger dates an entry by its own clock, so
the moment of the sign-in is the fact `at`. Both steps are one migration: no row is in neither place.
"""

from functools import cache

from django.db import migrations

from core.clients import device_of
from identity.known_devices import key_of

TABLES = ["axes_accessattemptexpiration", "axes_accessattempt", "axes_accessfailurelog", "axes_accesslog"]
DROP = [f"DROP TABLE IF EXISTS {table}" for table in TABLES] + [
    "DELETE FROM django_migrations WHERE app = 'axes'",
    "DELETE FROM auth_permission USING django_content_type"
    " WHERE content_type_id = django_content_type.id AND app_label = 'axes'",
    "DELETE FROM django_content_type WHERE app_label = 'axes'",
]
FACTS = "coalesce(username, ''), coalesce(host(ip_address), ''), user_agent, path_info"
SIGN_INS = f"""
    SELECT 'sign_in_failed' AS kind, attempt_time AS at, {FACTS} FROM axes_accessfailurelog
    UNION ALL SELECT 'signed_in', attempt_time, {FACTS} FROM axes_accesslog
    UNION ALL SELECT 'signed_out', logout_time, {FACTS} FROM axes_accesslog WHERE logout_time IS NOT NULL
    ORDER BY at, kind
"""
BATCH = 1000


def keep_sign_ins(apps, schema_editor):
    """Write an entry of the ledger for each sign-in, sign-out and failure that an earlier release kept."""
    connection = schema_editor.connection
    if "axes_accesslog" not in connection.introspection.table_names():
        return
    Entry, User = apps.get_model("core", "LedgerEntry"), apps.get_model("accounts", "User")
    people = {user.username: user for user in User.objects.only("username", "name", "role")}
    device = cache(device_of)
    with connection.cursor() as cursor:
        cursor.execute(SIGN_INS)
        while rows := cursor.fetchmany(BATCH):
            Entry.objects.bulk_create(
                [
                    Entry(kind=kind, address=address, device=device(agent)[:60], path=path[:200],
                          **who(kind, at, name, people.get(name)))
                    for kind, at, name, address, agent, path in rows
                ]
            )  # fmt: skip


def who(kind, at, name, user):
    """The account of an entry; of a failure the account that was tried, or the digest of a name that nobody has."""
    facts = {"at": at.isoformat(timespec="seconds")}
    if kind == "sign_in_failed":
        about = {"about_label": "accounts.user", "about_key": str(user.pk)} if user else {}
        return {"facts": facts | {"name": key_of(name), "known": user is not None}, **about}
    if user is None:  # an account that was removed since
        return {"facts": facts | {"name": key_of(name)}}
    return {"facts": facts, "who": user.pk, "who_name": (user.name or user.username)[:60], "who_role": user.role}


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0003_try_counts"),
        ("core", "0009_ledger"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunPython(keep_sign_ins, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(DROP, migrations.RunSQL.noop, elidable=True),
    ]
