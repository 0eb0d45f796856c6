"""The office's tables write by actions alone: who, act and rows of the history, refusals, edits of an older page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client

from accounts.models import ApiToken, District, Office, User
from core.edits import version_of
from core.errors import Refused
from enterprises.models import Enterprise, Member, Qualification, Survey, VisitSheet
from experts import actions as experts
from experts.models import Doctor, Interest, Liaison, University, Work
from programmes.models import Batch, Programme
from tests import factories as f
from tests.confirming import confirm
from tests.factories import START, credit_code, moment
from tests.office.conftest import As
from tests.threads import race

AT = moment(START)
PASSWORD = "zao qi de niao er"
NO_ROWS = {
    f"{name}-{count}": "0"
    for name in ("works", "interests", "qualifications", "liaisons")
    for count in ("TOTAL_FORMS", "INITIAL_FORMS")
}
ASKED = "identity.ask_for_account"
ACCOUNT = {"account_name": "new", "account_person": "卫老师", "account_way": "password"}


@pytest.fixture(autouse=True)
def guarded(settings: Any) -> None:
    """Whatever writes past an action is refused."""
    settings.GUARD_WRITES = True


def url(model: type[models.Model], *rest: Any) -> str:
    return "/".join(["/office", model._meta.app_label, str(model._meta.model_name), *map(str, rest), ""])


def trace(since: dict[str, int], by: User) -> list[tuple[str, str, str]]:
    """The history rows written since, each with its act; all of them by one person."""
    found = []
    for model in _histories():
        rows = model._default_manager.filter(pgh_id__gt=since[model.__name__]).select_related("pgh_context")
        for row in rows.order_by("pgh_id"):
            facts = row.pgh_context.metadata
            assert (facts["by"], facts["who"]) == (by.pk, "person")
            found.append((model.__name__.removesuffix("Event"), row.pgh_label, facts["act"]))
    return sorted(found)


def now() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.aggregate(last=models.Max("pgh_id"))["last"] or 0
        for model in _histories()
    }


def _histories() -> list[Any]:
    return [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


def opened(client: Client, row: models.Model) -> str:
    """The version in the form of a row."""
    version: str = client.get(url(type(row), row.pk, "change")).context["version"]
    return version


# -- What can be added, changed and removed ------------------------------------------------------------------------


def adds() -> list[tuple[type[models.Model], Callable[[], dict[str, Any]], list[tuple[str, str, str]]]]:
    """Table, what is typed, and the history rows."""
    return [
        (District, lambda: {"code": "140909", "name": "新县", "tile_x": 150, "tile_y": 150}, [
            ("District", "insert", "identity.enter_district")]),
        (Office, lambda: {"kind": "department", "name": "农业局"}, [("Office", "insert", "identity.open_office")]),
        (User, lambda: {"account_name": "gao", "account_person": "高建平", "role": "office",
            "office": f.OfficeFactory().pk, "account_way": "password"}, [
            ("Proposal", "insert", ASKED), *[("Proposal", "update", ASKED)] * 2,
            ("User", "insert", ASKED)]),
        (User, lambda: {"account_person": "高建平", "role": "office", "office": f.OfficeFactory().pk,
            "account_way": "shown"}, [
            ("Proposal", "insert", ASKED),
            *[("Proposal", "update", ASKED)] * 2, ("User", "insert", ASKED)]),
        (ApiToken, lambda: {"user": f.ProgramUserFactory().pk, "label": "省平台", "scope": "read"}, [
            ("ApiToken", "insert", "identity.ask_for_token"), ("Proposal", "insert", "identity.ask_for_token"),
            *[("Proposal", "update", "identity.ask_for_token")] * 2]),
        (Programme, lambda: {"name": "二期"}, [("Programme", "insert", "programmes.set_up_programme")]),
        (Batch, lambda: _batch() | {"programme": f.ProgrammeFactory().pk, "rule_set": f.RuleSetFactory().pk}, [
            ("Batch", "insert", "programmes.plan_batch"), ("RulePin", "insert", "programmes.plan_batch")]),
        (Enterprise, lambda: {"name": "恒泰", "district": f.DistrictFactory().pk, "enterprise_class": "technology",
            "qualifications-TOTAL_FORMS": "1", "qualifications-0-kind": "high_tech",
            "qualifications-0-level": "provincial"}, [
            ("Enterprise", "insert", "enterprises.register_enterprise"),
            ("Qualification", "insert", "enterprises.register_enterprise")]),
        (Qualification, lambda: {"enterprise": f.EnterpriseFactory().pk, "kind": "high_tech", "level": "national"}, [
            ("Qualification", "insert", "enterprises.enter_qualification")]),
        (Member, lambda: {"enterprise": f.EnterpriseFactory().pk, **ACCOUNT}, [
            ("Member", "insert", "enterprises.appoint_member"), ("User", "insert", "enterprises.appoint_member")]),
        (Survey, lambda: {"programme": f.ProgrammeFactory().pk, "name": "春季", "starts_on": "2025-03-01",
            "ends_on": "2025-04-01"}, [("Survey", "insert", "enterprises.plan_survey")]),
        (VisitSheet, lambda: {"survey": f.SurveyFactory().pk, "enterprise": f.EnterpriseFactory().name,
            "department": f.DepartmentFactory().pk}, [("VisitSheet", "insert", "enterprises.plan_sheets")]),
        (University, lambda: {"name": "云泉大学", "latitude": "38", "longitude": "113"}, [
            ("University", "insert", "experts.open_university")]),
        (Liaison, lambda: {"university": f.UniversityFactory().pk, "college": "科研处", **ACCOUNT}, [
            ("Liaison", "insert", "experts.appoint_liaison"), ("User", "insert", "experts.appoint_liaison")]),
        (Doctor, lambda: _doctor() | {"university": f.UniversityFactory().pk, "account_name": "ouyang",
            "account_way": "password", "works-TOTAL_FORMS": "1", "works-0-kind": "paper", "works-0-title": "低碳",
            "interests-TOTAL_FORMS": "1", "interests-0-credit_code": credit_code(7), "interests-0-what": "持股"}, [
            ("Doctor", "insert", "experts.enrol_doctor"), ("Interest", "insert", "experts.enrol_doctor"),
            ("User", "insert", "experts.enrol_doctor"), ("Work", "insert", "experts.enrol_doctor")]),
        (Work, lambda: {"doctor": f.DoctorFactory().pk, "kind": "paper", "title": "低碳"}, [
            ("Work", "insert", "experts.enter_work")]),
        (Interest, lambda: {"doctor": f.DoctorFactory().pk, "credit_code": credit_code(7), "what": "持股"}, [
            ("Interest", "insert", "experts.declare_interest")]),
    ]  # fmt: skip


def _batch(**changes: str) -> dict[str, str]:
    return {
        "name": "新批", "starts_on": "2025-03-01", "ends_on": "2026-03-01", "orders_from": "2025-03-01",
        "orders_until": "2025-04-01", "answer_days": "7", "technology_quota": "10", "agriculture_quota": "5",
    } | changes  # fmt: skip


def _doctor(**changes: str) -> dict[str, str]:
    return {"name": "欧阳文澜", "days_a_month": "3", "most_hosts": "1", "active": "on", "discipline": "430"} | changes


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "typed", "rows"), adds(), ids=lambda each: getattr(each, "__name__", ""))
def test_a_row_is_added_by_one_action(as_user: As, city: User, model: Any, typed: Any, rows: Any) -> None:
    form = {**NO_ROWS, **typed()}
    client, since, before = as_user(city), now(), model.objects.count()
    page = client.post(url(model, "add"), form)
    assert page.status_code == 302 or "secret" in page.context, page.context["errors"]
    assert model.objects.count() == before + 1
    assert trace(since, city) == rows


def edits() -> list[tuple[Callable[[], Any], dict[str, Any], tuple[str, Any], str]]:
    """A row, what is typed, the field that becomes another value, and the act."""
    return [
        (lambda: f.DistrictFactory(tile_x=7, tile_y=300), {"name": "新名", "tile_x": "7", "tile_y": "300"},
         ("name", "新名"), "identity.edit_district"),
        (f.DepartmentFactory, {"kind": "department", "name": "农业局"}, ("name", "农业局"), "identity.edit_office"),
        (f.DoctorUserFactory, {"username": "another", "name": "韩立", "role": "doctor", "is_active": "on"},
         ("username", "another"), "identity.edit_account"),
        (f.ProgrammeFactory, {"name": "二期"}, ("name", "二期"), "programmes.edit_programme"),
        (f.BatchFactory, _batch(answer_days="9"), ("answer_days", 9), "programmes.edit_batch"),
        (f.QualificationFactory, {"kind": "high_tech", "level": "national"}, ("level", "national"),
         "enterprises.edit_qualification"),
        (f.UniversityFactory, {"name": "云泉大学"}, ("name", "云泉大学"), "experts.edit_university"),
        (f.WorkFactory, {"kind": "patent", "title": "低碳"}, ("kind", "patent"), "experts.edit_work"),
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("make", "typed", "value", "act"), edits(), ids=lambda each: each if type(each) is str else "")
def test_a_row_is_changed_by_one_action(
    as_user: As, city: User, make: Any, typed: dict[str, Any], value: tuple[str, Any], act: str
) -> None:
    row, client = make(), as_user(city)
    version, since = opened(client, row), now()
    page = client.post(url(type(row), row.pk, "change"), {**NO_ROWS, **typed, "version": version})
    assert page.status_code == 302, page.context["errors"]
    row.refresh_from_db()
    assert getattr(row, value[0]) == value[1]
    assert trace(since, city) == [(type(row).__name__, "update", act)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "act"),
    [
        (f.DistrictFactory, "identity.remove_district"),
        (f.DepartmentFactory, "identity.remove_office"),
        (f.DoctorUserFactory, "identity.remove_account"),
        (f.LiaisonFactory, "experts.dismiss_liaison"),
        (f.WorkFactory, "experts.remove_work"),
    ],
)
def test_a_row_is_removed_by_one_action(as_user: As, city: User, make: Any, act: str) -> None:
    row, client, since = make(), as_user(city), now()
    since = now()
    assert client.post(url(type(row), row.pk, "delete"), {"post": "yes"}).status_code == 302
    assert not type(row).objects.filter(pk=row.pk).exists()
    assert trace(since, city) == [(type(row).__name__, "delete", act)]


@pytest.mark.django_db
def test_every_table_that_writes_names_its_actions(as_user: As, city: User) -> None:
    """What somebody may add, change or delete in a table is tried above, but for what is only linked or counted, and
    for a version of the rules, which begins as a draft."""
    request = as_user(city).get("/office/").wsgi_request
    tables = admin.site._registry.items()
    added = {model for model, table in tables if table.has_add_permission(request)}
    tried = {model.__name__ for model, _typed, _rows in adds()}
    assert {model.__name__ for model in added} == tried | {"Outcome", "RuleSet"}
    changed = {model.__name__ for model, table in tables if table.has_change_permission(request)}
    with_change = {model.__name__ for model, table in tables if "change" in table.writes}  # type: ignore[attr-defined]
    assert changed == with_change
    deleted = {model.__name__ for model, table in tables if table.has_delete_permission(request)}
    with_delete = {model.__name__ for model, table in tables if "delete" in table.writes}  # type: ignore[attr-defined]
    assert deleted == with_delete


@pytest.mark.django_db
def test_a_password_is_set_by_an_action(as_user: As, city: User) -> None:
    user, client = f.DoctorUserFactory(), confirm(as_user(city))
    since = now()
    page = client.post(url(User, user.pk, "password"), {"password1": PASSWORD, "password2": PASSWORD})
    user.refresh_from_db()
    assert user.check_password(page.context["secret"])
    assert (user.check_password(PASSWORD), user.password_is_handed_over) == (False, True)
    assert page["Cache-Control"] == "no-store, private"
    assert trace(since, city) == [("User", "update", "identity.set_password_of")]
    own = client.get("/account/").wsgi_request.user
    assert own == city


@pytest.mark.django_db
def test_nobody_shuts_himself_out(as_user: As, city: User) -> None:
    client = as_user(city)
    form = {"username": city.username, "name": city.name, "role": "office", "office": city.office_id}
    page = client.post(url(User, city.pk, "change"), {**form, "version": opened(client, city)})
    assert page.context["adminform"].form.non_field_errors() == [
        "You would shut yourself out; ask a colleague to do this."
    ]
    city.refresh_from_db()
    assert city.is_active


# -- Refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_refusal_keeps_what_was_typed_and_writes_nothing(as_user: As, city: User) -> None:
    """Two rows that say the same are found by the database when the second is written."""
    doctor = f.DoctorFactory()
    one, two = (experts.declare_interest(doctor, by=city, at=AT, facts={"credit_code": credit_code(each), "what": "股"})
                for each in (1, 2))  # fmt: skip
    client, since = as_user(city), now()
    rows = {"interests-TOTAL_FORMS": "2", "interests-INITIAL_FORMS": "2"}
    for at, (row, code) in enumerate([(one, credit_code(2)), (two, credit_code(1))]):
        rows |= {f"interests-{at}-key": row.pk, f"interests-{at}-what": "股", f"interests-{at}-credit_code": code}
    form = {**NO_ROWS, **_doctor(name="改了"), **rows, "version": opened(client, doctor)}
    page = client.post(url(Doctor, doctor.pk, "change"), form)
    assert page.status_code == 200
    assert page.context["form"].non_field_errors() == ["Two rows of a list say the same; each can be given once."]
    assert page.context["form"]["name"].value() == "改了"
    assert trace(since, city) == []


# -- Versions ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_older_page_is_refused_and_says_who_changed_what(as_user: As, city: User) -> None:
    other, doctor = f.CityUserFactory(name="甲"), f.DoctorFactory(most_hosts=1)
    first, second = as_user(other), as_user(city)
    page, seen = url(Doctor, doctor.pk, "change"), opened(second, doctor)
    form = {**NO_ROWS, **_doctor(name=doctor.name)}
    assert first.post(page, {**form, "most_hosts": "2", "version": opened(first, doctor)}).status_code == 302
    refused = second.post(page, {**form, "keywords": "镁碳砖", "version": seen})
    doctor.refresh_from_db()
    assert (doctor.most_hosts, doctor.keywords == "镁碳砖") == (2, False)
    changes = [
        (entry["who"], change["label"], change["before"], change["after"])
        for entry in refused.context["changed"]
        for change in entry["changes"]
    ]
    assert ("甲", "Most hosts at once", "1", "2") in changes
    assert refused.context["form"]["keywords"].value() == "镁碳砖"
    body = refused.content.decode()
    assert f'name="version" value="{version_of(Doctor, doctor.pk)}"' in body
    assert "Most hosts at once：1 → 2" in body
    again = second.post(page, {**form, "keywords": "镁碳砖", "version": refused.context["version"]})
    assert again.status_code == 302
    doctor.refresh_from_db()
    assert (doctor.most_hosts, doctor.keywords) == (1, "镁碳砖")


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["", "0.0.0", "²", "9" * 400, "1.2", "x"])
def test_a_page_without_its_version_is_asked_about(as_user: As, city: User, version: str) -> None:
    doctor, client = f.DoctorFactory(name="旧名"), as_user(city)
    form = {**NO_ROWS, **_doctor(name="新名"), "version": version}
    page = client.post(url(Doctor, doctor.pk, "change"), form)
    assert page.status_code == 200
    doctor.refresh_from_db()
    assert doctor.name == "旧名"
    assert page.context["version"] == version_of(Doctor, doctor.pk)


@pytest.mark.django_db
def test_a_version_is_read_in_one_query(django_assert_num_queries: Any) -> None:
    doctor = f.DoctorFactory()
    work = Work.objects.create(doctor=doctor, kind="paper", title="刚玉砖", year=2025)
    lasts = [rows.events.order_by("pgh_id").last().pgh_id for rows in (doctor, work)]
    with django_assert_num_queries(1):
        assert version_of(Doctor, doctor.pk) == f"{lasts[0]}.{lasts[1]}.0"


@pytest.mark.django_db
def test_a_batch_is_not_reset_by_an_older_page(as_user: As, city: User) -> None:
    batch, client = f.BatchFactory(), as_user(city)
    page, seen = url(Batch, batch.pk, "change"), opened(client, batch)
    assert client.post(page, {**_batch(technology_quota="20"), "version": seen}).status_code == 302
    refused = client.post(page, {**_batch(agriculture_quota="9"), "version": seen})
    batch.refresh_from_db()
    assert (batch.technology_quota, batch.agriculture_quota) == (20, 5)
    (entry,) = refused.context["changed"]
    assert entry["who"] == str(city)


@pytest.mark.django_db
def test_rows_under_a_row_keep_their_keys(as_user: As, city: User) -> None:
    enterprise = f.EnterpriseFactory()
    one, two = (f.QualificationFactory(enterprise=enterprise, kind=kind) for kind in ("high_tech", "specialised"))
    client, since = as_user(city), now()
    rows = {"qualifications-TOTAL_FORMS": "2", "qualifications-INITIAL_FORMS": "2"}
    for at, row in enumerate(enterprise.qualifications.order_by("kind", "pk")):
        rows |= {f"qualifications-{at}-{name}": getattr(row, name) for name in ("kind", "valid_from", "valid_until")}
        rows |= {f"qualifications-{at}-key": row.pk}
        rows |= {f"qualifications-{at}-level": "national" if row == two else "provincial"}
    form = {"name": enterprise.name, "credit_code": enterprise.credit_code, "district": enterprise.district_id}
    form |= {name: getattr(enterprise, name) for name in ("enterprise_class", "industry", "size", "products")}
    form |= {"contact_name": enterprise.contact_name, "contact_phone": enterprise.contact_phone}
    version = opened(client, enterprise)
    page = client.post(url(Enterprise, enterprise.pk, "change"), {**NO_ROWS, **form, **rows, "version": version})
    assert page.status_code == 302, page.context["errors"]
    assert list(enterprise.qualifications.order_by("pk").values_list("pk", "level")) == [
        (one.pk, "provincial"),
        (two.pk, "national"),
    ]
    assert trace(since, city) == [("Qualification", "update", "enterprises.edit_enterprise")]


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_once_the_second_is_refused() -> None:
    by, doctor = f.CityUserFactory(), f.DoctorFactory(most_hosts=1)
    seen = version_of(Doctor, doctor.pk)

    def edit(**facts: Any) -> Callable[[], Doctor]:
        mine = Doctor.objects.get(pk=doctor.pk)
        return lambda: experts.edit_doctor(mine, by=by, at=AT, facts=facts, version=seen)

    first, second = race(edit(most_hosts=2), edit(keywords="镁碳砖"))
    assert first == doctor
    assert isinstance(second, Refused)
    assert second.code == "changed_meanwhile"
    doctor.refresh_from_db()
    assert (doctor.most_hosts, doctor.keywords == "镁碳砖") == (2, False)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_at_once_the_second_is_told(as_user: As, city: User) -> None:
    one, two = as_user(city), as_user(f.CityUserFactory())
    form = {"name": "二期", "purpose": "试点"}
    first, second = race(lambda: one.post(url(Programme, "add"), form), lambda: two.post(url(Programme, "add"), form))
    assert (first.status_code, second.status_code) == (302, 200)
    shown = second.context["form"]
    assert shown.non_field_errors() == [
        "Somebody else wrote at the same moment. Look at what is there, and save again."
    ]
    assert set(shown.errors) == {"__all__", "name"}
    assert shown["purpose"].value() == "试点"
    assert Programme.objects.filter(name="二期").count() == 1


@pytest.mark.django_db
def test_an_interest_typed_beside_those_of_the_other_sides_is_saved(as_user: As, city: User) -> None:
    doctor, client = f.DoctorFactory(), as_user(city)
    Interest.objects.create(doctor=doctor, credit_code=credit_code(1), what="顾问", side="university")
    new = {"interests-TOTAL_FORMS": "1", "interests-0-credit_code": credit_code(7), "interests-0-what": "持股"}
    form = {**NO_ROWS, **_doctor(), **new, "version": opened(client, doctor)}
    page = client.post(url(Doctor, doctor.pk, "change"), form)
    assert page.status_code == 302, page.context["errors"]
    assert sorted(doctor.interests.values_list("what", "side")) == [("持股", "office"), ("顾问", "university")]
