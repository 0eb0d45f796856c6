"""Which windows can be waived: of one that moves those of the last day of each month; and which are locked."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from accounts.models import User
from assignments.models import Assignment
from officedata.months import Month
from service import actions, closing
from service.models import Check, Waiver
from service.waivable import waivable_windows
from tests import factories as f
from tests.factories import moment
from tests.former import bad_rules

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ROLLING: dict[str, Any] = {
    "id": "always-there", "in": {"rolling": 30}, "measure": {"days": {}}, "must": {"least": 2}, "waivable": "yes",
}  # fmt: skip
MONTHLY: dict[str, Any] = {
    "id": "month", "in": {"every": "month"}, "measure": {"count": {}}, "must": {"least": 1}, "waivable": "yes",
}  # fmt: skip


def served(*rules: dict[str, Any]) -> Assignment:
    data = {"code": "excused", "version": 1, "entries": {"grace_days": 5}, "rules": list(rules)}
    row: Assignment = f.AssignmentFactory(
        batch__rule_set=f.RuleSetFactory(code="excused", data=data), starts_on=date(2025, 3, 1),
        ends_on=date(2025, 5, 31),
    )  # fmt: skip
    return row


def offered(row: Assignment, on: date) -> dict[str, bool]:
    return {each.key: each.locked for each in waivable_windows(row, at=moment(on))}


def client_of(user: User | None) -> Client:
    assert user is not None
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_waiver_of_a_window_that_moves_reaches_the_check_at_the_end_of_the_month() -> None:
    row, city = served(ROLLING), f.CityUserFactory()
    assert offered(row, date(2025, 3, 20)) == {"2025-03-31": False, "2025-04-30": False, "2025-05-31": False}
    with translation.override("en"):
        words = [each.words for each in waivable_windows(row, at=moment(date(2025, 3, 20)))]
    assert words[0] == "the 30 days until 31 Mar 2025"
    waiver = actions.ask_waiver(row, "2025-04-30", by=city, at=moment(date(2025, 4, 20)), reason="停窑检修")
    actions.decide_waiver(waiver, by=city, at=moment(date(2025, 4, 21)), on=date(2025, 4, 21), granted=True)
    for month in (Month(2025, 3), Month(2025, 4)):
        closing.close_month(month, at=moment(date(2025, 5, 2)))
    checks = Check.objects.order_by("window").values_list("window", "verdict")
    assert list(checks) == [("2025-03-31", "not_met"), ("2025-04-30", "waived")]


def test_an_older_waiver_of_any_day_reaches_every_check_at_the_end_of_a_month() -> None:
    row, city = served(ROLLING, MONTHLY), f.CityUserFactory()
    excuse = {"assignment": row, "asked_by": city, "asked_at": moment(date(2025, 4, 20)), "reason": "停窑检修"}
    Waiver.objects.create(**excuse, window="*", status="granted", status_at=moment(date(2025, 4, 21)))
    for month in (Month(2025, 3), Month(2025, 4), Month(2025, 5)):
        closing.close_month(month, at=moment(date(2025, 6, 10)))
    assert list(Check.objects.order_by("rule", "window").values_list("rule", "window", "verdict")) == [
        ("always-there", "2025-03-31", "not_met"),  # was locked when it was asked for
        ("always-there", "2025-04-30", "waived"), ("always-there", "2025-05-31", "waived"),
        ("month", "2025-03", "not_met"), ("month", "2025-04", "not_met"), ("month", "2025-05", "not_met"),
    ]  # fmt: skip


def test_a_month_is_locked_until_it_is_opened_again() -> None:
    row, city = served(MONTHLY), f.CityUserFactory()
    closing.close_month(Month(2025, 3), at=moment(date(2025, 4, 7)))
    assert offered(row, date(2025, 4, 5)) == {"2025-03": False, "2025-04": False, "2025-05": False}
    assert offered(row, date(2025, 4, 6)) == {"2025-03": True, "2025-04": False, "2025-05": False}
    check = Check.objects.get()
    actions.reopen_month(check, by=city, at=moment(date(2025, 4, 8)), until=date(2025, 4, 9), reason="补录")
    assert offered(row, date(2025, 4, 9))["2025-03"] is False
    assert offered(row, date(2025, 4, 10))["2025-03"] is True


def test_a_window_of_two_rules_is_open_while_one_of_them_takes_entries() -> None:
    week = {**MONTHLY, "id": "term", "in": {"every": "month", "size": 3}, "waivable": "documented"}
    row = served(MONTHLY, week)
    (_months, together) = (waivable_windows(row, at=moment(date(2025, 4, 7))), "2025-03…2025-05")
    assert [(each.key, each.documented, each.locked) for each in _months] == [
        ("2025-03", False, True), (together, True, False), ("2025-04", False, False), ("2025-05", False, False),
    ]  # fmt: skip


def test_the_page_marks_locked_windows_and_chooses_an_open_one() -> None:
    row = served(MONTHLY)
    with time_machine.travel(moment(date(2025, 4, 8)), tick=False):
        field = client_of(row.doctor.user).get(f"/assignments/{row.pk}/waiver/").context["form"].fields["window"]
        assert [(key, str(words)) for key, words in field.choices] == [
            ("2025-03", "Mar 2025 · locked"), ("2025-04", "Apr 2025"), ("2025-05", "May 2025"),
        ]  # fmt: skip
        assert field.initial == "2025-04"
        assert str(field.help_text) == "One that is locked counts only if the talent office opens it again."


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def test_where_nothing_can_be_waived_the_page_says_so() -> None:
    row = served({**MONTHLY, "waivable": "no"})
    with time_machine.travel(moment(date(2025, 4, 8)), tick=False):
        page = client_of(row.doctor.user).get(f"/assignments/{row.pk}/waiver/", follow=True)
        assert page.redirect_chain == [(f"/assignments/{row.pk}/", 302)]
        assert said(page) == ["The rules of this service let nothing be waived, so no waiver is asked for."]
        row.batch.rule_set = bad_rules("excused")
        row.batch.save()
        page = client_of(row.doctor.user).get(f"/assignments/{row.pk}/waiver/", follow=True)
        assert [text.startswith("The rules of the batch") for text in said(page)] == [True]
