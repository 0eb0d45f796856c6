"""Batches and the rules they are pinned to."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import translation

from core.errors import AlreadyDone, Refused
from core.models import Job
from enterprises.models import Qualification
from programmes.actions import close_batch, open_batch, plan_batch, repin_rules, start_batch, write_rule_set
from programmes.models import Batch, RuleSet
from servicerules import OldRules
from tests.factories import START, BatchFactory, CityUserFactory, ProgrammeFactory, RuleSetFactory, moment
from tests.former import bad_rules, write
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
        programme, by=by, at=AT, name="第十批", rule_set=rules, starts_on=START, ends_on=START.replace(year=2026),
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


# -- Data nobody can read -----------------------------------------------------------------------------------


def refusal(call: Any) -> tuple[str, list[str]]:
    """The code of a refusal and its sentences, in English."""
    with translation.override("en"), pytest.raises(Refused) as caught, transaction.atomic():
        call()
    return caught.value.code, [caught.value.message, *caught.value.reasons]


FIELDS = ", ".join(sorted(OldRules().to_data()))
MISSPELT = (
    f"“month_min_vists”: there is no word “month_min_vists” here; is “month_min_visits” meant? There are: {FIELDS}."
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"month_min_vists": 1}, [MISSPELT]),
        ({"colour": 1}, [f"“colour”: there is no word “colour” here; there are: {FIELDS}."]),
        (
            {"grace_days": -1, "month_kind": "lunar"},
            [
                "“month_kind”: there is no word “lunar” here; is “calendar” meant? There are: anchored, calendar.",
                "days after its end: Give a number from 0 to 366.",
            ],
        ),
        ([1], ["“$” must be an object of names and values ({…})."]),
        ("x", ["“$” must be an object of names and values ({…})."]),
    ],
)
def test_rules_nobody_can_read_are_not_written(data: Any, said: list[str]) -> None:
    write_it = lambda: write_rule_set("yq", by=CityUserFactory(), name="三十天", data=data)  # noqa: E731
    assert refusal(write_it) == ("rules_wrong", said)
    with translation.override("en"), pytest.raises(ValidationError) as caught, transaction.atomic():
        RuleSet.objects.create(code="yq", version=1, name="x", data=data)
    assert caught.value.messages == said
    assert RuleSet.objects.count() == 0


def planned(**facts: Any) -> Batch:
    day = START
    return plan_batch(
        ProgrammeFactory(), by=CityUserFactory(), at=AT, name="第十批", starts_on=day, ends_on=day.replace(year=2026),
        orders_from=day, orders_until=day.replace(month=4), **{"rule_set": RuleSetFactory(), **facts},
    )  # fmt: skip


@pytest.mark.django_db
def test_a_batch_is_planned_with_what_can_be_read() -> None:
    bad = bad_rules()
    code, said = refusal(lambda: planned(rule_set=bad))
    assert (code, said) == (
        "rules_unreadable",
        [
            f"The rules of the batch “第十批” (旧规则 · version 1) cannot be read: {MISSPELT} The city's talent office "
            "moves the batch to another version of its rules; then this is possible again."
        ],
    )
    with translation.override("en"):
        kinds = ", ".join(f"{each.value} ({each.label})" for each in Qualification.Kind)
    code, said = refusal(lambda: planned(eligibility=[{"kind": "high_tec"}]))
    assert (code, said) == (
        "eligibility_wrong",
        [
            "What “第十批” asks of its hosts cannot be read; the city's talent office corrects it first: "
            f"“high_tec” is no qualification; write one of: {kinds}."
        ],
    )
    assert Batch.objects.count() == 0
    assert planned(eligibility=[{"kind": "high_tech"}]).pk


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["rules", "eligibility"])
def test_a_batch_of_a_former_release_is_not_opened_with_bad_data(what: str) -> None:
    batch = BatchFactory(status="draft", **({"rule_set": bad_rules()} if what == "rules" else {}))
    if what == "eligibility":
        write(batch, eligibility=[{"kind": "规上工业企业"}])
    code, _said = refusal(lambda: open_batch(batch, by=CityUserFactory(), at=AT))
    assert code == ("rules_unreadable" if what == "rules" else "eligibility_wrong")
    batch.refresh_from_db()
    assert (batch.status, batch.events.count()) == ("draft", 1 if what == "rules" else 2)


# -- Other rules for a batch --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_batch_is_moved_to_another_version_with_a_trace() -> None:
    by, batch = CityUserFactory(), BatchFactory(rule_set=bad_rules())
    better = write_rule_set("old", by=by, name="新规则", data={})
    assert repin_rules(batch, better, by=by, at=AT, reason=" 字段写错。 ") == batch
    batch.refresh_from_db()
    assert batch.rule_set == better
    event = batch.events.order_by("pgh_id").last()
    assert event.rule_set_id == better.pk
    assert {name: event.pgh_context.metadata[name] for name in ("act", "by", "reason")} == {
        "act": "programmes.repin_rules", "by": by.pk, "reason": "字段写错。"
    }  # fmt: skip
    assert list(Job.objects.order_by("kind").values_list("kind", "args", "asked_by")) == [
        ("close_month", {}, None), ("rejudge_batch", {"batch": batch.pk}, by.pk)
    ]  # fmt: skip


@pytest.mark.django_db
def test_when_a_batch_keeps_its_rules() -> None:
    by, batch = CityUserFactory(), BatchFactory(rule_set=bad_rules())
    closed = BatchFactory(rule_set=batch.rule_set, status="closed")
    better, worse = write_rule_set("old", by=by, name="新规则", data={}), bad_rules()
    act: dict[str, Any] = {"by": by, "at": AT, "reason": "字段写错。"}
    found = [
        refusal(lambda: repin_rules(batch, better, **{**act, "reason": " "}))[0],
        refusal(lambda: repin_rules(closed, better, **act))[0],
        refusal(lambda: repin_rules(batch, batch.rule_set, **act))[0],
        refusal(lambda: repin_rules(batch, RuleSetFactory(), **act))[0],
        refusal(lambda: repin_rules(batch, worse, **act)),
    ]
    assert found == ["reason_missing", "batch_closed", "already_done", "other_rules", ("rules_wrong", [MISSPELT])]
    assert set(Batch.objects.values_list("rule_set", flat=True)) == {bad_rules_of(batch)}
    assert Job.objects.count() == 0


def bad_rules_of(batch: Batch) -> int:
    return RuleSet.objects.get(code="old", version=1).pk
