"""Grades of some services of a batch: judged with them is whoever shares a quota, and nobody else."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from assignments.models import Assignment
from experts.models import University
from programmes.models import Batch
from programmes.rulebook import rules_in
from service import actions
from service.graded import graded
from service.sources import with_rivals
from tests import factories as f
from tests.factories import SHANGHAI, START

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 20, 10, tzinfo=SHANGHAI)
OF_UNIVERSITY = {"grade": "excellent", "most": "0.5", "per": "university"}
OF_COUNTY = {"grade": "good", "most": "0.5", "per": "county"}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def batch_with(*quotas: dict[str, str]) -> Batch:
    """A batch whose services are graded by a score of the office."""
    data: dict[str, Any] = {
        "code": "quotas", "version": 1, "rules": [], "indicators": [{"code": "score", "by": "office"}],
        "grade": {
            "score": {"given": "score"}, "quotas": list(quotas),
            "bands": [{"grade": "excellent", "least": 90}, {"grade": "good", "least": 60}, {"grade": "qualified"}],
        },
    }  # fmt: skip
    made: Batch = f.BatchFactory(rule_set=f.RuleSetFactory(code="quotas", data=data))
    return made


def scored(batch: Batch, university: University, score: int) -> Assignment:
    made: Assignment = f.AssignmentFactory(batch=batch, doctor=f.DoctorFactory(university=university))
    actions.give_value(made, by=f.OperatorFactory(), at=NOW, indicator="score", value=str(score), on=START)
    return made


def grades(batch: Batch, assignments: Sequence[Assignment]) -> list[list[str]]:
    found = graded(rules_in(batch, batch.rule_set_id), assignments, as_of=NOW)
    return [[each.grade for each in found[one.pk].grades] for one in assignments]


def judged_with(batch: Batch, *assignments: Assignment) -> list[int]:
    return sorted(each.pk for each in with_rivals(rules_in(batch, batch.rule_set_id), assignments))


def test_one_service_is_ranked_among_all_of_its_group_and_no_other_is_judged() -> None:
    batch, here, elsewhere = batch_with(OF_UNIVERSITY), f.UniversityFactory(), f.UniversityFactory()
    best, second, alone = scored(batch, here, 95), scored(batch, here, 94), scored(batch, elsewhere, 93)
    other_batch = scored(batch_with(OF_UNIVERSITY), here, 99)
    assert judged_with(batch, second) == [best.pk, second.pk]
    assert [grades(batch, [each]) for each in (best, second, alone)] == [[["优秀"]], [["良好"]], [["良好"]]]
    assert grades(batch, [best, second, alone]) == [["优秀"], ["良好"], ["良好"]]
    assert judged_with(other_batch.batch, other_batch) == [other_batch.pk]


def test_a_quota_follows_those_before_it() -> None:
    batch, here = batch_with(OF_UNIVERSITY, OF_COUNTY), f.UniversityFactory()
    best, second = scored(batch, here, 95), scored(batch, here, 94)
    # In the county of the second, who falls to "good" only because of the best: there is one place for two.
    neighbour = scored(batch, f.UniversityFactory(), 70)
    neighbour.host.enterprise.district = second.host.enterprise.district
    neighbour.host.enterprise.save()
    assert judged_with(batch, neighbour) == [best.pk, second.pk, neighbour.pk]
    assert grades(batch, [neighbour]) == [["合格"]] == grades(batch, [best, second, neighbour])[2:]


def test_without_quotas_only_the_rows_of_a_page_are_judged() -> None:
    batch, here = batch_with(), f.UniversityFactory()
    first, second = scored(batch, here, 95), scored(batch, here, 94)
    assert (judged_with(batch, first), judged_with(batch, second)) == ([first.pk], [second.pk])
    assert grades(batch, [second]) == [["优秀"]]


def test_who_sees_one_service_sees_its_rank_among_all() -> None:
    batch, here = batch_with(OF_UNIVERSITY), f.UniversityFactory()
    _best, second = scored(batch, here, 95), scored(batch, here, 94)
    county = f.CountyUserFactory(office__district=second.host.enterprise.district)
    client = Client()
    client.force_login(county, backend="django.contrib.auth.backends.ModelBackend")
    rows = client.get(f"/office/batches/{batch.pk}/grades/").context["rows"]
    assert [(row.pk, [each.grade for each in found.grades]) for row, found in rows] == [(second.pk, ["良好"])]
