"""Batches and the rules they are pinned to."""

from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection

from core.errors import AlreadyDone
from programmes.actions import close_batch, open_batch, plan_batch, start_batch, write_rule_set
from programmes.models import Batch, RuleSet
from tests.factories import START, BatchFactory, CityUserFactory, ProgrammeFactory, RuleSetFactory, moment
from tests.threads import race

AT = moment(START)


@pytest.mark.django_db
def test_a_rule_set_is_written_as_the_next_version() -> None:
    by = CityUserFactory()
    first = write_rule_set("yq", by=by, name="三十天", data={"term_min_days": 30})
    second = write_rule_set("yq", by=by, name="四十天", data={"term_min_days": 40})
    other = write_rule_set("hn", by=None, name="九十天", data={"term_min_days": 90})
    assert [(row.code, row.version) for row in (first, second, other)] == [("yq", 1), ("yq", 2), ("hn", 1)]
    assert first.data == {"term_min_days": 30, "code": "yq", "version": 1}
    assert second.data == {"term_min_days": 40, "code": "yq", "version": 2}
    assert (first.created_by, other.created_by) == (by, None)


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_get_two_versions() -> None:
    by = CityUserFactory()
    write_rule_set("yq", by=by, name="三十天", data={})

    def write(days: int) -> Any:
        return lambda: write_rule_set("yq", by=by, name=f"{days} 天", data={"term_min_days": days})

    first, second = race(write(35), write(40))
    assert (first.version, second.version) == (2, 3)
    assert list(RuleSet.objects.order_by("version").values_list("version", flat=True)) == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE programmes_ruleset SET name = 'x'",
        "UPDATE programmes_ruleset SET data = '{}'",
        "DELETE FROM programmes_ruleset",
    ],
)
def test_a_rule_set_is_never_changed_or_deleted(statement: str) -> None:
    rules = RuleSetFactory()
    with pytest.raises(InternalError, match="Cannot update or delete rows"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert RuleSet.objects.get().data == rules.data
    assert RuleSet.objects.get().name == rules.name


@pytest.mark.django_db
def test_a_version_exists_once() -> None:
    RuleSetFactory(code="yq", version=1)
    with pytest.raises(IntegrityError, match="ruleset_version_once"):
        RuleSet.objects.create(code="yq", version=1, name="x", data={})


@pytest.mark.django_db
def test_the_life_of_a_batch() -> None:
    by, programme, rules = CityUserFactory(), ProgrammeFactory(), RuleSetFactory()
    batch = plan_batch(
        programme, by=by, name="第十批", rule_set=rules, starts_on=START, ends_on=START.replace(year=2026),
        orders_from=START, orders_until=START.replace(month=4), answer_days=5,
    )  # fmt: skip
    assert (batch.status, batch.rule_set, batch.answer_days) == ("draft", rules, 5)
    open_batch(batch, by=by, at=AT)
    start_batch(batch, by=by, at=moment(START, 12))
    with pytest.raises(AlreadyDone):
        open_batch(batch, by=by, at=AT)
    close_batch(batch, by=by, at=moment(START, 15))
    batch.refresh_from_db()
    assert (batch.status, batch.status_by, batch.status_at) == ("closed", by, moment(START, 15))
    assert [event.status for event in batch.events.order_by("pgh_id")] == ["draft", "open", "running", "closed"]


@pytest.mark.django_db
def test_when_a_batch_takes_orders() -> None:
    batch = BatchFactory(orders_from=START, orders_until=START.replace(day=20))
    days = [START.replace(month=2, day=28), START, START.replace(day=20), START.replace(day=21)]
    assert [batch.takes_orders(day) for day in days] == [False, True, True, False]
    batch.status = Batch.Status.RUNNING
    assert batch.takes_orders(START) is False


@pytest.mark.django_db
def test_the_quota_of_a_class() -> None:
    batch = BatchFactory(technology_quota=10, agriculture_quota=5)
    assert [batch.quota_of(each) for each in ("technology", "agriculture", "other")] == [10, 5, 0]


@pytest.mark.django_db
def test_the_batch_people_mean_is_the_one_in_service() -> None:
    old = BatchFactory(status="running", starts_on=START.replace(year=2024))
    new = BatchFactory(status="open")
    BatchFactory(status="draft", starts_on=START.replace(year=2026))
    BatchFactory(status="closed", starts_on=START.replace(year=2025, month=6))
    assert list(Batch.objects.current()) == [old, new]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"ends_on": START}, "batch_dates_in_order"),
        ({"orders_until": START.replace(day=1, month=2)}, "batch_orders_in_order"),
        ({"answer_days": 0}, "batch_answer_days_positive"),
    ],
)
def test_what_the_database_refuses(facts: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        BatchFactory(**facts)


@pytest.mark.django_db
def test_a_name_is_given_once_in_a_programme() -> None:
    batch = BatchFactory()
    with pytest.raises(IntegrityError, match="batch_name_once"):
        BatchFactory(programme=batch.programme, name=batch.name)
