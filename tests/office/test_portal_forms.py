"""Nouns edited by the portal's forms inside the admin: who reaches them, what comes back, what becomes of it."""

from typing import Any

import pytest
from django.db import models

from accounts.models import District, User
from core.models import Notice
from enterprises.models import Enterprise, Need, Survey, VisitSheet
from experts.models import Doctor, University
from programmes.models import Batch, Programme, RuleSet
from tests import factories as f
from tests.office.conftest import As

pytestmark = pytest.mark.django_db


def url(model: type[models.Model], *rest: Any) -> str:
    return "/".join(["/office", model._meta.app_label, str(model._meta.model_name), *map(str, rest), ""])


def enterprise_typed(enterprise: Enterprise, **changes: Any) -> dict[str, Any]:
    names = ("name", "credit_code", "enterprise_class", "size", "products", "contact_name", "contact_phone")
    rows = {"qualifications-TOTAL_FORMS": "0", "qualifications-INITIAL_FORMS": "0"}
    return {name: getattr(enterprise, name) for name in names} | {"district": enterprise.district_id, **rows, **changes}


def test_an_unknown_industry_is_refused_with_what_is_near_and_a_word_is_saved(as_user: As, city: User) -> None:
    enterprise = f.EnterpriseFactory(industry="30")
    client, page = as_user(city), url(Enterprise, enterprise.pk, "change")
    seen = client.get(page)
    assert seen.context["form"]["industry"].value() == "非金属矿物制品业"
    form = enterprise_typed(enterprise, version=seen.context["version"], products="镁碳砖")
    refused = client.post(page, {**form, "industry": "农业厂"})
    assert (
        refused.context["form"].errors["industry"][0].startswith("“农业厂” is not in the list. Is one of these meant")
    )
    assert (refused.context["form"]["industry"].value(), refused.context["form"]["products"].value()) == (
        "农业厂",
        "镁碳砖",
    )
    assert client.post(page, {**form, "industry": "农业"}).status_code == 302
    enterprise.refresh_from_db()
    assert (enterprise.industry, enterprise.products) == ("01", "镁碳砖")
    last = enterprise.events.order_by("-pgh_id").select_related("pgh_context").first()  # type: ignore[attr-defined]
    assert last.pgh_context.metadata["act"] == "enterprises.edit_enterprise"
    assert enterprise.events.count() == 2  # type: ignore[attr-defined]


def test_days_of_a_qualification_in_the_wrong_order_and_one_given_twice(as_user: As, city: User) -> None:
    enterprise = f.EnterpriseFactory()
    client, page = as_user(city), url(Enterprise, enterprise.pk, "change")
    form = enterprise_typed(enterprise, version=client.get(page).context["version"])
    one = {"kind": "high_tech", "level": "provincial", "valid_from": "2025-01-02", "valid_until": "2025-01-01"}
    rows = {f"qualifications-{at}-{name}": value for at in (0, 1) for name, value in one.items()}
    answer = client.post(page, {**form, **rows, "qualifications-TOTAL_FORMS": "2"}).context["qualifications"]
    assert answer.errors == [{"valid_until": ["The last day lies before the first."]}] * 2
    for at in (0, 1):
        rows[f"qualifications-{at}-valid_until"] = "2025-01-03"
    answer = client.post(page, {**form, **rows, "qualifications-TOTAL_FORMS": "2"}).context["qualifications"]
    assert answer.non_form_errors() == ["One qualification is given twice: kind, level and first day are the same."]
    assert enterprise.qualifications.count() == 0


def test_a_button_adds_a_row_and_judges_nothing(as_user: As, city: User) -> None:
    page = as_user(city).post(url(Enterprise, "add"), {
        "name": "", "add": "qualifications", "qualifications-TOTAL_FORMS": "1", "qualifications-INITIAL_FORMS": "0",
    })  # fmt: skip
    assert (len(page.context["qualifications"].forms), page.context["form"].errors) == (2, {})


def test_who_reaches_a_form(as_user: As, city: User, county: User, department: User, home: District) -> None:
    """A county edits the enterprises of its district and reads the doctors; of another district it sees nothing."""
    near, far, doctor = f.EnterpriseFactory(district=home), f.EnterpriseFactory(), f.DoctorFactory()
    asked = [(Enterprise, near.pk), (Enterprise, far.pk), (Doctor, doctor.pk)]
    found = {}
    for name, user in (("city", city), ("county", county), ("department", department)):
        answers = [as_user(user).get(url(model, key, "change")) for model, key in asked]
        found[name] = [
            "form" if answer.context and "list_url" in answer.context else answer.status_code for answer in answers
        ]
        found[name] += [as_user(user).get(url(model, "add")).status_code for model in (Enterprise, Doctor, Batch)]
    assert found == {
        "city": ["form", "form", "form", 200, 200, 200],
        "county": ["form", 302, 200, 200, 403, 403],
        "department": [302, 302, 200, 403, 403, 403],
    }
    assert as_user(county).post(url(Doctor, doctor.pk, "change"), {"name": "x"}).status_code == 403


def test_a_visit_is_planned_by_the_name_of_the_enterprise(as_user: As, city: User) -> None:
    survey, enterprise, bureau = f.SurveyFactory(), f.EnterpriseFactory(name="云泉肉牛场"), f.DepartmentFactory()
    client, page = as_user(city), url(VisitSheet, "add")
    form = {"survey": survey.pk, "department": bureau.pk, "enterprise": "肉牛"}
    assert client.post(page, form).status_code == 302
    sheet = VisitSheet.objects.get()
    assert (sheet.enterprise, sheet.department, sheet.survey) == (enterprise, bureau, survey)
    again = client.post(page, {**form, "enterprise": "云泉肉牛场"})
    assert again.context["form"].errors == {"enterprise": ["It is already on a list of this survey."]}
    assert client.get(url(VisitSheet, sheet.pk, "change"))["Location"] == f"/office/sheet/{sheet.pk}/"


def test_a_returned_need_leads_to_its_form(as_user: As, city: User) -> None:
    need, client = f.NeedFactory(status="returned"), as_user(city)
    edit = f"/needs/{need.pk}/edit/"
    assert edit in client.get(url(Need, need.pk, "change")).content.decode()
    assert client.get(edit).context["form"]["title"].value() == need.title
    published = f.NeedFactory()
    assert f"/needs/{published.pk}/edit/" not in client.get(url(Need, published.pk, "change")).content.decode()


@pytest.mark.parametrize("model", [Enterprise, Doctor, Batch, Programme, RuleSet])
def test_no_code_is_shown_and_no_json_is_typed(as_user: As, city: User, model: Any) -> None:
    client = as_user(city)
    batch = f.BatchFactory(eligibility=[{"kind": "high_tech", "level": "provincial"}])
    row = {
        Enterprise: lambda: f.QualificationFactory().enterprise, Doctor: f.DoctorFactory, Batch: lambda: batch,
        Programme: lambda: batch.programme, RuleSet: lambda: batch.rule_set,
    }[model]()  # fmt: skip
    for page in (client.get(url(model, row.pk, "change")), client.get(url(model, "add"), follow=True)):
        text = page.content.decode()
        assert page.status_code == 200
        assert [bad for bad in ("{&quot;", "{&#x27;", "[{", "month_min_visits&", ">high_tech<") if bad in text] == []


PHONE = "13907201234"


def returned_need(enterprise: Enterprise) -> Need:
    need: Need = f.NeedFactory(enterprise=enterprise, status="returned", contact_name="贾明", contact_phone=PHONE)
    return need


@pytest.mark.parametrize("step", ["check", "send", "change"])
def test_the_office_corrects_a_need_without_reading_its_phone(
    as_user: As, county: User, home: District, step: str
) -> None:
    """Masked on the form, on the check page and on the form come back to; kept when it is sent as it was shown."""
    need = returned_need(f.EnterpriseFactory(district=home))
    client, page = as_user(county), f"/needs/{need.pk}/edit/"
    form = client.get(page)
    typed = {name: form.context["form"][name].value() or "" for name in form.context["form"].fields}
    assert (typed["contact_phone"], PHONE in form.content.decode()) == ("139****1234", False)
    sent = {**typed, "title": "改过的题目", "version": form.context["version"], "step": step}
    answer = client.post(page, {name: value for name, value in sent.items() if value is not False})
    assert PHONE not in answer.content.decode()
    assert ("139****1234" in answer.content.decode()) == (step != "send")
    need.refresh_from_db()
    assert (need.contact_phone, need.title == "改过的题目") == (PHONE, step == "send")


def test_a_need_the_office_corrected_is_said_to_its_enterprise(as_user: As, county: User, home: District) -> None:
    member = f.MemberFactory(enterprise__district=home)
    need = returned_need(member.enterprise)
    client, page = as_user(county), f"/needs/{need.pk}/edit/"
    form = client.get(page)
    typed = {name: form.context["form"][name].value() or "" for name in form.context["form"].fields}
    sent = {**typed, "contact_phone": "0350-7654321", "version": form.context["version"], "step": "send"}
    answer = client.post(page, {name: value for name, value in sent.items() if value is not False}, follow=True)
    assert answer.redirect_chain == [(f"/needs/{need.pk}/", 302)]
    assert client.get(f"/needs/{need.pk}/receipt/").status_code == 403  # it speaks to the enterprise
    need.refresh_from_db()
    assert (need.status, need.status_by, need.contact_phone) == ("submitted", county, "0350-7654321")
    told = Notice.objects.get(user=member.user)
    assert (told.kind, told.params) == ("need_corrected", {"office": str(county.office), "title": need.title})


def test_the_office_corrects_no_need_beyond_its_area(as_user: As, county: User, department: User) -> None:
    need = returned_need(f.EnterpriseFactory())
    for user in (county, department):
        client = as_user(user)
        answers = [getattr(client, method)(f"/needs/{need.pk}/edit/") for method in ("get", "post")]
        assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize(
    ("model", "asks"),
    [(Batch, [Programme, RuleSet]), (VisitSheet, [Survey, Enterprise]), (Doctor, [University])],
)
def test_a_form_that_needs_other_rows_first_says_so_and_leads_to_them(
    as_user: As, city: User, model: type[models.Model], asks: list[type[models.Model]]
) -> None:
    makes = {Programme: f.ProgrammeFactory, RuleSet: f.RuleSetFactory, Survey: f.SurveyFactory,
             Enterprise: f.EnterpriseFactory, University: f.UniversityFactory}  # fmt: skip
    client = as_user(city)
    for needed in asks:
        needed._default_manager.all().delete()
    for needed in asks:
        page = client.get(url(model, "add"))
        assert (page.templates[0].name, page.context["url"]) == ("office/form_missing.html", url(needed, "add"))
        makes[needed]()
    assert "form" in client.get(url(model, "add")).context


def test_an_account_needs_a_name_for_its_first_password_and_a_phone_number_its_shape(as_user: As, city: User) -> None:
    client = as_user(city)
    typed = {"account_person": "高建平", "role": "office", "office": city.office_id, "account_way": "password"}
    form = client.post(url(User, "add"), typed).context["adminform"].form
    assert form.errors == {name: ["Fill this in."] for name in ("account_name",)}
    enterprise = f.EnterpriseFactory(contact_phone="见名片")
    page = url(Enterprise, enterprise.pk, "change")
    form = enterprise_typed(enterprise, version=client.get(page).context["version"])
    wrong = client.post(page, {**form, "contact_phone": "12"}).context["form"]
    assert wrong.errors == {"contact_phone": ["Write a phone number, such as 13800001234 or 0350-1234567."]}
    shown = client.get(page).context["form"]["contact_phone"].value()
    assert client.post(page, {**form, "contact_phone": shown}).status_code == 302
    enterprise.refresh_from_db()
    assert enterprise.contact_phone == "见名片"
