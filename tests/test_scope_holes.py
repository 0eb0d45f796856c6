"""Rows that were visible to the wrong users once: phones, further served firms, interests, acts on chosen batches."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.edits import Rows
from core.errors import Refused
from core.models import PhoneShown
from core.phones import reveal_phone
from enterprises.models import Enterprise, Need
from experts.actions import edit_doctor
from experts.models import Doctor, Interest
from service.models import Outcome
from tests import factories as f
from tests.scope_world import AT, ScopeWorld

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> ScopeWorld:
    return ScopeWorld()


def client_of(world: ScopeWorld, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


# -- Phones ----------------------------------------------------------------------------------------------------


def test_whose_business_a_phone_is(world: ScopeWorld) -> None:
    """A doctor: offices where he serves, his university, himself. Firms and needs: their offices and their parties."""
    expected = {
        world.doctor_1: "city operator county_a county_b dept_x dept_y uni_1 doc_1",
        world.doctor_2: "city operator county_b dept_y uni_2 doc_2",
        world.lead: "city operator county_a dept_x",
        world.need: "city operator county_a dept_x lead uni_1 doc_1",
    }
    for row, names in expected.items():
        allowed = set()
        for name, user in world.people.items():
            try:
                reveal_phone(row, by=user, at=AT, address="10.0.0.1")
                allowed.add(name)
            except Refused as refusal:
                assert refusal.code == "forbidden"
        assert (row, {name for name in allowed if not name.startswith("program")}) == (row, set(names.split()))
        assert PhoneShown.objects.filter(kind=row._meta.label_lower, key=str(row.pk)).count() == len(allowed)


def test_the_office_shows_a_phone_by_a_button_and_leaves_a_trace(world: ScopeWorld) -> None:
    client = client_of(world, "county_a")
    page = reverse("admin:enterprises_enterprise_change", args=[world.lead.pk])
    phone = reverse("admin:enterprises_enterprise_phone", args=[world.lead.pk])
    text = client.get(page).content.decode()
    assert ("19900001234" in text, phone in text) == (False, True)
    assert (client.get(phone).status_code, PhoneShown.objects.filter(by=world.people["county_a"]).count()) == (302, 0)
    assert "19900001234" in client.post(phone).content.decode()
    shown = PhoneShown.objects.get(by=world.people["county_a"])
    assert (shown.kind, shown.key, shown.whose) == ("enterprises.enterprise", str(world.lead.pk), str(world.lead))
    assert (shown.address, shown.events.count()) == ("127.0.0.1", 1)  # type: ignore[attr-defined]
    table = reverse("admin:core_phoneshown_changelist")
    assert shown in client_of(world, "city").get(table).context["cl"].result_list
    assert client.get(table).status_code == 403


def test_no_button_for_whom_it_does_not_concern(world: ScopeWorld) -> None:
    """A county office sees every doctor's record, but the phone only of doctors who serve in its area."""
    client = client_of(world, "county_a")
    for doctor, allowed in ((world.doctor_1, True), (world.doctor_2, False)):
        for name in ("doctor_phone", "admin:experts_doctor_phone"):
            url = reverse(name, args=[doctor.pk])
            assert client.post(url).status_code == (200 if allowed else 403)
        page = client.get(reverse("doctor_detail", args=[doctor.pk])).content.decode()
        assert (reverse("doctor_phone", args=[doctor.pk]) in page) is allowed


# -- A further served firm -------------------------------------------------------------------------------------


def test_a_firm_served_beside_sees_what_is_about_itself(world: ScopeWorld) -> None:
    Outcome.objects.filter(assignments=world.assignment).update(title="主持单位的专利")
    page = client_of(world, "served").get(reverse("assignment_detail", args=[world.assignment.pk]))
    context = page.context
    assert [project.title for project in context["projects"]] == ["诊断"]
    assert [visit.enterprise for visit in context["visits"]] == [world.served]
    assert [name for name in ("outlook", "outcomes", "waivers", "history") if name in context] == []
    assert context["follows"] is False
    text = page.content.decode()
    assert (str(world.doctor_1) in text, "主持单位的专利" in text, "窑炉大修" in text) == (True, False, False)
    whole = client_of(world, "lead").get(reverse("assignment_detail", args=[world.assignment.pk])).context
    assert [project.title for project in whole["projects"]] == ["镁碳砖寿命提升", "诊断"]
    assert (whole["outlook"] is not None, len(whole["outcomes"]), len(whole["waivers"])) == (True, 1, 1)


def test_lists_tell_a_firm_served_beside_nothing_more(world: ScopeWorld) -> None:
    for name, pace, shown in (("served", [], False), ("lead", [world.assignment], True)):
        client = client_of(world, name)
        page = client.get(reverse("assignment_list"))
        assert [row.pk for row in page.context["page"]] == [world.assignment.pk]
        assert hasattr(page.context["page"][0], "standing") is shown
        behind = client.get(reverse("assignment_list"), {"pace": world.assignment.standing.pace})
        assert list(behind.context["page"]) == pace
        assert client.get(reverse("assignment_list"), {"sort": "-owed"}).status_code == 200
        home = client.get(reverse("home")).context["services"]
        assert [service["standing"] is not None for service in home] == [shown]


def test_rest_tells_a_firm_served_beside_its_own_project(world: ScopeWorld) -> None:
    type(world.assignment).objects.filter(pk=world.assignment.pk).update(stop_reason="主持单位停产")
    rows = {}
    for name in ("served", "lead", "city"):
        (rows[name],) = [
            row for row in client_of(world, name).get("/api/v1/assignments/").json()["results"]
            if row["id"] == world.assignment.pk
        ]  # fmt: skip
    told = {name: ([each["title"] for each in row["projects"]], row["stop_reason"]) for name, row in rows.items()}
    both = ["镁碳砖寿命提升", "诊断"]
    assert told == {"served": (["诊断"], ""), "lead": (both, "主持单位停产"), "city": (both, "主持单位停产")}


# -- Declared interests ----------------------------------------------------------------------------------------


def declared(doctor: Doctor) -> list[tuple[str, str, str, Any]]:
    rows = doctor.interests.order_by("credit_code", "side")
    return [(row.credit_code, row.side, row.what, row.declared_by) for row in rows]


def test_each_side_declares_for_itself(world: ScopeWorld) -> None:
    doctor, people = world.doctor_1, world.people
    office = (f.credit_code(90), "office", "持股", people["city"])
    kept = doctor.interests.get().pk
    for name, side in (("doc_1", "doctor"), ("uni_1", "university")):
        own = Rows(given=[{"credit_code": f.credit_code(91), "what": "顾问"}])
        edit_doctor(doctor, by=people[name], at=AT, facts={}, interests=own)
        mine = (f.credit_code(91), side, "顾问", people[name])
        assert [row for row in declared(doctor) if row[1] == side] == [mine]
    mine_and_theirs = doctor.interests.exclude(side="university").values_list("pk", flat=True)
    edit_doctor(doctor, by=people["doc_1"], at=AT, facts={}, interests=Rows(removed=[*map(str, mine_and_theirs)]))
    assert declared(doctor) == [office, (f.credit_code(91), "university", "顾问", people["uni_1"])]
    assert doctor.interests.filter(side="office").get().pk == kept


def test_a_doctor_saves_his_record_and_the_offices_declaration_stays(world: ScopeWorld) -> None:
    client, doctor = client_of(world, "doc_1"), world.doctor_1
    url = reverse("doctor_edit", args=[doctor.pk])
    page = client.get(url).context
    assert ([row.what for row in page["declared"]], page["interests"].initial) == (["持股"], [])
    (theirs,) = page["declared"]
    facts = {
        "version": page["version"], "interests-0-key": str(theirs.pk),
        "name": doctor.name, "days_a_month": "3", "most_hosts": "1", "active": "on", "discipline": "430",
        "works-TOTAL_FORMS": "0", "works-INITIAL_FORMS": "0", "interests-TOTAL_FORMS": "1",
        "interests-INITIAL_FORMS": "1", "interests-0-credit_code": f.credit_code(90), "interests-0-what": "持股",
        "interests-0-DELETE": "on",
    }  # fmt: skip
    assert client.post(url, facts).status_code == 302
    assert declared(doctor) == [(f.credit_code(90), "office", "持股", world.people["city"])]


def test_the_office_changes_what_it_declared_and_reads_the_rest(world: ScopeWorld) -> None:
    doctor, city = world.doctor_1, world.people["city"]
    own = doctor.interests.get()
    theirs = Interest.objects.create(
        doctor=doctor, credit_code=f.credit_code(92), what="亲属任职", side="doctor", declared_by=doctor.user
    )
    for verb in ("change", "delete"):
        allowed = [city.has_perm(f"experts.{verb}_interest", row) for row in (own, theirs)]
        assert (verb, allowed) == (verb, [True, False])
    client = client_of(world, "city")
    delete = reverse("admin:experts_interest_delete", args=[theirs.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    add = reverse("admin:experts_interest_add")
    twice = client.post(add, {"doctor": doctor.pk, "credit_code": own.credit_code, "what": "又一次"})
    assert twice.status_code == 200
    client.post(add, {"doctor": doctor.pk, "credit_code": f.credit_code(93), "what": "顾问"})
    made = Interest.objects.get(credit_code=f.credit_code(93))
    assert (made.side, made.declared_by) == ("office", city)


def test_a_county_reads_no_interests(world: ScopeWorld) -> None:
    client = client_of(world, "county_a")
    page = client.get(reverse("doctor_detail", args=[world.doctor_1.pk]))
    assert (page.context["may_read_interests"], list(page.context["interests"])) == (False, [])
    assert client.get(reverse("admin:experts_interest_changelist")).status_code == 403


# -- Others ----------------------------------------------------------------------------------------------------


def test_a_county_chooses_among_its_district_and_the_departments(world: ScopeWorld) -> None:
    form = client_of(world, "county_a").get(reverse("admin:enterprises_enterprise_add")).context["form"]
    assert list(form.fields["district"].queryset) == [world.a]
    own = world.people["county_a"].office
    assert set(form.fields["department"].queryset) == {own, world.x, world.y}
    lists = client_of(world, "county_a").get(reverse("admin:enterprises_need_changelist"))
    assert [spec.title for spec in lists.context["cl"].filter_specs if spec.title == "district"] == []


def test_contacts_of_needs_are_shown_by_a_button_only(world: ScopeWorld) -> None:
    Need.objects.update(contact_name="贾工", contact_phone="13812345678")
    Enterprise.objects.update(contact_phone="13812345678")
    client = client_of(world, "doc_1")
    page = client.get(reverse("need_detail", args=[world.need.pk])).content.decode()
    assert ("138****5678" in page, "13812345678" in page) == (True, False)
    assert "13812345678" in client.post(reverse("need_contact", args=[world.need.pk])).content.decode()
