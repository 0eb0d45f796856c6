"""Measures what is on record: the auditor's pages over a full ledger, its check, an erasure, a table read apart."""

import statistics
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from accounts.models import User
from bench.fill import CITY_STAFF, Plan
from bench.measure import Figure, repeated, say, seconds
from bench.pages import reader
from bench.size import SIZES
from core import ledger, ledger_days
from core.models import LedgerDay
from core.personal_data import Subject
from core.phones import PHONE_SHOWN
from core.tables import read_table
from experts.models import Doctor
from officedata import tables
from privacy.actions import erase_again

ENTRIES = 1_000_000  # of a whole city or province
DAYS = 183  # as long as the law has a ledger kept
TIMES = 5
# An entry in 200 is of an export that held 300 doctors; the others are pages of persons, numbers shown, sign-ins.
WRITE = """
INSERT INTO core_ledgerentry (at, day, kind, who, who_name, who_role, address, device, request, path, about_label,
    about_key, rows, held, facts, salt)
SELECT at, (at AT TIME ZONE 'Asia/Shanghai')::date, kind, who.id, left(who.name, 60), who.role,
    '10.0.' || n % 250 || '.' || n % 199, 'Chrome 141, Windows', gen_random_uuid()::text,
    '/doctors/' || n % 9999 || '/',
    'experts.doctor', CASE WHEN kind = 'exported' THEN '' ELSE (1 + n::bigint * 7 % {doctors})::text END,
    CASE WHEN kind = 'exported' THEN 300 END,
    CASE WHEN kind = 'exported' THEN ARRAY(SELECT (1 + (n + k) % {doctors})::bigint FROM generate_series(1, 300) k) END,
    '{{}}', gen_random_uuid()
FROM (
    SELECT n, now() - interval '1 day' * ({days} - n * {days} / {entries}.0) - interval '1 day' AS at,
        CASE WHEN n % 200 = 0 THEN 'exported' ELSE (ARRAY['person_viewed', 'phone_shown', 'signed_in', 'person_viewed',
            'refused_access', 'file_given', 'person_viewed', 'signed_in', 'rest_read'])[1 + n % 9] END AS kind
    FROM generate_series(1, {entries}) n
) AS entry JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM accounts_user) AS who
    ON who.place = 1 + n::bigint * 13 % {users}
"""
# Digests as the trigger of the ledger computes them, for a day that is given.
STAMP = """
CREATE FUNCTION bench_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    NEW.personal := core_ledger_personal(NEW);
    NEW.digest := core_ledger_digest(NEW);
    RETURN NEW;
END $$;
ALTER TABLE core_ledgerentry DISABLE TRIGGER core_ledger_stamp;
CREATE TRIGGER bench_stamp BEFORE INSERT ON core_ledgerentry FOR EACH ROW EXECUTE FUNCTION bench_stamp();
"""
RESTORED = """
DROP TRIGGER bench_stamp ON core_ledgerentry;
DROP FUNCTION bench_stamp;
ALTER TABLE core_ledgerentry ENABLE TRIGGER core_ledger_stamp;
"""


def records(plan: Plan) -> None:
    """Fill the ledger of half a year, and measure on it."""
    entry_in_an_act()
    fill_ledger(ENTRIES * plan.size.visits // SIZES[plan.size.name].visits)
    checks()
    auditor_pages()
    tables_apart()
    erasures()


def entry_in_an_act() -> None:
    """What an entry adds to an act, whose transaction it is written in."""
    user, doctor = User.objects.get(pk=CITY_STAFF), Doctor.objects.earliest("pk")
    with transaction.atomic():
        act = repeated(
            "ledger_in_act", "One entry of the ledger, within the act",
            lambda: ledger.record(PHONE_SHOWN, by=user, about=doctor, rows=1),
        )  # fmt: skip
        transaction.set_rollback(True)
    say(act)


def fill_ledger(entries: int) -> None:
    """Write entries of half a year, and seal its days."""
    users, doctors = User.objects.count(), Doctor.objects.count()
    with seconds() as spent, connection.cursor() as cursor:
        cursor.execute(STAMP)
        cursor.execute(WRITE.format(entries=entries, days=DAYS, users=users, doctors=doctors))
        cursor.execute(RESTORED)
        cursor.execute("VACUUM ANALYZE core_ledgerentry")
    say(Figure("ledger_fill", "Fill the ledger", spent(), "s", note=f"{entries:,} entries"))
    with seconds() as spent:
        days = len(ledger_days.seal_days())
    say(Figure("ledger_seal", "Seal a day of the ledger", spent() * 1000 / days, "ms", note=f"{days} days"))


def checks() -> None:
    """The whole chain compared, as the auditor asks for it; it is done by a worker."""
    with seconds() as spent:
        found = ledger_days.check()
    words = f"{found.days} days, {found.entries:,} entries, {len(found.faults)} faults"
    say(Figure("ledger_check", "Check the whole ledger", spent(), "s", note=words))
    say(Figure("ledger_check_day", "Check one day of it", spent() * 1000 / found.days, "ms"))


def auditor_pages() -> None:
    """The list, its searches, and the two questions about a person and an account."""
    office = User.objects.get(pk=CITY_STAFF).office
    who = {"username": "auditor", "name": "何监", "role": "office", "office": office}
    auditor = User.objects.create(**who, is_staff=True, audits=True)
    ask = reader(auditor.pk)
    doctor = Doctor.objects.exclude(user=None).latest("pk")
    url, day = reverse("admin:ledger"), LedgerDay.objects.latest("day").day
    account: Any = doctor.user_id
    opened = {
        "audit": ("Audit trail", url),
        "audit_last": ("Audit trail, page 100", f"{url}?page=100"),
        "audit_name": ("Audit trail, by a whole name", f"{url}?q={doctor.name}"),
        "audit_none": ("Audit trail, words that are nowhere", f"{url}?q=nowhere"),
        "audit_kind": ("Audit trail, exports of a week", f"{url}?kind=exported&from_day={day - timedelta(days=6)}"),
        "audit_who": ("Audit trail, one account", f"{url}?who={account}"),
        "audit_about": ("Audit trail, one row", f"{url}?about=experts.doctor/{doctor.pk}"),
        "audit_days": ("Seals of the days", reverse("admin:ledger_days")),
        "audit_seen": ("Who saw this person's data", reverse("admin:ledger_seen", args=[account])),
        "audit_deeds": ("What this account did", reverse("admin:ledger_deeds", args=[account])),
    }
    for key, (what, page) in opened.items():
        say(repeated(key, what, ask(page)))
    saw = reader(account)
    say(repeated("my_data", "My data, of a doctor", saw(reverse("my_data"))))


def tables_apart() -> None:
    """A table read by a process of its own, as files of others are, and the same within this one."""
    heads = ["姓名", "单位", "方向", "电话", *(f"列{number}" for number in range(8))]
    wanted = {head: [head] for head in heads[:4]}
    with tempfile.TemporaryDirectory() as folder:
        for rows in (100, 20_000):
            path = Path(folder) / f"{rows}.xlsx"
            _workbook(path, heads, rows)
            apart = _median(lambda path=path: read_table(path, wanted))  # type: ignore[misc]
            here = _median(lambda path=path: tables.read_table(path, wanted))  # type: ignore[misc]
            say(Figure(f"table_apart_{rows}", f"Read a table of {rows:,} rows in a child process", apart * 1000, "ms"))
            say(Figure(f"table_here_{rows}", f"Read a table of {rows:,} rows in the process", here * 1000, "ms"))


def _workbook(path: Path, heads: list[str], rows: int) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(heads)
    for number in range(rows):
        sheet.append([f"{head}{number}" for head in heads])
    book.save(path)


def _median(read: Callable[[], Any]) -> float:
    taken = []
    for _time in range(TIMES):
        with seconds() as spent:
            read()
        taken.append(spent())
    return statistics.median(taken)


def erasures() -> None:
    """Doctors with their services and visits: rows, history and the personal fields of the ledger are rewritten."""
    taken, rows = [], []
    for doctor in Doctor.objects.exclude(user=None).filter(assignments__isnull=False).distinct().order_by("pk")[:TIMES]:
        with seconds() as spent:
            erasure = erase_again(Subject("experts.doctor", doctor.pk), by=None, at=timezone.now())
        taken.append(spent())
        rows.append(sum(erasure.rows.values()) if erasure else 0)
    note = f"{TIMES} doctors, the slowest {max(taken):.1f} s, {statistics.median(rows):.0f} rows each"
    say(Figure("erasure", "Erase a doctor", statistics.median(taken), "s", note=note))
