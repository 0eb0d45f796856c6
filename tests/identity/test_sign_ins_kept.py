"""Sign-ins that an earlier release kept are entries of the ledger after an upgrade, and its tables are gone."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from core import ledger_days
from core.models import LedgerEntry
from identity.known_devices import key_of
from tests.factories import DoctorUserFactory

pytestmark = pytest.mark.usefixtures("owner")
migration = import_module("identity.migrations.0004_no_lock_out")
SAME = (
    "username varchar(255), ip_address inet, user_agent varchar(255), path_info varchar(255), attempt_time timestamptz"
)
TABLES = [
    f"CREATE TABLE axes_accesslog ({SAME}, logout_time timestamptz)",
    f"CREATE TABLE axes_accessfailurelog ({SAME}, locked_out boolean)",
]
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/124.0 Safari/537.36"
IN = f"VALUES ('gao', '203.0.113.7', '{CHROME}', '/login/', '2026-01-05 09:00+08', '2026-01-05 17:00+08')"
FAILED = "'203.0.113.7', 'curl', '/login/', '2026-01-05 08:59+08', false"


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def keep() -> None:
    migration.keep_sign_ins(apps, SimpleNamespace(connection=connection))


def test_sign_ins_of_an_earlier_release_are_entries_with_their_moment() -> None:
    gao = DoctorUserFactory(username="gao", name="高工")
    run(*TABLES, f"INSERT INTO axes_accesslog {IN}")
    run(*(f"INSERT INTO axes_accessfailurelog VALUES ('{name}', {FAILED})" for name in ("gao", "nobody")))
    keep()
    failed = {"at": "2026-01-05T00:59:00+00:00"}
    found = [(row.kind, row.who, row.about_key, row.facts) for row in LedgerEntry.objects.order_by("id")]
    assert sorted(found[:2], key=str) == sorted(
        [
            ("sign_in_failed", None, str(gao.pk), failed | {"name": key_of("gao"), "known": True}),
            ("sign_in_failed", None, "", failed | {"name": key_of("nobody"), "known": False}),
        ],
        key=str,
    )
    assert found[2:] == [
        ("signed_in", gao.pk, "", {"at": "2026-01-05T01:00:00+00:00"}),
        ("signed_out", gao.pk, "", {"at": "2026-01-05T09:00:00+00:00"}),
    ]
    last = LedgerEntry.objects.latest("id")
    assert (last.who_name, last.who_role, last.address, last.device, last.path) == (
        "高工", "doctor", "203.0.113.7", "Chrome · Windows", "/login/",
    )  # fmt: skip
    assert ledger_days.check().faults == []


def test_a_site_that_never_had_these_tables_keeps_nothing() -> None:
    keep()
    assert LedgerEntry.objects.count() == 0
