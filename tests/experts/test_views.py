"""The university's list of doctors, one record, and the form that writes it."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from core.models import PhoneShown
from experts.models import Doctor, Interest, Work
from tests import factories as f
from tests.factories import credit_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def liaison() -> User:
    user: User = f.LiaisonFactory().user
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sheet(**changes: Any) -> dict[str, Any]:
    """What the form posts for a doctor with one work and one interest."""
    return {
        "name": "欧阳文澜", "sex": "f", "born_on": "1990-05-01", "college": "材料学院", "discipline": "430",
        "directions": "耐火材料", "keywords": "镁碳砖", "fields": "冶金", "days_a_month": "3", "most_hosts": "2",
        "accepts_adjustment": "on", "phone": "19900001234", "active": "on", "wish_1": "云湖区", "wish_3": "冶金企业",
        "works-TOTAL_FORMS": "2", "works-INITIAL_FORMS": "0", "works-0-kind": "paper", "works-0-title": "低碳镁碳砖",
        "works-0-year": "2023", "works-0-abstract": "抗热震性", "works-1-kind": "", "works-1-title": "",
        "interests-TOTAL_FORMS": "1", "interests-INITIAL_FORMS": "0", "interests-0-credit_code": credit_code(7),
        "interests-0-what": "持股 2%",
    } | changes  # fmt: skip


def edit(client: Client, doctor: Doctor, **changes: Any) -> Any:
    """Send the form of a doctor that was just opened, with some changes."""
    page = f"/doctors/{doctor.pk}/edit/"
    return client.post(page, sheet(**opened(client, doctor), **changes))


def opened(client: Client, doctor: Doctor) -> dict[str, Any]:
    """What the form carries of the state it was made from: the version, and the keys of the rows."""
    shown = client.get(f"/doctors/{doctor.pk}/edit/").context
    carried = {"version": shown["version"]}
    for prefix in ("works", "interests"):
        carried[f"{prefix}-INITIAL_FORMS"] = str(shown[prefix].initial_form_count())
        for at, form in enumerate(shown[prefix].forms):
            carried[f"{prefix}-{at}-key"] = form["key"].value() or ""
    return carried


def test_a_liaison_enrols_a_doctor_of_the_own_university(liaison: User) -> None:
    answer = client_of(liaison).post("/doctors/new/", sheet())
    doctor = Doctor.objects.get()
    assert answer["Location"] == f"/doctors/{doctor.pk}/"
    assert (doctor.university, doctor.name, doctor.days_a_month, doctor.most_hosts) == (
        liaison.liaison.university,
        "欧阳文澜",
        3,
        2,
    )
    assert doctor.most_km is None
    assert doctor.wishes == ["云湖区", "冶金企业"]
    assert [(work.kind, work.title, work.year) for work in doctor.works.all()] == [("paper", "低碳镁碳砖", 2023)]
    assert [(each.credit_code, each.what) for each in doctor.interests.all()] == [(credit_code(7), "持股 2%")]


def test_how_far_he_travels_is_kept_and_shown(liaison: User) -> None:
    client = client_of(liaison)
    page = client.post("/doctors/new/", sheet(most_km="120"), follow=True)
    doctor = Doctor.objects.get()
    assert doctor.most_km == 120
    assert "<dd>120 km</dd>" in page.content.decode()
    assert client.get(f"/doctors/{doctor.pk}/edit/").context["form"]["most_km"].value() == 120
    edit(client, doctor)
    doctor.refresh_from_db()
    assert doctor.most_km is None


@pytest.mark.parametrize(
    ("changes", "where", "field"),
    [
        ({"name": ""}, "form", "name"),
        ({"most_hosts": "0"}, "form", "most_hosts"),
        ({"days_a_month": "32"}, "form", "days_a_month"),
        ({"most_km": "0"}, "form", "most_km"),
        ({"most_km": "40000"}, "form", "most_km"),
        ({"works-1-kind": "patent"}, "works", "title"),
        ({"interests-0-credit_code": "911499010000000000"}, "interests", "credit_code"),
    ],
)
def test_wrong_input_keeps_what_was_typed(liaison: User, changes: dict[str, str], where: str, field: str) -> None:
    page = client_of(liaison).post("/doctors/new/", sheet(**changes))
    wrong = page.context[where].errors
    assert field in (wrong if where == "form" else next(each for each in wrong if each))
    assert page.context["form"]["college"].value() == "材料学院"
    assert page.context["works"].forms[0]["title"].value() == "低碳镁碳砖"
    assert not Doctor.objects.exists()


def test_an_enterprise_is_declared_once(liaison: User) -> None:
    twice = {"interests-TOTAL_FORMS": "2", "interests-1-credit_code": credit_code(7), "interests-1-what": "顾问"}
    page = client_of(liaison).post("/doctors/new/", sheet(**twice))
    assert len(page.context["interests"].non_form_errors()) == 1


@pytest.mark.parametrize(("prefix", "rows"), [("works", 3), ("interests", 2)])
def test_another_row_keeps_everything_and_judges_nothing(liaison: User, prefix: str, rows: int) -> None:
    page = client_of(liaison).post("/doctors/new/", sheet(name="", add=prefix))
    assert len(page.context[prefix].forms) == rows
    assert page.context["works"].forms[0]["title"].value() == "低碳镁碳砖"
    assert b"field-error" not in page.content
    assert not Doctor.objects.exists()


def test_editing_replaces_works_only_where_they_changed(liaison: User) -> None:
    doctor = f.DoctorFactory(university=liaison.liaison.university)
    work = f.WorkFactory(doctor=doctor, title="旧题", kind="paper", year=2020, abstract="")
    client = client_of(liaison)
    page = client.get(f"/doctors/{doctor.pk}/edit/")
    assert page.context["works"].forms[0]["title"].value() == "旧题"
    same = {"works-0-title": "旧题", "works-0-year": "2020", "works-0-abstract": ""}
    edit(client, doctor, **same)
    doctor.refresh_from_db()
    assert (doctor.name, list(doctor.works.all())) == ("欧阳文澜", [work])
    assert doctor.interests.get().what == "持股 2%"
    gone = {
        "interests-0-DELETE": "on",
        "works-0-DELETE": "on",
        "works-1-kind": "patent",
    }
    edit(client, doctor, **same | gone | {"works-1-title": "一种镁碳砖"})
    assert [(each.kind, each.title) for each in Work.objects.all()] == [("patent", "一种镁碳砖")]
    assert not doctor.interests.exists()


def test_a_discipline_deeper_than_the_table_is_kept(liaison: User) -> None:
    doctor = f.DoctorFactory(university=liaison.liaison.university, discipline="4304599")
    client = client_of(liaison)
    assert client.get(f"/doctors/{doctor.pk}/edit/").context["form"]["discipline"].value() == "无机非金属材料 4304599"
    edit(client, doctor, discipline="无机非金属材料 4304599")
    doctor.refresh_from_db()
    assert doctor.discipline == "4304599"


def test_who_sees_and_writes_a_record(liaison: User) -> None:
    doctor = f.DoctorFactory(university=liaison.liaison.university)
    detail, edit = f"/doctors/{doctor.pk}/", f"/doctors/{doctor.pk}/edit/"
    for user, read, write in [
        (liaison, 200, 200),
        (doctor.user, 200, 200),
        (f.CityUserFactory(), 200, 200),
        (f.CountyUserFactory(), 200, 403),
        (f.LiaisonFactory().user, 404, 404),
        (f.DoctorFactory().user, 404, 404),
        (f.MemberFactory().user, 404, 404),
    ]:
        client = client_of(user)
        assert (client.get(detail).status_code, client.get(edit).status_code) == (read, write)
    assert Client().get(detail).status_code == 302


def test_who_lists_and_enrols(liaison: User) -> None:
    doctor, firm, office = f.DoctorFactory().user, f.MemberFactory().user, f.CityUserFactory()
    for user, listed, enrols in [(liaison, 200, 200), (office, 200, 403), (doctor, 403, 403), (firm, 403, 403)]:
        client = client_of(user)
        assert (client.get("/doctors/").status_code, client.get("/doctors/new/").status_code) == (listed, enrols)


def test_a_phone_is_masked_until_it_is_asked_for(liaison: User) -> None:
    doctor = f.DoctorFactory(university=liaison.liaison.university, phone="19912345678")
    client = client_of(liaison)
    assert b"19912345678" not in client.get(f"/doctors/{doctor.pk}/").content
    assert b"19912345678" not in client.get(f"/doctors/{doctor.pk}/?phone=1").content
    assert b"19912345678" not in client.get("/doctors/").content
    assert client.get(f"/doctors/{doctor.pk}/phone/")["Location"] == f"/doctors/{doctor.pk}/"
    assert not PhoneShown.objects.exists()
    assert b"19912345678" in client.post(f"/doctors/{doctor.pk}/phone/").content
    shown = PhoneShown.objects.get()
    assert (shown.by, shown.kind, shown.key, shown.whose, shown.address) == (
        liaison, "experts.doctor", str(doctor.pk), str(doctor), "127.0.0.1",
    )  # fmt: skip


def test_doctors_are_found_by_name_initials_and_discipline(liaison: User) -> None:
    university = liaison.liaison.university
    one = f.DoctorFactory(university=university, name="欧阳文澜", discipline="43045", keywords="镁碳砖")
    two = f.DoctorFactory(university=university, name="贺知远", discipline="530", keywords="精馏", active=False)
    f.DoctorFactory(name="欧阳别处")
    client = client_of(liaison)

    def found(query: str) -> list[Doctor]:
        return list(client.get(f"/doctors/?{query}").context["page"])

    assert found("") == [two, one]
    assert found("q=欧阳") == [one]
    assert found("q=oywl") == [one]
    assert found("q=He Zhi") == [two]
    assert found("q=精馏") == [two]
    assert found("q=430") == [one]
    assert found("q=材料科学") == [one]
    assert found("active=false") == [two]
    assert found("discipline=530") == [two]
    assert found("sort=-pinyin") == [one, two]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries(
    count: int, liaison: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(count):
        f.DoctorFactory(university=liaison.liaison.university)
    client = client_of(liaison)
    with django_assert_num_queries(6):  # one asks which doctors are invited
        assert len(client.get("/doctors/").context["page"]) == count


# -- Edits of one record by two people ---------------------------------------------------------------------------------


def history(doctor: Doctor) -> list[tuple[str, str]]:
    """The history rows of a doctor's works and interests."""
    rows = [
        row
        for model in (Work, Interest)
        for row in model.events.rel.related_model.objects.filter(doctor=doctor).order_by("pgh_id")
    ]
    return [(row.pgh_label, getattr(row, "title", "") or row.what) for row in rows]


def test_one_touched_work_leaves_the_others_and_the_interests_alone(liaison: User) -> None:
    doctor = f.DoctorFactory(university=liaison.liaison.university)
    kept = f.WorkFactory(doctor=doctor, title="不变", kind="paper", year=2022, abstract="")
    touched = f.WorkFactory(doctor=doctor, title="旧题", kind="paper", year=2020, abstract="")
    declared = Interest.objects.create(doctor=doctor, credit_code=credit_code(7), what="持股 2%", side="university")
    before = history(doctor)
    rows = {
        "works-TOTAL_FORMS": "3", "works-0-title": "不变", "works-0-year": "2022", "works-0-abstract": "",
        "works-1-kind": "paper", "works-1-title": "新题", "works-1-year": "2020",
    }  # fmt: skip
    assert edit(client_of(liaison), doctor, **rows).status_code == 302
    assert list(doctor.works.order_by("pk").values_list("pk", "title")) == [(kept.pk, "不变"), (touched.pk, "新题")]
    assert doctor.interests.get() == declared
    assert sorted(history(doctor)) == sorted([*before, ("update", "新题")])


def test_an_older_page_does_not_reset_what_somebody_else_saved(liaison: User) -> None:
    doctor = f.DoctorFactory(university=liaison.liaison.university, most_hosts=1, user=None)
    work = f.WorkFactory(doctor=doctor, title="低碳镁碳砖", kind="paper", year=2023, abstract="抗热震性")
    one, two = client_of(liaison), client_of(f.CityUserFactory(name="甲"))
    older = opened(one, doctor)
    edit(two, doctor, most_hosts="2", **{"works-0-DELETE": "on", "interests-0-credit_code": "", "interests-0-what": ""})
    page = one.post(f"/doctors/{doctor.pk}/edit/", sheet(most_hosts="1", keywords="我写的", **older))
    doctor.refresh_from_db()
    assert (page.status_code, doctor.most_hosts, doctor.works.exists()) == (200, 2, False)
    assert page.context["form"]["keywords"].value() == "我写的"
    assert page.context["form"].non_field_errors() == [
        "Somebody else changed this while you were writing. Nothing was saved; what you typed stands here."
    ]
    said = [(each["who"], each["thing"], each["what"]) for each in page.context["changed"]]
    assert said == [("甲", "", "changed"), ("甲", f"work “{work.title}”", "deleted")]
    assert "Most hosts at once：1 → 2" in page.content.decode()
    again = sheet(most_hosts="1", keywords="我写的", **older | {"version": page.context["version"]})
    assert one.post(f"/doctors/{doctor.pk}/edit/", again).status_code == 302
    doctor.refresh_from_db()
    assert (doctor.most_hosts, doctor.keywords, doctor.works.get().title) == (1, "我写的", "低碳镁碳砖")
