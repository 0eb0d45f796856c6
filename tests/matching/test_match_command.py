"""`bin/manage match`: what it prints, and what it leaves behind."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.models import Job
from matching.actions import MATCH_NEED
from matching.models import MatchRun, Suggestion
from matching.wording import WHY_NONE, WHY_UNSERVED
from tests.factories import (
    BatchFactory,
    CityUserFactory,
    DoctorFactory,
    NeedFactory,
    WorkFactory,
)

# A job is run outside of any transaction.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _office() -> None:
    CityUserFactory()


def match(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("match", *arguments, stdout=out, stderr=out)
    return out.getvalue().splitlines()


def refused(*arguments: str) -> tuple[int, list[str]]:
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("match", *arguments, stdout=err, stderr=err)
    return int(ended.value.code or 0), err.getvalue().splitlines()


def in_chinese(message: str, **words: object) -> str:
    with translation.override("zh-hans"):
        return _(message) % words


def test_a_need_prints_its_shortlist_with_points_and_the_words_of_both_sides() -> None:
    work = WorkFactory(doctor=DoctorFactory(name="甘博士"))
    need = NeedFactory(title="镁碳砖抗热震性提升")

    lines = match("--need", str(need.pk))

    row = Suggestion.objects.current().get()
    assert lines[0] == f"{need.number} {need.title}（{need.enterprise}）"
    assert lines[1].startswith(f"  1. 甘博士 · {work.doctor.university} · ")
    assert f" {row.score} · " in lines[1]
    assert all(f"/{part['most']:.0f}" in lines[2] for part in row.points)
    assert any("“镁碳砖抗热震性提升”" in line and f"《{work.title}》" in line for line in lines[3:])


def test_the_number_on_the_receipt_names_the_need_too() -> None:
    need = NeedFactory()
    assert match("--need", need.number)[0].startswith(need.number)


def test_the_shortlist_is_in_force_and_its_job_is_done() -> None:
    WorkFactory()
    need = NeedFactory()
    match("--need", str(need.pk))
    job = Job.objects.get()
    assert (job.kind, job.key, job.state) == (MATCH_NEED, str(need.pk), Job.State.DONE)
    assert MatchRun.objects.get().finished_at is not None


def test_limit_cuts_what_is_printed_and_not_what_is_kept() -> None:
    for _number in range(3):
        WorkFactory()
    need = NeedFactory()
    lines = match("--need", str(need.pk), "--limit", "2")
    assert [line[:4] for line in lines if line[2:4] in ("1.", "2.", "3.")] == ["  1.", "  2."]
    assert Suggestion.objects.current().count() == 3


@pytest.mark.parametrize(
    ("problem", "why"),
    [("需要改进。", "too_short"), ("奶牛乳房炎的早期诊断与疫苗免疫程序不清楚。", "no_match")],
)
def test_an_empty_shortlist_says_why(problem: str, why: str) -> None:
    WorkFactory()
    need = NeedFactory(title="改进", problem=problem, target="")
    with translation.override("zh-hans"):
        words = str(WHY_NONE[why])
    assert match("--need", str(need.pk))[1:] == [f"  {words}"]


def test_a_batch_prints_its_plan_and_whom_nobody_can_serve() -> None:
    doctor = DoctorFactory(name="甘博士", most_hosts=1)
    WorkFactory(doctor=doctor)
    best = NeedFactory(title="镁碳砖中抗氧化剂对抗热震性的影响")
    other = NeedFactory()
    stranger = NeedFactory(title="奶牛乳房炎的早期诊断", problem="奶牛乳房炎发病率高，缺少早期诊断办法。", target="")
    batch = BatchFactory(name="第一批")

    lines = match("--batch", str(batch.pk))

    with translation.override("zh-hans"):
        why = {code: str(words) for code, words in WHY_UNSERVED.items()}
    assert lines[0] == "第一批"
    assert lines[1].startswith(f"  {best.number} {best.title} → 甘博士（{doctor.university}） · ")
    assert lines[2] == in_chinese("Nobody is proposed for:")
    assert lines[3:5] == [
        f"  {other.number} {other.title}：{why['capacity']}",
        f"  {stranger.number} {stranger.title}：{why['no_candidate']}",
    ]
    assert lines[5:7] == [
        in_chinese("Demands that cannot be met together") + "：",
        f"  需求{best.number}、{other.number}都只能由{doctor.university}派出，甘博士只剩1个名额，"
        "因此有1项需求无法派出博士。",
    ]
    assert all(line.startswith("    - ") for line in lines[7:-2])
    assert lines[-2] == in_chinese("%(served)s of %(all)s needs have a doctor.", served=1, all=3)
    total = f"{MatchRun.objects.get().facts['total']:.1f}"
    sentence = "Total score %(total)s; always taking the best pair left would reach %(greedy)s."
    assert lines[-1] == in_chinese(sentence, total=total, greedy=total)


def test_a_job_whose_worker_died_is_taken_over() -> None:
    WorkFactory()
    need = NeedFactory()
    now = timezone.now()
    Job.objects.create(
        kind=MATCH_NEED,
        key=str(need.pk),
        args={"need": need.pk},
        state=Job.State.RUNNING,
        not_before=now - timedelta(hours=1),
        started_at=now - timedelta(hours=1),
        lease_until=now - timedelta(minutes=1),
        attempt=1,
    )
    assert len(match("--need", str(need.pk))) > 1
    # What was asked for while the dead one ran is done after it.
    assert list(Job.objects.order_by("pk").values_list("state", "attempt")) == [("done", 2), ("done", 1)]


@pytest.mark.parametrize("number", ["999999", "XQ202500999999", "第一条", "-1", "9" * 30])
@pytest.mark.parametrize("what", ["need", "batch"])
def test_an_unknown_number_is_one_line_and_status_2(what: str, number: str) -> None:
    message = f"There is no {what} with the number %(number)s."
    assert refused(f"--{what}={number}") == (2, [in_chinese(message, number=number)])
    assert not Job.objects.exists()


@pytest.mark.parametrize("limit", ["0", "11"])
def test_a_limit_beyond_what_is_kept_is_refused(limit: str) -> None:
    need = NeedFactory()
    assert refused("--need", str(need.pk), "--limit", limit)[0] == 2


def test_need_and_batch_exclude_each_other_and_one_is_asked_for() -> None:
    with pytest.raises(CommandError):
        match()
    with pytest.raises(CommandError):
        match("--need", "1", "--batch", "1")
