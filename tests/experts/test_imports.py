"""Loading a table of doctors: once each, with works and interests."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from accounts.models import User
from experts import doctor_headers, doctor_table
from experts.doctor_table import DoctorRow, WorkRow
from experts.imports import import_doctors
from experts.models import Doctor, Interest, University, Work
from officedata.tables import Loaded, Parsed, RowError
from tests.factories import CityUserFactory, credit_code, moment

pytestmark = pytest.mark.django_db

AT = moment(date(2025, 3, 10))


@pytest.fixture
def staff() -> User:
    return CityUserFactory.create()


@pytest.fixture
def university() -> University:
    return University.objects.create(name="云泉理工大学", short_name="云理工")


def doctor_row(number: int = 1, **facts: object) -> DoctorRow:
    values: dict[str, object] = {
        "sheet": "博士", "row": number + 1, "name": f"博士{number}", "university": "云泉理工大学", **facts,
    }  # fmt: skip
    return DoctorRow(**values)  # type: ignore[arg-type]


def load(rows: Sequence[DoctorRow], staff: User) -> Loaded:
    known = {"明远化工有限公司": credit_code(1)}
    return import_doctors(Parsed(rows, [], []), by=staff, at=AT, credit_code_of=known.get)


def codes(errors: Sequence[RowError]) -> list[tuple[int, str]]:
    return [(error.row, error.code) for error in errors]


def test_words_are_those_of_the_model() -> None:
    assert set(doctor_headers.WORK_KINDS) == set(Work.Kind.values)
    lengths = {name: Doctor._meta.get_field(name).max_length for name in ("name", "college")}  # type: ignore[union-attr]
    lengths["university"] = University._meta.get_field("name").max_length
    assert lengths == doctor_table.LIMITS


def test_a_row_becomes_a_doctor(staff: User, university: University) -> None:
    row = doctor_row(
        sex="f", birth=date(1985, 6, 1), degree="博士", graduated_from="北方工业大学", title="副教授",
        college="化工学院",
        discipline="53047", directions=("煤气化", "灰渣利用"), keywords=("煤灰",), fields=("化工",),
        wishes=("明远化工有限公司",),
        works=(WorkRow("paper", "煤灰熔融特性", 2021), WorkRow("patent", "一种活化方法")),
        accepts_adjustment=False, days_a_month=3, most_km=120,
        postings="科技特派员", interests=("明远化工有限公司", "别家公司"), phone="19900001234", email="a@example.com",
    )  # fmt: skip
    loaded = load([row], staff)
    assert (loaded.new, loaded.unchanged, loaded.made) == (1, 0, {"universities": 0})
    assert codes(loaded.warnings) == [(2, "interest")]
    doctor = Doctor.objects.get()
    assert (doctor.name, doctor.university, doctor.sex, doctor.born_on) == ("博士1", university, "f", date(1985, 6, 1))
    assert (doctor.directions, doctor.keywords, doctor.fields) == ("煤气化、灰渣利用", "煤灰", "化工")
    assert (doctor.honours, doctor.discipline, doctor.college) == ("副教授、博士（北方工业大学）", "53047", "化工学院")
    assert (doctor.wishes, doctor.accepts_adjustment) == (["明远化工有限公司"], False)
    assert (doctor.days_a_month, doctor.most_km) == (3, 120)
    assert (doctor.other_postings, doctor.phone, doctor.email) == ("科技特派员", "19900001234", "a@example.com")
    assert set(doctor.works.values_list("kind", "title", "year")) == {
        ("paper", "煤灰熔融特性", 2021), ("patent", "一种活化方法", None),
    }  # fmt: skip
    assert list(Interest.objects.values_list("credit_code", "what")) == [(credit_code(1), "明远化工有限公司")]


def test_what_a_row_does_not_say_keeps_the_default(staff: User, university: University) -> None:
    load([doctor_row()], staff)
    doctor = Doctor.objects.get()
    assert (doctor.accepts_adjustment, doctor.days_a_month, doctor.most_km, doctor.active) == (True, 2, None, True)


def test_loading_again_changes_nothing(staff: User, university: University) -> None:
    rows = [
        doctor_row(1, works=(WorkRow("paper", "煤灰熔融特性", 2021),)),
        doctor_row(2),
        doctor_row(3, university="石岭学院"),
    ]
    first, second = load(rows, staff), load(rows, staff)
    assert (first.new, first.made["universities"], codes(first.warnings)) == (3, 1, [(4, "new_university")])
    assert (second.new, second.unchanged, second.made["universities"], second.warnings) == (0, 3, 0, [])
    assert (Doctor.objects.count(), University.objects.count(), Work.objects.count()) == (3, 2, 1)


def test_short_name_of_a_university_is_known(staff: User, university: University) -> None:
    assert load([doctor_row(university="云理工")], staff).made["universities"] == 0


def test_namesakes_are_told_apart_by_telephone(staff: User, university: University) -> None:
    load([doctor_row(1, phone="19900000001")], staff)
    loaded = load([doctor_row(1, phone="19900000002"), doctor_row(1)], staff)
    assert (loaded.new, loaded.unchanged, codes(loaded.warnings)) == (1, 1, [(2, "namesake")])


def test_long_lists_are_cut_between_items(staff: User, university: University) -> None:
    load([doctor_row(keywords=tuple(f"关键词{number:03d}" for number in range(60)))], staff)
    kept = Doctor.objects.get().keywords.split("、")
    assert kept == [f"关键词{number:03d}" for number in range(len(kept))]
    assert len(kept) == 28


def test_the_history_says_who_loaded_which_table(staff: User, django_assert_max_num_queries: Any) -> None:
    rows = [doctor_row(number) for number in range(300)]
    with django_assert_max_num_queries(30):
        import_doctors(Parsed(rows, [], []), by=staff, at=AT, credit_code_of=lambda text: None, file="博士表.xlsx")
    events: Any = Doctor.events.rel.related_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    names = ("act", "by", "who", "file")
    told = [(row.pgh_label, *(row.pgh_context.metadata[name] for name in names)) for row in events]
    assert told == [("insert", "experts.import_doctors", staff.pk, "person", "博士表.xlsx")] * 300
    assert Doctor.objects.filter(pinyin="").count() == 0
