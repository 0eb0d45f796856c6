"""The filter bar above the lists of tables, and the acts on chosen rows as buttons."""

import re
from decimal import Decimal

import pytest

from accounts.models import User
from enterprises.models import Need
from officedata.months import Month
from service.models import Visit
from tests import factories as f
from tests.factories import START
from tests.office.conftest import As

pytestmark = [pytest.mark.django_db]
NEEDS, VISITS = "/office/enterprises/need/", "/office/service/visit/"


def test_choices_of_the_form_become_the_address_of_the_filters(as_user: As, city: User) -> None:
    client = as_user(city)
    sent = {"q": "", "pick": ["status__exact=submitted", "", "kind__exact=technology"], "o": "1", "p": "3"}
    answer = client.get(NEEDS, sent)
    assert answer["Location"] == f"{NEEDS}?o=1&status__exact=submitted&kind__exact=technology"
    assert client.get(NEEDS, {"q": "", "pick": ["", ""]})["Location"] == NEEDS


def test_a_choice_lists_the_rows_it_names_and_can_be_taken_away(as_user: As, city: User) -> None:
    wanted, _other = f.NeedFactory(status="submitted"), f.NeedFactory()
    page = as_user(city).get(NEEDS, {"q": "", "pick": ["status__exact=submitted"]}, follow=True)
    assert list(page.context["cl"].result_list) == [wanted]
    text = page.content.decode()
    assert re.findall(r'<option value="status__exact=submitted" selected>(.*?)</option>', text) == ["awaiting review"]
    assert re.findall(r'class="chip" href="(.*?)"', text) == ["?"]


def test_a_month_is_one_choice_of_two_bounds(as_user: As, city: User) -> None:
    month = Month.of(START)
    text = as_user(city).get(VISITS).content.decode()
    values = re.findall(r'<option value="(starts_on__gte[^"]*)"', text)
    assert len(values) == len(set(values)) == 17
    visit = f.VisitFactory(starts_on=START, ends_on=START)
    f.VisitFactory(starts_on=month.next().first, ends_on=month.next().first)
    pick = f"starts_on__gte={month.first}&starts_on__lt={month.next().first}"
    page = as_user(city).get(VISITS, {"pick": pick}, follow=True)
    assert list(page.context["cl"].result_list) == [visit]


def test_what_a_link_asked_for_is_kept_by_the_form(as_user: As, city: User) -> None:
    need = f.NeedFactory()
    text = as_user(city).get(NEEDS, {"enterprise": need.enterprise_id}).content.decode()
    assert f'<input type="hidden" name="enterprise" value="{need.enterprise_id}">' in text


def test_acts_are_buttons_and_need_chosen_rows(as_user: As, city: User, county: User) -> None:
    f.NeedFactory(status="submitted")
    acts = r'<button class="button small" name="action" value="(\w+)"'
    assert re.findall(acts, as_user(city).get(NEEDS).content.decode()) == [
        "publish",
        "send_back",
        "match_again",
        "withdraw",
    ]
    page = as_user(city).post(NEEDS, {"index": "0", "action": "publish"}, follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["warning"]
    assert Need.objects.get().status == "submitted"


def test_all_rows_of_all_pages_are_chosen_by_one_box(as_user: As, city: User) -> None:
    needs = [f.NeedFactory(status="submitted") for _number in range(51)]
    client = as_user(city)
    text = client.get(NEEDS).content.decode()
    assert len(re.findall(r'name="_selected_action"', text)) == 50
    assert "All 51 rows, of all pages" in text
    client.post(NEEDS, {"index": "0", "action": "publish", "select_across": "1", "_selected_action": [needs[0].pk]})
    assert Need.objects.filter(status="published").count() == 51


def test_figures_stand_right_and_every_cell_names_its_column(as_user: As, city: User) -> None:
    f.VisitFactory()
    f.CheckFactory(value=Decimal("1.5"), asks=Decimal(2))
    text = as_user(city).get("/office/service/check/").content.decode()
    cells = re.findall(r'<td class="field-(\w+) (\w*)" data-label="([^"]+)">', text)
    assert cells == [
        ("window_word", "nowrap", "Window"),
        ("rule_word", "", "Rule"),
        ("shown_verdict", "nowrap", "Verdict"),
        ("value", "num", "Counted"),
        ("asks", "num", "Asked for"),
        ("reason", "nowrap", "Reason"),
        ("locked_at", "nowrap", "Locked"),
    ]
    assert Visit.objects.count() >= 1
