"""The measurements of the ledger, of an erasure and of lists, on a small city."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from bench import copying, lists, measure, records
from bench.fill import Plan, fill
from bench.measure import Figure, heard
from bench.rounds import rounds
from bench.size import CITY
from core import ledger_days
from core.models import LedgerEntry
from privacy.models import Erasure

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Iterator[Plan]:
    """A small city, of which everything is asked once."""
    for module, name in ((measure, "ROUNDS"), (measure, "FEWEST"), (records, "TIMES"), (lists, "MOST")):
        monkeypatch.setattr(module, name, 1)
    size = CITY.shrunk(0.02)
    fill(size, timezone.localdate(), rounds)
    yield Plan(size, timezone.localdate())
    copying.clear()


def figures(capsys: pytest.CaptureFixture[str]) -> dict[str, Figure]:
    return {figure.key: figure for figure in heard(capsys.readouterr().out)}


def test_the_ledger_is_filled_as_it_would_have_been_written(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    records.fill_ledger(1000)
    found = ledger_days.check()
    assert (found.faults, found.entries) == ([], LedgerEntry.objects.count())
    assert LedgerEntry.objects.filter(day__lt=timezone.localdate()).count() == 1000
    assert LedgerEntry.objects.filter(kind="exported").count() == 5
    assert list(figures(capsys)) == ["ledger_fill", "ledger_seal"]


def test_every_part_of_the_records_is_measured(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    records.records(plan)
    taken = figures(capsys)
    assert taken["ledger_in_act"].queries == 1
    assert taken["ledger_check"].note.endswith("0 faults")
    assert {"audit", "audit_seen", "audit_deeds", "table_apart_100", "erasure"} - set(taken) == set()
    assert Erasure.objects.count() == 1


def test_lists_are_measured_as_pages_and_as_files(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    lists.lists()
    taken = figures(capsys)
    assert {"GET need_list city", "GET need_list as a file city", "GET visit_list as a file doctor"} - set(
        taken
    ) == set()
    assert [key for key in taken if key.replace(" as a file", "") not in taken] == []
