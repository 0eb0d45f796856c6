"""Needs that say nothing or too much, doctors without words, limits that contradict: a plain answer in Chinese on the
page and in the command, never a failure, never a false strong match."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.models import Job
from enterprises.models import Need
from experts.models import Doctor
from matching import actions
from matching.models import MatchRun, Suggestion
from programmes.models import Batch
from tests.factories import (
    START,
    BatchFactory,
    CityUserFactory,
    DistrictFactory,
    DoctorFactory,
    HostFactory,
    MemberFactory,
    NeedFactory,
    OrderFactory,
    moment,
)
from tests.matching.people import expert, farmer
from tests.officedata.tables import workbook

AT = moment(START)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet")]

TOO_SHORT = "需求写得太短，无法匹配。请补充现状、已试过的办法和考核指标。"
NO_DOCTORS = "尚无博士登记。"
NO_MATCH = "没有博士的成果材料与该需求相符。可请人才办进一步寻找，或交由高校推荐。"
NO_CANDIDATE, FULL, NO_QUOTA = "没有合适的博士。", "合适的博士均已满额。", "名额已用完。"
ONE_LEFT = "因此有1项需求无法派出博士。"
BRICKS = "镁碳砖抗热震性差，间歇使用时剥落快。"


@pytest.fixture
def office(client: Client) -> User:
    """The city's office, signed in and reading Chinese."""
    user: User = CityUserFactory()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def match(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("match", *arguments, stdout=out, stderr=out)
    return [line.strip() for line in out.getvalue().splitlines()]


def listed(need: Need) -> list[tuple[Any, ...]]:
    found = Suggestion.objects.current().filter(need=need)
    return list(found.values_list("doctor", "strength"))


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def plan_page(client: Client, batch: Batch) -> Any:
    answer = client.get(reverse("admin:batch_plan", args=[batch.pk]))
    assert answer.status_code == 200
    return answer.context


def need_of(text: tuple[str, str], **facts: Any) -> Need:
    made: Need = NeedFactory(title=text[0], problem=text[1], target="", **facts)
    return made


# -- One need ----------------------------------------------------------------------------------------------------

NOTHING = {
    "blanks": (" ", " \n　\t"),
    "one character": ("砖", "砖"),
    "a word of form": ("改进", "需要改进。"),
    "punctuation": ("！？。，、……", '——《》（）【】~!@#$%^&*()_+{}|:"<>?'),
    "numbers": ("42", "1234567890 42 2025 3.14 60 12"),
    "figures with units": ("42次", "42次 60次 12MPa 1450℃ 3%"),
    "emoji": ("😀🔥", "😀🔥🚀👍🏽👨‍👩‍👧‍👦🇨🇳"),
    "markup": ("<script>alert(1)</script>", "<b>&nbsp;&amp;</b><img src=x onerror=alert(1)>"),
    "what is no character": ("\ufffd\ufffd", "\ufffe\uffff\u200b\u202e"),
    "100,000 stops": ("。" * 100, "。" * 100_000),
    "100,000 times one letter": ("a" * 100, "a" * 100_000),
    "rare characters alone": ("𠀀𠮷𪚥", "𠀀𠮷𪚥" * 10),
}
STRANGE = {
    "kana": ("カーボンれんが", "マグネシアカーボンれんがの耐熱衝撃性"),
    "100,000 characters of something else": ("改进", "果园灌溉与施肥方案，" * 10_000),
}
SPEAKING = {
    "100,000 characters": ("镁碳砖抗热震性提升", BRICKS * 5_600),
    "mixed scripts": ("镁碳砖 MgO-C брикет", "ﾏｸﾞﾈｼｱ 벽돌 طوب 鎂碳磚 magnesia carbon brick θερμότητα 抗熱震性"),
}


def found_nobody(need: Need, why: str, client: Client) -> None:
    """The job is done, the run says why, and so do the page and the command."""
    assert match("--need", str(need.pk))[1:] == [why]
    assert Job.objects.get().state == "done"
    assert MatchRun.objects.get().finished_at is not None
    assert listed(need) == []
    assert why in page(client, need.get_absolute_url())


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_a_need_that_says_nothing_is_too_short(text: tuple[str, str], office: User, client: Client) -> None:
    expert()
    found_nobody(need_of(text), TOO_SHORT, client)


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_a_need_of_another_kind_has_no_match(text: tuple[str, str], office: User, client: Client) -> None:
    expert()
    found_nobody(need_of(text), NO_MATCH, client)


@pytest.mark.parametrize("text", SPEAKING.values(), ids=SPEAKING)
def test_a_need_that_speaks_is_answered_however_it_is_written(
    text: tuple[str, str], office: User, client: Client
) -> None:
    doctor = expert(name="甘博士")
    farmer(name="田博士")
    need = need_of(text)
    lines = match("--need", str(need.pk))
    assert lines[1].startswith("1. 甘博士 · ")
    assert listed(need) == [(doctor.pk, "strong")]
    shown = page(client, need.get_absolute_url())
    assert ("甘博士" in shown, "田博士" in shown) == (True, False)


def test_what_markup_a_need_holds_is_only_text(office: User, client: Client) -> None:
    need = need_of(NOTHING["markup"])
    shown = page(client, need.get_absolute_url())
    assert ("<script>alert" in shown, "&lt;script&gt;alert" in shown) == (False, True)


def test_words_in_another_order_are_no_strong_match(office: User) -> None:
    """The characters of the topic, turned round, and its single words among others."""
    expert()
    for text in (("砖碳镁", "طوب المغنيسيا"), ("抗氧化剂", "食用油脂里的抗氧化剂怎样检测？")):
        need = need_of(text)
        match("--need", str(need.pk))
        assert {strength for _doctor, strength in listed(need)} <= {"weak", "fair"}


def test_the_table_refuses_a_need_without_any_words() -> None:
    for text in (("", "x"), ("x", "")):
        with pytest.raises(IntegrityError, match="need_says_something"), transaction.atomic():
            need_of(text)


LONG = "镁" * 100_000


def test_the_form_refuses_what_is_empty_or_endless(client: Client) -> None:
    member = MemberFactory()
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    typed = {"kind": "technology", "visibility": "public", "contact_name": "贾工", "contact_phone": "13812345678"}
    for title, problem in ((" ", "\n"), ("a\x00b", "a\x00b"), (LONG, LONG)):
        form = client.post(reverse("need_new"), {**typed, "title": title, "problem": problem, "step": "send"})
        assert (form.status_code, {"title", "problem"} <= set(form.context["form"].errors)) == (200, True)
    assert form.context["form"].errors["problem"] == ["确保该变量包含不超过 3000 字符 (目前字符数 100000)。"]
    assert not Need.objects.exists()


def test_the_import_refuses_an_endless_need_and_takes_the_others(tmp_path: Path) -> None:
    CityUserFactory()
    DistrictFactory(code="149931", name="石岭区")
    header = ["企业名称", "所在区县", "需求名称", "现状与问题"]
    rows = [
        ["明远耐火材料有限公司", "石岭区", "镁碳砖寿命", LONG[:30_000]],
        ["明远化工有限公司", "石岭区", "", ""],
        ["明远石灰有限公司", "石岭区", "😀", "😀"],
    ]
    out = StringIO()
    path = workbook(tmp_path / "needs.xlsx", [header, *rows])
    call_command("import_needs", str(path), stdout=out)
    assert [(need.title, need.status) for need in Need.objects.all()] == [("😀", "submitted")]
    assert out.getvalue().splitlines()[:3] == [
        "未导入：工作表“Sheet1”第2行“现状与问题”：共30000字，最多3000字。",
        "未导入：工作表“Sheet1”第3行“需求名称”：未填写。",
        "未导入：工作表“Sheet1”第3行“现状与问题”：未填写。",
    ]


# -- Equal needs, doctors without words ----------------------------------------------------------------------------


def test_a_need_identical_to_another_gets_the_same_answer(office: User, client: Client) -> None:
    one, two = expert(name="甘博士"), expert(name="苗博士")
    equal = [need_of(("镁碳砖抗热震性提升", BRICKS)) for _ in range(3)]
    batch = BatchFactory(name="第一批")
    lines = match("--batch", str(batch.pk))
    assert [listed(need) for need in equal] == [listed(equal[0])] * 3
    assert {doctor for doctor, _strength in listed(equal[0])} == {one.pk, two.pk}
    run = MatchRun.objects.get()
    assert sorted(run.plan.exclude(doctor=None).values_list("doctor", flat=True)) == [one.pk, two.pk]
    assert [line.why_none for line in run.plan.filter(doctor=None)] == ["capacity"]
    assert len({line.score for line in run.plan.exclude(doctor=None)}) == 1
    assert sum(line.endswith(f"镁碳砖抗热震性提升：{FULL}") for line in lines) == 1
    assert [str(row["why"]) for row in plan_page(client, batch)["rows"]] == ["", "", FULL]


def wordless(**facts: Any) -> Doctor:
    made: Doctor = DoctorFactory(directions="", keywords="", discipline="", college="", **facts)
    return made


def test_a_doctor_without_works_and_directions_is_never_listed(office: User, client: Client) -> None:
    wordless()
    need = need_of(("镁碳砖抗热震性提升", BRICKS))
    found_nobody(need, NO_MATCH, client)
    doctor = expert()
    match("--need", str(need.pk))
    assert [key for key, _strength in listed(need)] == [doctor.pk]


def test_a_doctor_without_words_may_be_pinned_and_has_no_points(office: User, client: Client) -> None:
    doctor, need, batch = wordless(name="白博士"), need_of(("镁碳砖抗热震性提升", BRICKS)), BatchFactory(name="第一批")
    pin(batch, need, doctor, office)
    lines = match("--batch", str(batch.pk))
    assert lines[1] == f"{need.number} 镁碳砖抗热震性提升 → 白博士（{doctor.university}） · 得分 0.0"
    (row,) = plan_page(client, batch)["rows"]
    assert (row["line"].doctor, row["line"].pinned, row["strength"]) == (doctor, True, "")


# -- Batches without anything ----------------------------------------------------------------------------------------


def test_a_batch_without_needs(office: User, client: Client) -> None:
    expert()
    batch = BatchFactory(name="第一批")
    assert match("--batch", str(batch.pk)) == [
        "第一批",
        "方案没有条目：本批次没有等待派出博士的已发布需求。",
        "0项需求中有0项找到博士。",
        "总分0.0；若逐项挑选（每次取剩余得分最高的人选），总分为0.0。",
    ]
    address = reverse("admin:batch_plan", args=[batch.pk])
    assert "本批次没有等待派出博士的已发布需求。" in page(client, address)


@pytest.mark.parametrize("doctors", ["none", "wordless", "inactive"])
def test_a_batch_without_doctors_who_could_be_proposed(doctors: str, office: User, client: Client) -> None:
    {"none": lambda: None, "wordless": wordless, "inactive": lambda: expert(active=False)}[doctors]()
    need, batch = need_of(("镁碳砖抗热震性提升", BRICKS)), BatchFactory(name="第一批")
    assert match("--batch", str(batch.pk)) == [
        "第一批",
        "下列需求暂无人选：",
        f"{need.number} 镁碳砖抗热震性提升：{NO_CANDIDATE}",
        "1项需求中有0项找到博士。",
        "总分0.0；若逐项挑选（每次取剩余得分最高的人选），总分为0.0。",
    ]
    shown = plan_page(client, batch)
    assert [str(row["why"]) for row in shown["rows"]] == [NO_CANDIDATE]
    assert (shown["unkept"], shown["conflicts"]) == ([], [])
    found = MatchRun.objects.get().facts["why"]
    assert found == {str(need.pk): "no_match" if doctors == "wordless" else "no_doctors"}


def test_a_need_matched_before_any_doctor_is_enrolled_says_so(office: User, client: Client) -> None:
    found_nobody(need_of(("镁碳砖抗热震性提升", BRICKS)), NO_DOCTORS, client)


def test_a_round_of_bad_needs_spoils_none_of_the_good_ones(office: User, client: Client) -> None:
    doctor, batch = expert(name="甘博士"), BatchFactory(name="第一批")
    bad = [need_of(text) for text in (NOTHING | STRANGE).values()]
    good = need_of(("镁碳砖抗热震性提升", BRICKS))
    lines = match("--batch", str(batch.pk))
    assert lines[1].startswith(f"{good.number} 镁碳砖抗热震性提升 → 甘博士（{doctor.university}） · 得分 ")
    plan = dict(MatchRun.objects.get().plan.values_list("need", "why_none"))
    assert plan == {good.pk: "", **{need.pk: "no_candidate" for need in bad}}
    assert f"{len(bad) + 1}项需求中有1项找到博士。" in lines
    assert len(plan_page(client, batch)["rows"]) == len(bad) + 1


# -- Limits that contradict -------------------------------------------------------------------------------------------


def pin(batch: Batch, need: Need, doctor: Doctor, by: User) -> None:
    actions.pin_pair(batch, need, doctor, by=by, at=AT, reason="企业点名要他")


def said(context: Any) -> list[str]:
    return [*context["unkept"], *(words for one in context["conflicts"] for words in (one.sentence, *one.changes))]


def answer(batch: Batch, client: Client) -> list[str]:
    """What pins and demands could not be met, and what to change: the same words in the command and on the page."""
    lines = match("--batch", str(batch.pk))
    found = said(plan_page(client, batch))
    assert [line for line in lines if line.removeprefix("- ") in found] == [
        line if line in lines else f"- {line}" for line in found
    ]
    return found


def test_two_needs_pinned_to_a_doctor_with_one_place(office: User, client: Client) -> None:
    doctor, batch = expert(name="甘博士"), BatchFactory()
    first, second = (need_of((f"镁碳砖抗热震性提升{at}", BRICKS)) for at in "甲乙")
    for need in (first, second):
        pin(batch, need, doctor, office)
    assert answer(batch, client) == [
        "指定甘博士承接“镁碳砖抗热震性提升乙”未能保留：该博士已没有名额。",
        f"需求{first.number}、{second.number}都只能由{doctor.university}派出，甘博士只剩1个名额，{ONE_LEFT}",
        "经试算：请甘博士增加1家服务企业后，暂无人选的需求由1项变为0项。",
        "解除其中的指定，或取消其中的点单。",
    ]
    plan = list(MatchRun.objects.get().plan.order_by("need_id").values_list("need", "doctor", "why_none"))
    assert plan == [(first.pk, doctor.pk, ""), (second.pk, None, "capacity")]


@pytest.mark.parametrize("whose", ["university", "class"])
def test_a_pin_against_a_quota_of_nothing(whose: str, office: User, client: Client) -> None:
    doctor, batch = expert(name="甘博士"), BatchFactory()
    need = need_of(("镁碳砖抗热震性提升", BRICKS))
    pin(batch, need, doctor, office)
    quota: dict[str, Any] = {"university": doctor.university}
    if whose == "class":
        quota = {"enterprise_class": need.enterprise.enterprise_class}
    actions.set_quota(batch, most=0, by=office, **quota)
    name = str(doctor.university) if whose == "university" else "科技类企业"
    found = answer(batch, client)
    assert found[0] == "指定甘博士承接“镁碳砖抗热震性提升”未能保留：名额已用完。"
    assert f"{name}的名额已用完，因此有1项需求无法派出博士。" in found[1]
    assert f"经试算：将{name}的名额增加1个后，暂无人选的需求由1项变为0项。" in found
    assert list(MatchRun.objects.get().plan.values_list("need", "doctor", "why_none")) == [(need.pk, None, "quota")]


def test_orders_that_ask_for_more_than_there_is(office: User, client: Client) -> None:
    """Two orders that must be answered name the same doctor, who has one place."""
    doctor, batch = expert(name="甘博士"), BatchFactory()
    needs = []
    for _ in range(2):
        host = HostFactory(batch=batch)
        need = need_of(("镁碳砖抗热震性提升", BRICKS), enterprise=host.enterprise)
        OrderFactory(host=host, need=need, doctors=[doctor])
        Need.objects.filter(pk=need.pk).update(status="ordered")
        needs.append(need)
    first, second = needs
    assert answer(batch, client) == [
        f"需求{first.number}、{second.number}都只能由{doctor.university}派出，甘博士只剩1个名额，{ONE_LEFT}",
        "经试算：请甘博士增加1家服务企业后，暂无人选的需求由1项变为0项。",
        "解除其中的指定，或取消其中的点单。",
    ]
    assert sorted(MatchRun.objects.get().plan.values_list("why_none", flat=True)) == ["", "capacity"]


def test_a_doctor_pinned_who_left_since(office: User, client: Client) -> None:
    doctor, batch = expert(name="甘博士"), BatchFactory()
    need = need_of(("镁碳砖抗热震性提升", BRICKS))
    pin(batch, need, doctor, office)
    Doctor.objects.filter(pk=doctor.pk).update(active=False)
    assert answer(batch, client)[0] == "指定甘博士承接“镁碳砖抗热震性提升”未能保留：该博士已没有名额。"
    assert MatchRun.objects.get().plan.get().doctor is None
