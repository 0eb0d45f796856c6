"""Rows of daily operation go when they were kept long enough, exactly those, and history never."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pghistory.models
import pytest
from django.contrib.sessions.models import Session
from django.core.checks import run_checks
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from accounts.models import District
from core import jobs, retention
from core.models import Backup, Job, Notice, SetAside
from core.retention import RULES, forget, kept, kept_for_ever
from core.set_aside import set_aside
from identity.models import TryCount
from tests import factories as f
from tests.factories import START, moment

pytestmark = pytest.mark.django_db
NOW = moment(START)
KEPT = {
    "sessions": 1,
    "sign_ins": 30,
    "jobs": 90,
    "notices": 180,
    "set_aside": 365,
    "backups": 400,
    "shortlists": 365,
    "mails": 365,
}


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def job(state: str, days: float | None) -> Job:
    ended = {} if days is None else {"ended_at": ago(days)}
    lease = {"lease_until": NOW} if state == "running" else {}
    number = Job.objects.count()
    return Job.objects.create(kind="k", key=str(number), state=state, not_before=ago(500), **ended, **lease)


def notice(days: float | None) -> Notice:
    number = Notice.objects.count()
    read = None if days is None else ago(days)
    return Notice.objects.create(user=f.UserFactory(), kind="k", key=str(number), created_at=ago(900), read_at=read)


def aside(days: float | None) -> SetAside:
    row = set_aside("k", f.UserFactory(), ValueError("x"), at=ago(900))
    SetAside.objects.filter(pk=row.pk).update(resolved_at=None if days is None else ago(days))
    return row


def session(days: float) -> Session:
    return Session.objects.create(session_key=f"{days}", session_data="x", expire_date=ago(days))


def backup(days: float) -> Backup:
    return Backup.objects.create(made_at=ago(days), release="r", ok=False, error="x")


def tries(days: float) -> TryCount:
    return TryCount.objects.create(kind=TryCount.Kind.ADDRESS, key=f"{days}", at=ago(days), until=NOW)


CASES: dict[str, tuple[list[Callable[[], models.Model]], list[Callable[[], models.Model]]]] = {
    "jobs": (
        [lambda: job("done", 91), lambda: job("failed", 400), lambda: job("cancelled", 90.1)],
        [lambda: job("done", 89.9), lambda: job("queued", None), lambda: job("running", None)],
    ),
    "notices": ([lambda: notice(181)], [lambda: notice(179), lambda: notice(None)]),
    "set_aside": ([lambda: aside(366)], [lambda: aside(364), lambda: aside(None)]),
    "sessions": ([lambda: session(1.1), lambda: session(30)], [lambda: session(0.9), lambda: session(-1)]),
    "backups": ([lambda: backup(401)], [lambda: backup(399)]),
    "tries": ([lambda: tries(31)], [lambda: tries(29)]),
}


@pytest.mark.parametrize("case", CASES)
def test_exactly_what_was_kept_long_enough_goes(case: str) -> None:
    going, staying = ([make() for make in makers] for makers in CASES[case])
    model = type(staying[0])
    assert forget(at=NOW) == {model._meta.label: len(going)}
    assert set(model._default_manager.values_list("pk", flat=True)) == {row.pk for row in staying}
    assert forget(at=NOW) == {}


def test_zero_days_are_for_ever(settings: Any) -> None:
    settings.KEEP_DAYS = {**settings.KEEP_DAYS, "jobs": 0}
    job("done", 9000)
    notice(9000)
    assert forget(at=NOW) == {"core.Notice": 1}
    assert Job.objects.count() == 1


def test_many_rows_go_in_short_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    for _number in range(8):
        job("done", 91)
    told: list[int] = []
    with CaptureQueriesContext(connection) as queries:
        assert forget(at=NOW, tell=lambda done, total: told.append(total)) == {"core.Job": 8}
    deletes = [query["sql"] for query in queries if query["sql"].startswith('DELETE FROM "core_job"')]
    assert len(deletes) == len(told) == 3
    assert set(told) == {len(RULES)}


@pytest.mark.django_db(transaction=True)
def test_the_calendar_s_work_tells_what_went() -> None:
    for _number in range(2):
        backup(4000)
    assert jobs.run(jobs.enqueue("forget", "today", by=None, at=NOW).pk) == "done"
    assert Job.objects.get(kind="forget").result == {"core.Backup": 2}
    assert Backup.objects.count() == 0


# -- What never goes ---------------------------------------------------------------------------------------------------


def test_no_rule_touches_a_table_with_a_history_nor_a_history() -> None:
    tables = {rule.rows(NOW).model for rule in RULES}
    assert tables & kept_for_ever() == set()
    assert {pghistory.models.Context, District, District.events.rel.related_model} <= kept_for_ever()


@pytest.fixture
def wrong_rule() -> Iterator[None]:
    before = list(RULES)
    kept("jobs")(lambda before: pghistory.models.Context.objects.filter(created_at__lt=before))
    yield
    RULES[:] = before


@pytest.mark.usefixtures("wrong_rule")
def test_a_rule_about_history_is_refused() -> None:
    with pytest.raises(ValueError, match=r"pghistory\.Context has a history or is one"):
        forget(at=NOW)


def test_days_and_rules_fit(settings: Any) -> None:
    assert settings.KEEP_DAYS == KEPT
    assert [error.msg for error in run_checks() if error.id == "core.E002"] == []
    settings.KEEP_DAYS = {**KEPT, "jbos": 3}
    assert [error.msg for error in run_checks() if error.id == "core.E002"] == [
        "KEEP_DAYS does not fit the rules: jbos"
    ]
