"""Shortlists stored and replaced whole, without the doctors the office forbids; runs that meet."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError
from django.utils import timezone

from core import jobs
from core.models import Job, Notice
from experts.models import Doctor, Interest
from matching import actions, runs
from matching.kept import current_snapshot
from matching.models import MatchRun, Override, PlanLine, Suggestion
from tests.factories import (
    START,
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    MemberFactory,
    NeedFactory,
    SuggestionFactory,
    moment,
)
from tests.matching.people import expert, farmer, shortlist
from tests.threads import race

AT = moment(START)


@pytest.mark.django_db
def test_a_shortlist_has_points_and_the_quoted_words_of_both_sides() -> None:
    member, doctor = MemberFactory(), expert()
    farmer()
    need = NeedFactory(enterprise=member.enterprise)
    run = runs.match_need(need, at=AT)
    assert (run.need, run.batch, run.finished_at, run.engine) == (need, None, AT, "lexical")
    line = Suggestion.objects.current().get(need=need)
    assert (line.run, line.doctor, line.rank, line.current) == (run, doctor, 1, True)
    assert line.score == sum(Decimal(str(one["points"])) for one in line.points).quantize(Decimal("0.1"))
    assert [set(one) for one in line.points] == [{"factor", "points", "most"}] * len(line.points)
    work = doctor.works.get()
    quote = line.quotes[0]
    assert set(quote) == {"terms", "need", "work", "text", "weight"}
    assert quote["work"] in (work.pk, None)
    said = need.title + need.problem + need.target
    theirs = work.title + work.abstract + doctor.directions + doctor.keywords
    for one in line.quotes:
        assert one["need"].strip("…") in said
        assert one["text"].strip("…") in theirs
    notice = Notice.objects.get(kind="shortlist_ready")
    assert (notice.user, notice.params) == (member.user, {"count": 1, "title": need.title})


@pytest.mark.django_db
def test_a_new_shortlist_replaces_the_earlier_whole() -> None:
    one, two = expert(), expert()
    need, other = NeedFactory(), NeedFactory()
    first = runs.match_need(need, at=AT)
    runs.match_need(other, at=AT)
    assert set(shortlist(need)) == {one.pk, two.pk}
    Doctor.objects.filter(pk=one.pk).update(active=False)
    three = expert()
    second = runs.match_need(need, at=moment(START, 12))
    assert set(shortlist(need)) == {two.pk, three.pk}
    assert set(first.suggestions.values_list("doctor", "current")) == {(one.pk, False), (two.pk, False)}
    assert [line.run for line in Suggestion.objects.current().filter(need=need)] == [second, second]
    assert set(shortlist(other)) == {one.pk, two.pk}


@pytest.mark.django_db
def test_a_shortlist_without_a_line_takes_the_earlier_one_away() -> None:
    expert()
    need = NeedFactory()
    runs.match_need(need, at=AT)
    Doctor.objects.update(active=False)
    run = runs.match_need(need, at=AT)
    assert shortlist(need) == []
    assert list(run.facts["why"]) == [str(need.pk)]
    assert Notice.objects.count() == 0


@pytest.mark.django_db
def test_limits_are_read_afresh_for_every_run() -> None:
    """The kept snapshot holds what was written; places and interests are read each time."""
    one, two, three = expert(), expert(), expert()
    need = NeedFactory()
    runs.match_need(need, at=AT)
    assert set(shortlist(need)) == {one.pk, two.pk, three.pk}
    AssignmentFactory(doctor=one)
    Interest.objects.create(doctor=two, credit_code=need.enterprise.credit_code, what="持股")
    run = runs.match_need(need, at=AT)
    assert shortlist(need) == [three.pk]
    assert run.facts["excluded"] == {str(need.pk): 2}


@pytest.mark.django_db
def test_the_snapshot_is_read_anew_only_when_doctors_changed() -> None:
    doctor = expert()
    first = current_snapshot()
    assert current_snapshot() is first
    assert texts_of(doctor)[1][1] == doctor.works.get().title
    work = doctor.works.get()
    work.title = "全新的题目"
    work.save()
    assert texts_of(doctor)[1][1] == "全新的题目"
    Doctor.objects.filter(pk=doctor.pk).update(keywords="石墨")
    assert texts_of(doctor)[0][2].endswith("石墨")
    doctor.works.all().delete()
    assert len(texts_of(doctor)) == 1


def texts_of(doctor: Doctor) -> list[tuple[int, str, str]]:
    """What the snapshot holds of him now."""
    snapshot = current_snapshot()
    (place,) = snapshot.places_of(np.array([doctor.pk]))
    return snapshot.texts_at(int(place))


@pytest.mark.django_db
def test_the_same_input_gives_the_same_shortlist() -> None:
    for _ in range(12):
        expert()
    need = NeedFactory()
    columns = ("doctor", "rank", "score", "strength", "points", "quotes", "unknown", "against")
    runs.match_need(need, at=AT)
    first = list(Suggestion.objects.current().values_list(*columns))
    runs.match_need(need, at=AT)
    assert list(Suggestion.objects.current().values_list(*columns)) == first
    assert [line[1] for line in first] == list(range(1, runs.SHOWN + 1))


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "kept"), [("open", [2]), ("running", [2]), ("closed", [1, 2])])
def test_a_forbidden_doctor_is_not_on_the_shortlist_while_the_batch_is_under_way(status: str, kept: list[int]) -> None:
    one, two = expert(), expert()
    need, by = NeedFactory(), CityUserFactory()
    Override.objects.create(
        batch=BatchFactory(status=status),
        need=need,
        doctor=one,
        kind="forbid",
        reason="同一课题组",
        made_by=by,
        made_at=AT,
    )
    runs.match_need(need, at=AT)
    assert sorted(shortlist(need)) == [{1: one.pk, 2: two.pk}[each] for each in kept]


@pytest.mark.django_db
def test_a_shortlist_of_which_everybody_is_forbidden_says_so() -> None:
    doctor, need = expert(), NeedFactory()
    Override.objects.create(
        batch=BatchFactory(), need=need, doctor=doctor, kind="forbid", reason="同一课题组", made_by=CityUserFactory(),
        made_at=AT,
    )  # fmt: skip
    run = runs.match_need(need, at=AT)
    assert (shortlist(need), run.facts["why"]) == ([], {str(need.pk): "all_excluded"})
    Override.objects.update(lifted_at=AT, lifted_by=CityUserFactory(), lift_reason="已换组")
    runs.match_need(need, at=AT)
    assert shortlist(need) == [doctor.pk]


@pytest.mark.django_db
def test_a_forbidden_doctor_leaves_his_line_to_the_next() -> None:
    doctors = [expert() for _ in range(12)]
    need = NeedFactory()
    runs.match_need(need, at=AT)
    first = shortlist(need)[0]
    Override.objects.create(
        batch=BatchFactory(), need=need, doctor_id=first, kind="forbid", reason="同一课题组", made_by=CityUserFactory(),
        made_at=AT,
    )  # fmt: skip
    runs.match_need(need, at=AT)
    assert len(shortlist(need)) == runs.SHOWN
    assert set(shortlist(need)) < {doctor.pk for doctor in doctors} - {first}
    lines = Suggestion.objects.current().filter(need=need)
    assert [line.rank for line in lines] == list(range(1, runs.SHOWN + 1))
    assert all(line.quotes for line in lines)


# -- Jobs -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_published_need_stores_its_shortlist(quiet: None) -> None:
    doctor, need = expert(), NeedFactory(status="submitted")
    actions.publish_need(need, by=CityUserFactory(), at=timezone.now())
    job = Job.objects.get()
    assert jobs.run(job.pk) == "done"
    job.refresh_from_db()
    assert job.result == {"run": MatchRun.objects.get().pk, "lines": 1}
    assert shortlist(need) == [doctor.pk]


@pytest.mark.django_db(transaction=True)
def test_two_runs_over_one_need_take_turns(quiet: None) -> None:
    expert()
    need = NeedFactory()
    first, second = race(lambda: runs.match_need(need, at=AT), lambda: runs.match_need(need, at=AT))
    assert (first.need, second.need) == (need, need)
    assert [line.run for line in Suggestion.objects.current()] == [second]


# -- What the database refuses -----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"score": 0}, "suggestion_score_in_range"),
        ({"score": Decimal("100.1")}, "suggestion_score_in_range"),
        ({"rank": 0}, "suggestion_rank_from_one"),
    ],
)
def test_a_line_without_points_or_rank_is_refused(facts: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        SuggestionFactory(**facts)


@pytest.mark.django_db
@pytest.mark.parametrize("same", ["doctor", "rank"])
def test_a_shortlist_names_a_doctor_and_a_rank_once(same: str) -> None:
    line = SuggestionFactory()
    SuggestionFactory(need=line.need, run=line.run, current=False, **{same: getattr(line, same)})
    with pytest.raises(IntegrityError, match="suggestion_once" if same == "doctor" else "suggestion_rank_once"):
        SuggestionFactory(need=line.need, run=line.run, **{same: getattr(line, same)})


@pytest.mark.django_db
@pytest.mark.parametrize("facts", [{}, {"doctor": True, "why_none": "taken"}])
def test_a_line_of_the_plan_has_a_doctor_or_a_why(facts: dict[str, Any]) -> None:
    line = SuggestionFactory()
    doctor = line.doctor if facts.pop("doctor", False) else None
    with pytest.raises(IntegrityError, match="planline_doctor_or_why"):
        PlanLine.objects.create(run=line.run, need=line.need, doctor=doctor, **facts)


@pytest.mark.django_db
def test_a_run_covers_something() -> None:
    with pytest.raises(IntegrityError, match="matchrun_covers_something"):
        MatchRun.objects.create(engine="bm25", engine_version="1.0", started_at=AT)
