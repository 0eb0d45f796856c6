"""Which version of its rules a batch had at a moment."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import InternalError

from programmes.actions import edit_batch, plan_batch, repin_rules
from programmes.models import Batch, RulePin
from programmes.pins import rules_at
from tests.factories import START, BatchFactory, CityUserFactory, ProgrammeFactory, RuleSetFactory, moment

pytestmark = pytest.mark.django_db
AT = moment(START)
HOUR = timedelta(hours=1)


def pins(batch: Batch) -> list[tuple[Any, ...]]:
    return list(batch.pins.order_by("pk").values_list("rule_set", "since", "by", "reason"))


def test_the_version_of_every_moment_is_known() -> None:
    by = CityUserFactory()
    one, two, three = (RuleSetFactory(code="yq", version=number) for number in (1, 2, 3))
    batch = plan_batch(
        ProgrammeFactory(), by=by, at=AT, name="第十批", rule_set=one, starts_on=START,
        ends_on=START.replace(year=2026),
        orders_from=START, orders_until=START.replace(month=4),
    )  # fmt: skip
    edit_batch(batch, by=by, at=AT + HOUR, facts={"rule_set": two})
    edit_batch(batch, by=by, at=AT + 2 * HOUR, facts={"name": "第十批 甲"})
    repin_rules(batch, three, by=by, at=AT + 3 * HOUR, reason="更正")
    assert pins(batch) == [
        (one.pk, AT, by.pk, ""),
        (two.pk, AT + HOUR, by.pk, ""),
        (three.pk, AT + 3 * HOUR, by.pk, "更正"),
    ]
    moments = [AT - HOUR, AT, AT + HOUR - timedelta(seconds=1), AT + HOUR, AT + 3 * HOUR, AT + 99 * HOUR]
    assert [rules_at(batch, each) for each in moments] == [one, one, one, two, three, three]


def test_two_changes_of_one_moment_leave_the_later() -> None:
    batch = BatchFactory(rule_set=RuleSetFactory(code="yq", version=1))
    for number in (2, 3):
        repin_rules(batch, RuleSetFactory(code="yq", version=number), by=CityUserFactory(), at=AT, reason="更正")
    assert rules_at(batch, AT).version == 3


def test_a_batch_written_past_the_actions_has_the_rules_it_is_pinned_to() -> None:
    batch = BatchFactory()
    RulePin.objects.all().delete()
    assert rules_at(batch, AT) == batch.rule_set


@pytest.mark.django_db(transaction=True)
def test_the_past_is_read_from_the_history() -> None:
    by, bare = CityUserFactory(), BatchFactory()
    one, two = RuleSetFactory(code="yq", version=1), RuleSetFactory(code="yq", version=2)
    batch = BatchFactory(rule_set=one)
    repin_rules(batch, two, by=by, at=AT, reason="更正")
    Batch.objects.filter(pk=batch.pk).update(name="改名")
    repin_rules(batch, one, by=by, at=AT, reason="又改回")
    RulePin.objects.all().delete()
    import_module("programmes.migrations.0004_rules_written_and_pinned").pin_from_history(apps, None)
    changes = [event.pgh_created_at for event in batch.events.order_by("pgh_id") if event.name != "改名"]
    back = batch.events.order_by("pgh_id").last().pgh_created_at
    assert pins(batch) == [
        (one.pk, changes[0], None, ""),
        (two.pk, changes[1], by.pk, "更正"),
        (one.pk, back, by.pk, "又改回"),
    ]
    assert [row[0] for row in pins(bare)] == [bare.rule_set_id]


@pytest.mark.django_db(transaction=True)
def test_a_pin_is_never_changed_but_a_name_may_go_from_its_reason() -> None:
    pin, other = BatchFactory().pins.get(), RuleSetFactory(code="other")
    for change in ({"rule_set": other}, {"since": AT + HOUR}, {"batch": BatchFactory()}):
        with pytest.raises(InternalError, match="Cannot update rows"):
            RulePin.objects.filter(pk=pin.pk).update(**change)
    assert RulePin.objects.filter(pk=pin.pk).update(reason="某人") == 1
