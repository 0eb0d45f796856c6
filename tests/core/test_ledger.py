"""The ledger: what an entry holds, that it is only added to, and that an entry apart outlives its transaction."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from core import ledger
from core.edges import EdgeMiddleware, edge
from core.ledger_kinds import KINDS
from core.models import LedgerDay, LedgerEntry
from supervisor.roles import APPLICATION
from tests.application import take
from tests.factories import CityUserFactory

TRIED = "sign_in_tried"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, TRIED, "tried")


def test_a_kind_is_declared_once() -> None:
    assert ledger.kind("declared_once", "once") == "declared_once"
    with pytest.raises(KeyError):
        ledger.kind("declared_once", "twice")
    del KINDS["declared_once"]


@pytest.mark.django_db
def test_a_kind_that_nobody_declared_is_refused() -> None:
    with pytest.raises(KeyError):
        ledger.record("undeclared", by=None)
    assert LedgerEntry.objects.count() == 0


@pytest.mark.django_db
def test_an_entry_says_who_from_where_and_about_what() -> None:
    user = CityUserFactory(name="王敏")
    request = RequestFactory().get("/x/?phone=13800138000", REMOTE_ADDR="10.0.0.7", headers={"User-Agent": EDGE})

    def view(_request: object) -> None:
        ledger.record(TRIED, by=user, about=user, rows=3, by_mail=True, note="13800138000 两次")

    EdgeMiddleware(view)(request)  # type: ignore[arg-type]
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.who, entry.who_name, entry.who_role) == (TRIED, user.pk, "王敏", "office")
    assert (entry.address, entry.device, entry.path) == ("10.0.0.7", "Chrome · Windows", "/x/")
    assert (entry.about_label, entry.about_key, entry.rows) == ("accounts.user", str(user.pk), 3)
    assert entry.facts == {"by_mail": True, "note": "‹phone› 两次"}
    assert (len(entry.digest), len(entry.personal)) == (32, 32)


@pytest.mark.django_db
def test_work_without_a_request_has_only_its_name() -> None:
    with edge("job lapse 3"):
        ledger.record(TRIED, by=None)
    entry = LedgerEntry.objects.get()
    assert (entry.path, entry.address, entry.who, entry.who_name) == ("job lapse 3", "", None, "")


@pytest.mark.django_db
def test_one_entry_is_one_query(django_assert_num_queries: object) -> None:
    user = CityUserFactory()
    with django_assert_num_queries(1):  # type: ignore[operator]
        ledger.record(TRIED, by=user)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_ledgerentry SET kind = 'other'",
        "DELETE FROM core_ledgerentry",
        "TRUNCATE core_ledgerentry",
        "TRUNCATE core_ledgerday",
    ],
)
@pytest.mark.parametrize("role", ["NONE", APPLICATION])
def test_an_entry_stays_as_it_was_written(statement: str, role: str) -> None:
    ledger.record(TRIED, by=None)
    take(role)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    take("NONE")
    assert list(LedgerEntry.objects.values_list("kind", flat=True)) == [TRIED]


@pytest.mark.django_db
def test_a_day_is_not_sealed_before_it_is_over() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date")
        [(today,)] = cursor.fetchall()
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerDay.objects.create(day=today)


@pytest.mark.django_db(transaction=True)
def test_an_entry_apart_outlives_the_transaction() -> None:
    user = CityUserFactory()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ledger.record(TRIED, by=user, where="within")
        ledger.record_apart(TRIED, by=user, where="apart")
        assert 1 / 0
    ledger.record_apart(TRIED, by=user, where="alone")
    assert list(LedgerEntry.objects.order_by("id").values_list("facts", flat=True)) == [
        {"where": "apart"},
        {"where": "alone"},
    ]
