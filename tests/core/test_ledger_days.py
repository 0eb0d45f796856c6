"""The days of the ledger: sealed when they are over, and what was done to an entry is found and named."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from core import ledger_care, ledger_days
from core.ledger_days import Fault, Wrong, check, days_to_seal, in_groups, seal_days, seal_of
from core.models import LedgerDay, LedgerEntry

pytestmark = pytest.mark.usefixtures("owner")


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def today() -> date:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date")
        found: date = cursor.fetchall()[0][0]
    return found


def past_entry(days_ago: int, kind: str = "tried") -> int:
    """An entry as the trigger would have written it on a day that is over."""
    at = f"(clock_timestamp() - interval '{days_ago} days')"
    with untriggered("core_ledgerentry"):
        run(
            f"INSERT INTO core_ledgerentry (at, day, kind, who, who_name, who_role, address, device, request, path,"
            f" about_label, about_key, facts, salt) VALUES ({at}, ({at} AT TIME ZONE 'Asia/Shanghai')::date, %s, 7,"
            f" '王敏', 'office', '10.0.0.7', 'Chrome', '', '', '', '', '{{}}', gen_random_uuid())",
            kind,
        )
        last = "id = (SELECT max(id) FROM core_ledgerentry)"
        run(f"UPDATE core_ledgerentry AS e SET personal = core_ledger_personal(e) WHERE {last}")
        run(f"UPDATE core_ledgerentry AS e SET digest = core_ledger_digest(e) WHERE {last}")
    return int(LedgerEntry.objects.latest("id").pk)


@contextmanager
def untriggered(table: str) -> Iterator[None]:
    """What the owner of the tables can do: put the triggers out of force."""
    run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    run(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def tamper(statement: str, *values: object, table: str = "core_ledgerentry") -> None:
    with transaction.atomic(), untriggered(table):
        run(statement, *values)


@pytest.fixture
def sealed(db: None) -> list[int]:
    """Entries of the last four days, of which three are sealed; two entries are on the second."""
    keys = [past_entry(3), past_entry(2), past_entry(2, "other"), past_entry(1)]
    seal_days()
    keys.append(past_entry(0))
    return keys


def day(days_ago: int) -> date:
    return today() - timedelta(days=days_ago)


def test_days_that_are_over_are_sealed_in_order(sealed: list[int]) -> None:
    rows = list(LedgerDay.objects.order_by("day"))
    assert [(row.day, row.entries, list(row.keys)) for row in rows] == [
        (day(3), 1, sealed[:1]),
        (day(2), 2, sealed[1:3]),
        (day(1), 1, sealed[3:4]),
    ]
    assert days_to_seal() == []
    found = check()
    assert (found.days, found.entries, found.faults) == (4, 5, [])


def test_a_day_without_entries_is_sealed_too(db: None) -> None:
    past_entry(3)
    past_entry(1)
    assert [row.entries for row in seal_days()] == [1, 0, 1]
    assert check().faults == []


def test_a_seal_is_the_digest_of_what_the_record_says(sealed: list[int]) -> None:
    first, second, _third = LedgerDay.objects.order_by("day")
    digests = [bytes(entry.digest) for entry in LedgerEntry.objects.filter(day=second.day).order_by("id")]
    content = hashlib.sha256(b"".join(digests)).digest()
    text = f"{second.day:%Y-%m-%d}|2|".encode()
    assert bytes(second.seal) == hashlib.sha256(bytes(first.seal) + text + content).digest()
    assert in_groups(second.seal).replace(":", "") == bytes(second.seal).hex()


TAMPERED: dict[str, tuple[Callable[[list[int]], None], list[tuple[int, Wrong, int]]]] = {
    "changed": (
        lambda keys: tamper("UPDATE core_ledgerentry SET kind = 'nothing' WHERE id = %s", keys[1]),
        [(2, Wrong.ALTERED, 1)],
    ),
    "changed with its digest": (
        lambda keys: tamper(
            "UPDATE core_ledgerentry AS e SET about_key = '9', digest = core_ledger_digest(e) WHERE id = %s;"
            "UPDATE core_ledgerentry AS e SET digest = core_ledger_digest(e) WHERE id = %s",
            keys[1],
            keys[1],
        ),
        [(2, Wrong.ALTERED, 1)],
    ),
    "who it was": (
        lambda keys: tamper("UPDATE core_ledgerentry SET who_name = '李明' WHERE id = %s", keys[0]),
        [(3, Wrong.ALTERED, 0)],
    ),
    "removed": (lambda keys: tamper("DELETE FROM core_ledgerentry WHERE id = %s", keys[2]), [(2, Wrong.REMOVED, 2)]),
    "inserted": (
        lambda keys: tamper(
            "INSERT INTO core_ledgerentry SELECT (jsonb_populate_record(e, '{\"id\": 900001}')).*"
            " FROM core_ledgerentry AS e WHERE id = %s",
            keys[3],
        ),
        [(1, Wrong.INSERTED, 900001)],
    ),
    "swapped": (
        lambda keys: tamper(
            "UPDATE core_ledgerentry SET id = -1 WHERE id = %s; UPDATE core_ledgerentry SET id = %s WHERE id = %s;"
            "UPDATE core_ledgerentry SET id = %s WHERE id = -1",
            keys[1],
            keys[1],
            keys[2],
            keys[2],
        ),
        [(2, Wrong.ALTERED, 1), (2, Wrong.ALTERED, 2)],
    ),
    "of today": (
        lambda keys: tamper("UPDATE core_ledgerentry SET path = '/x/' WHERE id = %s", keys[4]),
        [(0, Wrong.ALTERED, 4)],
    ),
}


@pytest.mark.parametrize("deed", TAMPERED)
def test_what_the_owner_did_to_an_entry_is_named(sealed: list[int], deed: str) -> None:
    act, wanted = TAMPERED[deed]
    act(sealed)
    keys = dict(enumerate(sealed)) | {900001: 900001}
    assert check().faults == [Fault(day(ago), what, keys[key]) for ago, what, key in wanted]


def test_a_seal_that_was_changed_or_taken_away_is_named(sealed: list[int]) -> None:
    tamper("UPDATE core_ledgerday SET entries = 3 WHERE day = %s", day(2), table="core_ledgerday")
    assert check().faults == [Fault(day(2), Wrong.SEAL)]
    tamper("DELETE FROM core_ledgerday WHERE day = %s", day(2), table="core_ledgerday")
    assert check().faults == [
        Fault(day(2), Wrong.MISSING),
        Fault(day(1), Wrong.SEAL),
        *(Fault(day(2), Wrong.INSERTED, key) for key in sealed[1:3]),
    ]


def test_a_seal_made_anew_after_a_change_breaks_the_next(sealed: list[int]) -> None:
    """Whoever changes an entry, its digest and the row of its day has to change every later seal."""
    tamper("UPDATE core_ledgerentry AS e SET kind = 'x' WHERE id = %s", sealed[0])
    tamper("UPDATE core_ledgerentry AS e SET digest = core_ledger_digest(e) WHERE id = %s", sealed[0])
    first = LedgerDay.objects.earliest("day")
    digest = bytes(LedgerEntry.objects.get(pk=sealed[0]).digest)
    first.content = hashlib.sha256(digest).digest()
    values = first.content, seal_of(first, b""), [digest.hex()[:12]], first.pk
    tamper(
        "UPDATE core_ledgerday SET content = %s, seal = %s, marks = %s WHERE id = %s", *values, table="core_ledgerday"
    )
    assert check().faults == [Fault(day(2), Wrong.SEAL)]


# -- The owner's care -----------------------------------------------------------------------------------------


def test_whole_days_go_and_their_seals_stay(sealed: list[int]) -> None:
    seals = list(LedgerDay.objects.values_list("seal", flat=True))
    assert ledger_care.take_away_days(day(1)) == (2, 3)
    assert list(LedgerEntry.objects.order_by("id").values_list("id", flat=True)) == sealed[3:]
    assert list(LedgerDay.objects.values_list("seal", flat=True)) == seals
    assert check().faults == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM core_ledgerentry WHERE id = (SELECT max(id) FROM core_ledgerentry)",
        "UPDATE core_ledgerentry SET kind = 'x'",
        "UPDATE core_ledgerentry SET who_name = 'x'",
        "UPDATE core_ledgerday SET entries = 0",
        "DELETE FROM core_ledgerday",
    ],
)
def test_care_is_not_more_than_it_is(sealed: list[int], statement: str) -> None:
    with pytest.raises(DatabaseError), ledger_care.caring():
        run(statement)
    assert check().faults == []


def test_what_is_personal_is_emptied_and_the_chain_holds(sealed: list[int]) -> None:
    with ledger_care.caring():
        emptied = LedgerEntry.objects.filter(who=7).update(who_name="", address="", device="", salt=None)
    assert emptied == 5
    assert set(LedgerEntry.objects.values_list("who", "who_name", "address", "device")) == {(7, "", "", "")}
    assert check().faults == []
    tamper("UPDATE core_ledgerentry SET who_name = '李明' WHERE id = %s", sealed[0])
    assert check().faults == [Fault(day(3), Wrong.ALTERED, sealed[0])]


def test_the_command_checks_seals_and_thins(sealed: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ledger", "check")
    last = LedgerDay.objects.latest("day")
    call_command("ledger", "seal")
    with override_settings(LEDGER_KEEP_DAYS=100), pytest.raises(CommandError):
        call_command("ledger", "thin")
    call_command("ledger", "thin")
    assert capsys.readouterr().out.splitlines() == [
        "4 days, 5 entries, 0 faults",
        f"{last.day} {in_groups(last.seal)}",
        "0 days taken away, 0 entries; the seals stay",
    ]
    tamper("UPDATE core_ledgerentry SET kind = 'x' WHERE id = %s", sealed[0])
    with pytest.raises(CommandError):
        call_command("ledger", "check")
    assert capsys.readouterr().out.splitlines()[1] == f"{day(3)} altered {sealed[0]}"


# -- Late commits ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_day_waits_for_an_entry_that_is_not_committed() -> None:
    with transaction.atomic():
        past_entry(1)
    written, go_on = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                past_entry_of_a_thread()
                written.set()
                go_on.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert written.wait(20)
    assert ledger_days.seal_days() == []
    go_on.set()
    thread.join(20)
    assert [row.entries for row in ledger_days.seal_days()] == [1]


def past_entry_of_a_thread() -> None:
    """Hold the lock of yesterday, as the trigger does for an entry that was written before midnight."""
    run("SELECT pg_advisory_xact_lock_shared(203990016, %s - DATE '2000-01-01')", day(1))


@pytest.mark.django_db(transaction=True)
def test_an_entry_holds_the_lock_of_its_day() -> None:
    with transaction.atomic():
        LedgerEntry.objects.create(kind="tried")
        held = today() - date(2000, 1, 1)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT objid, mode FROM pg_locks WHERE locktype = 'advisory' AND classid = 203990016"
                " AND pid = pg_backend_pid()"
            )
            assert cursor.fetchall() == [(held.days, "ShareLock")]


@pytest.mark.django_db(transaction=True)
def test_entries_of_many_threads_are_all_kept() -> None:
    def write() -> None:
        try:
            for _n in range(20):
                LedgerEntry.objects.create(kind="tried")
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    found = check()
    assert (found.entries, found.faults) == (80, [])


@pytest.mark.django_db
def test_a_clock_that_was_put_back_adds_to_no_sealed_day() -> None:
    past_entry(1)
    seal_days()
    tamper("UPDATE core_ledgerday SET day = %s", today(), table="core_ledgerday")
    LedgerEntry.objects.create(kind="tried")
    assert LedgerEntry.objects.latest("id").day == today() + timedelta(days=1)
