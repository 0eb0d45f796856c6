"""A fault in the audit trail is told to auditors and to the site's address for alarms, with what to do."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone

from core import ledger_checks
from core.ledger_days import seal_days
from core.models import Job, LedgerEntry, Notice
from outbox.checks import check_addresses_for_alarms
from outbox.models import Channel, Mail, Preference
from talentlink.watch import alarms
from talentlink.watch.looking import look_at_all
from tests import factories as f
from tests.core.test_ledger_days import day, past_entry, tamper

pytestmark = pytest.mark.usefixtures("owner", "db")


@pytest.fixture(autouse=True)
def address() -> Iterator[None]:
    with override_settings(ALARM_MAIL=["watch@example.org"]):
        yield


@pytest.fixture
def sealed() -> list[int]:
    """An entry on each of two sealed days."""
    keys = [past_entry(2), past_entry(1)]
    seal_days()
    return keys


def auditor_with_mail() -> Channel:
    now = timezone.now()
    facts = {"user": f.AuditorFactory(), "medium": "mail", "address": "cen@example.org", "language": "zh-hans"}
    return Channel.objects.create(**facts, asked_at=now, confirmed_at=now)


def checked_by_the_calendar() -> None:
    """What a worker does, without its lease."""
    now, report = timezone.now(), ledger_checks.check(by=None)
    Job.objects.create(
        kind="check_ledger", key="all", not_before=now, started_at=now, ended_at=now, state="done", result=report
    )


def letters() -> list[tuple[str, str]]:
    return sorted(Mail.objects.values_list("address", "kind"))


def test_a_changed_entry_is_told_once_with_what_to_do(sealed: list[int]) -> None:
    auditor = auditor_with_mail().user
    f.CityUserFactory()
    checked_by_the_calendar()
    assert (letters(), Notice.objects.count()) == ([], 0)
    tamper("UPDATE core_ledgerentry SET kind = 'nothing' WHERE id = %s", sealed[0])
    checked_by_the_calendar()
    checked_by_the_calendar()
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.url) == (auditor, "ledger_wrong", "/office/ledger/wrong/")
    assert notice.params == {"faults": 1, "first": str(day(2))}
    assert letters() == [("cen@example.org", "ledger_wrong"), ("watch@example.org", "ledger_wrong")]
    text = Mail.objects.get(address="watch@example.org").text
    assert [line[:2] for line in text.splitlines() if line[1:2] == "."] == ["1.", "2.", "3.", "4."]
    assert str(day(2)) in text
    tamper("UPDATE core_ledgerentry SET kind = 'nothing' WHERE id = %s", sealed[1])
    checked_by_the_calendar()
    assert (Notice.objects.count(), len(letters())) == (2, 4)  # a further fault


def test_the_command_tells_it_too(sealed: list[int]) -> None:
    auditor_with_mail()
    tamper("UPDATE core_ledgerentry SET who_name = 'x' WHERE id = %s", sealed[1])
    with suppress(CommandError):
        call_command("ledger", "check")
    assert letters() == [("cen@example.org", "ledger_wrong"), ("watch@example.org", "ledger_wrong")]


def watched() -> None:
    """Two looks of the watch at the ledger."""
    for _look in range(2):
        alarms.follow([sign for sign in look_at_all() if sign.key == "ledger"], at=timezone.now())


def test_the_address_for_alarms_gets_one_mail_of_a_fault_and_one_when_it_is_over(sealed: list[int]) -> None:
    now = timezone.now()
    facts = {"user": f.CityUserFactory(), "medium": "mail", "address": "yun@example.org", "language": "zh-hans"}
    channel = Channel.objects.create(**facts, asked_at=now, confirmed_at=now)
    Preference.objects.create(user=channel.user, kind="watch_alarm", mail=True, sms=False)
    tamper("UPDATE core_ledgerentry SET kind = 'nothing' WHERE id = %s", sealed[0])
    checked_by_the_calendar()
    watched()
    assert letters() == [("watch@example.org", "ledger_wrong"), ("yun@example.org", "watch_alarm")]
    Job.objects.filter(kind="check_ledger").update(result={"wrong": 0, "faults": [], "wrong_days": []})
    watched()
    assert letters()[1:] == [("watch@example.org", "watch_alarm"), *[("yun@example.org", "watch_alarm")] * 2]


def test_the_page_names_the_day_the_entry_and_what_to_do(sealed: list[int]) -> None:
    auditor = f.AuditorFactory()
    client = Client()
    client.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/office/ledger/wrong/").context["rows"] == []
    tamper("DELETE FROM core_ledgerentry WHERE id = %s", sealed[0])
    checked_by_the_calendar()
    rows = client.get("/office/ledger/wrong/").context["rows"]
    assert rows == [{"day": str(day(2)), "faults": [f"{day(2)}：记录{sealed[0]}被删除"]}]
    assert LedgerEntry.objects.filter(kind="chain_verified").latest("id").facts == {"days": 3, "wrong": 1}


def test_a_day_that_no_check_compared_needs_attention_after_a_day_and_a_half(sealed: list[int]) -> None:
    later = timezone.now() + ledger_checks.LONGEST_UNCHECKED
    assert ledger_checks.unchecked(timezone.now()).count() == 0
    assert [row.day for row in ledger_checks.unchecked(later).order_by("day")] == [day(2), day(1)]
    checked_by_the_calendar()
    assert ledger_checks.unchecked(timezone.now() + ledger_checks.LONGEST_UNCHECKED).count() == 0


def test_a_misspelt_address_for_alarms_stops_the_start() -> None:
    with override_settings(ALARM_MAIL=["a@example.org", "watch"]):
        assert [error.id for error in check_addresses_for_alarms(None)] == ["outbox.E001"]
