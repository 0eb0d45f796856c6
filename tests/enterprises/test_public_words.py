"""A text that others will read holds no personal number: refused at every edge, and not public where one is stored."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.errors import AlreadyDone, Refused
from enterprises import actions
from enterprises.forms import NeedForm
from enterprises.imports import import_needs
from enterprises.models import Need
from enterprises.need_table import read
from enterprises.office.sheets import FoundForm
from matching.actions import publish_need
from tests.factories import (
    START,
    CityUserFactory,
    DistrictFactory,
    EnterpriseFactory,
    EnterpriseUserFactory,
    MemberFactory,
    NeedFactory,
    moment,
)
from tests.officedata.tables import workbook
from ui.table_wording import row_sentence

pytestmark = pytest.mark.django_db

AT = moment(START)
NUMBER = "13800001234"
CLEAN = "镁碳砖在钢包渣线剥落快，平均寿命只有四十二炉，需要改进抗氧化剂和结合剂，使寿命达到六十炉以上。"
PLANTED = f"{CLEAN}请联系张工{NUMBER}。"
FACTS = {"title": "提高镁碳砖寿命", "problem": PLANTED}
NAMES = ["title", "problem", "target", "basis", "keywords", "field"]


def stored(**facts: Any) -> Need:
    """A published need with a number in its text, as a release before the sweep stored it."""
    need = NeedFactory.create(visibility="public")
    Need.objects.filter(pk=need.pk).update(**{"problem": PLANTED, **facts})
    import_module("enterprises.migrations.0009_personal_numbers").look(apps, None)
    need.refresh_from_db()
    return need


@pytest.mark.parametrize("name", NAMES)
def test_the_form_says_where_the_number_stands(name: str) -> None:
    typed = {"title": "提高镁碳砖寿命", "kind": "technology", "problem": CLEAN, "visibility": "public",
             "contact_name": "张工", "contact_phone": NUMBER}  # fmt: skip
    typed[name] = f"张工 {NUMBER}"
    form = NeedForm(typed)
    assert list(form.errors) == [name]
    assert "张工 【138…34】" in form.errors[name][0]
    assert NUMBER not in form.errors[name][0]
    assert "visibility" not in NeedForm({**typed, "visibility": "office"}).errors
    assert NeedForm({**typed, "visibility": "office"}).is_valid()


def test_a_need_heard_on_a_visit_says_where_the_number_stands() -> None:
    typed = {
        "title": "提高镁碳砖寿命",
        "kind": "technology",
        "problem": PLANTED,
        "contact_name": "张工",
        "contact_phone": NUMBER,
    }
    form = FoundForm(typed, enterprise=EnterpriseFactory.create())
    assert list(form.errors) == ["problem"]
    assert "【138…34】" in form.errors["problem"][0]


@pytest.mark.parametrize(("visibility", "refused"), [("public", True), ("universities", True), ("office", False)])
def test_a_need_is_not_sent_with_a_number_in_its_text(visibility: str, refused: bool) -> None:
    firm, by = EnterpriseFactory.create(), EnterpriseUserFactory.create()
    facts = {**FACTS, "visibility": visibility}
    if not refused:
        assert actions.post_need(firm, by=by, at=AT, facts=facts).status == "submitted"
        return
    with pytest.raises(Refused) as refusal:
        actions.post_need(firm, by=by, at=AT, facts=facts)
    assert refusal.value.code == "personal"
    assert NUMBER not in "".join(refusal.value.reasons)
    assert not Need.objects.exists()
    draft = actions.draft_need(firm, by=by, at=AT, facts=facts)
    with pytest.raises(Refused) as refusal:
        actions.submit_need(draft, by=by, at=AT)
    assert refusal.value.code == "personal"
    assert Need.objects.get().status == "draft"
    with pytest.raises(Refused) as refusal:
        actions.resubmit_need(draft, by=by, at=AT, facts=facts)
    assert refusal.value.code == "personal"


def test_the_office_publishes_no_need_with_a_number() -> None:
    need = NeedFactory.create(status="submitted", visibility="public")
    Need.objects.filter(pk=need.pk).update(target=f"张工 {NUMBER}")
    with pytest.raises(Refused) as refusal:
        publish_need(Need.objects.get(), by=CityUserFactory.create(), at=AT)
    assert refusal.value.code == "personal"
    assert Need.objects.get().status == "submitted"


def test_the_row_of_a_table_is_refused_with_its_place(tmp_path: Path) -> None:
    DistrictFactory.create(code="149931", name="石岭区")
    header = ["企业名称", "所在区县", "需求名称", "现状与问题", "联系电话"]
    rows = [header, ["甲厂", "石岭区", "一号", PLANTED, NUMBER], ["乙厂", "石岭区", "二号", CLEAN, NUMBER]]
    parsed = read(workbook(tmp_path / "a.xlsx", rows))
    loaded = import_needs(parsed, by=CityUserFactory.create(), at=AT)
    assert loaded.new == 1
    assert [(error.row, error.column, error.code) for error in loaded.errors] == [(2, "现状与问题", "personal")]
    assert "【138…34】" in row_sentence(loaded.errors[0])
    assert [need.title for need in Need.objects.all()] == ["二号"]


def test_a_stored_need_with_a_number_is_not_public_until_it_is_taken_out(client: Client) -> None:
    need, clean = stored(), NeedFactory.create(visibility="public")
    assert need.has_personal_numbers is True
    assert list(Need.objects.public()) == [clean]
    assert client.get(need.get_absolute_url()).status_code == 302  # to the sign-in page
    assert need.title not in client.get(reverse("landing"), {"q": NUMBER}).content.decode()
    actions.hide_numbers(need, by=CityUserFactory.create(), at=AT)
    assert Need.objects.get(pk=need.pk).problem == f"{CLEAN}请联系张工（已隐去）。"
    assert set(Need.objects.public()) == {need, clean}
    with pytest.raises(AlreadyDone):
        actions.hide_numbers(need, by=CityUserFactory.create(), at=AT)


def test_the_office_is_led_to_what_is_held_back(client: Client) -> None:
    need = stored()
    stored(visibility="universities")
    client.force_login(CityUserFactory.create())
    todo = reverse("admin:enterprises_need_changelist") + "?public=held"
    assert f'href="{todo}"' in client.get(reverse("admin:index")).content.decode()
    assert [row.pk for row in client.get(todo).context["cl"].result_list] == [need.pk]
    assert client.post(reverse("need_hide_numbers", args=[need.pk])).status_code == 302
    assert Need.objects.get(pk=need.pk).has_personal_numbers is False


def test_its_enterprise_takes_the_number_out_and_no_other(client: Client) -> None:
    need = stored()
    own: User = MemberFactory.create(enterprise=need.enterprise).user
    other: User = MemberFactory.create().user
    address = reverse("need_hide_numbers", args=[need.pk])
    client.force_login(other)
    assert client.post(address).status_code == 404
    client.force_login(own)
    assert client.post(address).status_code == 302
    assert Need.objects.get(pk=need.pk).has_personal_numbers is False
