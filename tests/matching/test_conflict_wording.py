"""What cannot be met together, as the office reads it in Chinese."""

from typing import Any

import pytest
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from enterprises.models import Need
from matching.conflict_wording import Conflict, all_followed_in_words, conflicts_in_words, unkept_in_words
from tests.factories import DoctorFactory, NeedFactory, UniversityFactory

pytestmark = pytest.mark.django_db
METALLURGY = "450"  # GB/T 13745


def a_conflict(needs: list[Need], doctors: list[Any], *limits: tuple[str, Any, int], **facts: Any) -> dict[str, Any]:
    return {
        "needs": [need.pk for need in needs],
        "doctors": [doctor.pk for doctor in doctors],
        "limits": [{"kind": kind, "key": key, "left": left} for kind, key, left in limits],
        "short": 1,
        **facts,
    }


def remedy(left: int, *limits: tuple[str, Any, int], doctors: tuple[Any, ...] = (), more: int = 1) -> dict[str, Any]:
    found = [{"kind": kind, "key": key, "left": most} for kind, key, most in limits]
    return {"limits": found, "doctors": [doctor.pk for doctor in doctors], "more": more, "left": left}


def told(*stored: dict[str, Any], lacking: int = 1) -> list[Conflict]:
    with override("zh-hans"):
        return conflicts_in_words(stored, lacking)


def numbers(needs: list[Need]) -> str:
    return "、".join(need.number for need in needs)


def demanding(count: int, *disciplines: str) -> list[Need]:
    codes = disciplines or (METALLURGY,) * count
    return [NeedFactory(discipline=code, discipline_required=True) for code in codes]


def test_a_discipline_and_a_university_whose_quota_is_too_small() -> None:
    school = UniversityFactory(name="太行理工大学")
    doctors = [DoctorFactory(university=school) for _ in range(3)]
    needs = demanding(3)
    limit = ("university", school.pk, 2)
    (found,) = told(a_conflict(needs, doctors, limit, remedies=[remedy(4, limit)]), lacking=5)
    assert found.sentence == (
        f"需求{numbers(needs)}都要求冶金工程技术学科且只能由太行理工大学派出，"
        "太行理工大学的名额只剩2个，因此有1项需求无法派出博士。"
    )
    assert list(found.needs) == needs
    assert list(found.changes) == [
        "经试算：将太行理工大学的名额增加1个后，暂无人选的需求由5项变为4项。",
        "将其中1项需求留到下一批次。",
    ]


def test_a_discipline_and_a_university_whose_doctors_are_too_few() -> None:
    school = UniversityFactory(name="太行理工大学")
    doctors = [DoctorFactory(university=school, name=name) for name in ("张砺", "李远")]
    needs = demanding(3)
    (found,) = told(a_conflict(needs, doctors, *(("doctor", doctor.pk, 1) for doctor in doctors)))
    assert found.sentence == (
        f"需求{numbers(needs)}都要求冶金工程技术学科且只能由太行理工大学派出，"
        "合适的博士（张砺、李远）名额合计只剩2个，因此有1项需求无法派出博士。"
    )


def test_needs_that_have_only_doctors_in_common() -> None:
    doctors = [DoctorFactory(name=name) for name in ("张砺", "李远")]
    needs = [NeedFactory() for _ in range(3)]
    limits = [("doctor", doctor.pk, 1) for doctor in doctors]
    (found,) = told(a_conflict(needs, doctors, *limits, remedies=[remedy(0, doctors=tuple(doctors))]))
    assert found.sentence == (
        f"需求{numbers(needs)}一共只有2位博士合适，合适的博士（张砺、李远）名额合计只剩2个，因此有1项需求无法派出博士。"
    )
    assert list(found.changes) == [
        "经试算：请张砺或李远增加1家服务企业后，暂无人选的需求由1项变为0项。",
        "将其中1项需求留到下一批次。",
    ]


def test_a_class_whose_quota_is_used_up() -> None:
    needs = [NeedFactory() for _ in range(2)]
    (found,) = told(
        a_conflict(needs, [DoctorFactory(), DoctorFactory()], ("class", "technology", 0), short=2, remedies=[])
    )
    assert found.sentence == (
        f"需求{numbers(needs)}一共只有2位博士合适，科技类企业的名额已用完，因此有2项需求无法派出博士。"
    )
    assert list(found.changes) == [
        "只增加其中的名额或只请其中的博士增加1家服务企业，均不能减少暂无人选的需求；请补充登记合适的博士。",
        "将其中2项需求留到下一批次。",
    ]


def test_one_need_and_one_doctor() -> None:
    doctor = DoctorFactory(name="张砺", university=UniversityFactory(name="太行理工大学"))
    (need,) = demanding(1)
    (found,) = told(a_conflict([need], [doctor], ("doctor", doctor.pk, 0)))
    assert found.sentence == (
        f"需求{need.number}要求冶金工程技术学科且只能由太行理工大学派出，张砺已没有名额，因此有1项需求无法派出博士。"
    )


def test_several_limits_are_told_one_after_the_other() -> None:
    school = UniversityFactory(name="太行理工大学")
    doctor = DoctorFactory(name="张砺", university=school)
    needs = [NeedFactory() for _ in range(2)]
    limits = (("university", school.pk, 1), ("doctor", doctor.pk, 1))
    (found,) = told(a_conflict(needs, [doctor], *limits, remedies=[remedy(0, limits[0], doctors=(doctor,))]))
    assert found.sentence == (
        f"需求{numbers(needs)}都只能由太行理工大学派出，"
        "太行理工大学的名额只剩1个、张砺只剩1个名额，因此有1项需求无法派出博士。"
    )
    assert found.changes[0] == (
        f"经试算：将太行理工大学的名额增加1个，并请{doctor}增加1家服务企业后，暂无人选的需求由1项变为0项。"
    )


def test_a_run_of_an_earlier_release_gives_no_advice_that_nobody_tried() -> None:
    (found,) = told(a_conflict([NeedFactory()], [DoctorFactory()], ("class", "technology", 0)))
    assert list(found.changes) == ["将其中1项需求留到下一批次。"]


def test_what_comes_of_following_the_first_advice_everywhere() -> None:
    with override("zh-hans"):
        assert all_followed_in_words({"lacking": 5, "all_followed": 3}) == (
            "暂无人选的需求共5项；以下各项建议均采用第一条后，仍有3项（已整体试算）。"
        )
        assert (all_followed_in_words({"lacking": 5, "all_followed": None}), all_followed_in_words({})) == ("", "")


def test_many_doctors_are_counted_and_nobody_is_said() -> None:
    doctors = [DoctorFactory() for _ in range(7)]
    needs = [NeedFactory() for _ in range(2)]
    (found,) = told(a_conflict(needs, doctors, *(("doctor", doctor.pk, 0) for doctor in doctors)))
    assert f"{doctors[4]}等7位" in found.sentence
    assert "都已没有名额" in found.sentence
    (found,) = told(a_conflict([needs[0]], []))
    assert found.sentence == f"需求{needs[0].number}没有合适的博士，因此有1项需求无法派出博士。"


@pytest.mark.parametrize(
    ("disciplines", "common"),
    [(("450", "45030"), "都要求冶金工程技术学科"), (("450", "550"), "一共只有"), (("450", ""), "一共只有")],
)
def test_a_discipline_is_common_where_one_holds_the_others(disciplines: tuple[str, ...], common: str) -> None:
    needs = demanding(2, *disciplines)
    doctors = [DoctorFactory(), DoctorFactory()]
    (found,) = told(a_conflict(needs, doctors, ("class", "technology", 1)))
    assert f"需求{numbers(needs)}{common}" in found.sentence


def test_a_discipline_that_is_only_wished_for_is_no_demand() -> None:
    needs = [NeedFactory(discipline=METALLURGY) for _ in range(2)]
    (found,) = told(a_conflict(needs, [DoctorFactory(), DoctorFactory()], ("class", "technology", 1)))
    assert "学科" not in found.sentence


def test_orders_and_pins_that_contradict_each_other() -> None:
    (found,) = told(a_conflict([NeedFactory(), NeedFactory()], [DoctorFactory()], must=True))
    assert found.changes[-1] == "解除其中的指定，或取消其中的点单。"


def test_conflicts_about_more_needs_stand_first_and_what_is_gone_is_left_out(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    doctors = [DoctorFactory(), DoctorFactory()]
    few, many = [NeedFactory()], [NeedFactory() for _ in range(3)]
    gone = {"needs": [999_999], "doctors": [], "limits": [], "short": 1}
    stored = [a_conflict(few, doctors), a_conflict(many, doctors, ("doctor", doctors[0].pk, 1)), gone]
    with django_assert_num_queries(2):
        found = told(*stored)
    assert [list(one.needs) for one in found] == [many, few]


def test_pins_that_could_not_be_kept_say_why() -> None:
    need, doctor = NeedFactory(title="镁碳砖抗热震"), DoctorFactory(name="张砺")
    with override("zh-hans"):
        found = unkept_in_words([{"need": need.pk, "doctor": doctor.pk, "fault": "quota"}])
        assert found == ["指定张砺承接“镁碳砖抗热震”未能保留：名额已用完。"]
        assert unkept_in_words([{"need": need.pk, "doctor": doctor.pk, "fault": "same_enterprise"}]) == [
            "指定张砺承接“镁碳砖抗热震”未能保留：该博士已指定给同一企业的另一需求。"
        ]
