"""Rules as sentences on the pages of those who serve, order and dispatch, and in the help for all of them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from programmes.models import RuleSet
from programmes.rulebook import rule_called
from tests import factories as f

pytestmark = pytest.mark.django_db
RULES: list[dict[str, Any]] = [
    {"id": "days", "measure": {"days": {"activity": "visit"}}, "must": {"least": 31}},
    {"id": "wishes", "of": {"action": "order"}, "measure": {"people": "choices"}, "must": {"most": 3}},
    {"id": "places", "of": {"action": "dispatch"}, "measure": {"people": "hosts"}, "must": {"most": 5}},
    {"id": "refusals", "of": {"action": "refuse"}, "measure": {"people": "refusals"}, "must": {"most": 7}},
]


@pytest.fixture
def rules() -> RuleSet:
    data = {"code": "printed", "version": 1, "rules": RULES}
    made: RuleSet = f.RuleSetFactory(code="printed", data=data)
    return made


@pytest.fixture
def host(rules: RuleSet) -> Any:
    return f.HostFactory(batch__rule_set=rules, batch__starts_on=timezone.localdate() - timedelta(days=5))


def read_by(user: Any, path: str) -> list[tuple[str, str]]:
    """The number and the first number asked for of each rule that a page prints."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(path)
    assert page.status_code == 200
    return re.findall(r'<li value="(\d+)">.*?<b>(\d+)</b>', page.content.decode())


def test_an_enterprise_that_orders_reads_what_the_doctor_owes_and_the_rules_on_orders(host: Any) -> None:
    member = f.MemberFactory(enterprise=host.enterprise)
    need = f.NeedFactory(enterprise=host.enterprise)
    f.SuggestionFactory(need=need, rank=1)
    assert read_by(member.user, f"/needs/{need.pk}/order/") == [("1", "31"), ("2", "3")]


def test_the_page_of_an_order_has_them_afterwards(host: Any) -> None:
    order = f.OrderFactory(host=host)
    member = f.MemberFactory(enterprise=host.enterprise)
    assert read_by(member.user, f"/orders/{order.pk}/") == [("1", "31"), ("2", "3")]


def test_a_university_that_names_doctors_reads_the_rules_of_the_batch_once(host: Any) -> None:
    doctor = f.DoctorFactory()
    for _number in range(2):
        f.OrderFactory(host=host, doctors=[doctor])
    liaison = f.LiaisonFactory(university=doctor.university)
    assert read_by(liaison.user, "/dispatches/table/") == [("1", "31"), ("3", "5")]


def test_a_doctor_who_is_asked_reads_the_rules_on_declining(host: Any) -> None:
    today = timezone.localdate()
    offer = f.DispatchFactory(order__host=host, answer_by=today + timedelta(days=3))
    read = [("1", "31"), ("4", "7")]
    assert read_by(offer.doctor.user, f"/dispatches/{offer.pk}/") == read
    assert read_by(offer.doctor.user, f"/dispatches/{offer.pk}/accept/") == read


@pytest.mark.parametrize("reader", [f.DoctorUserFactory, f.OperatorFactory, lambda: f.MemberFactory().user])
def test_the_help_has_all_rules_of_batches_that_are_not_over(host: Any, reader: Any) -> None:
    f.BatchFactory(rule_set=host.batch.rule_set, status="closed", name="over")
    whole = [("1", "31"), ("2", "3"), ("3", "5"), ("4", "7")]
    assert read_by(reader(), "/rules/") == whole


def test_the_help_says_what_each_state_of_a_check_means() -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(f.OperatorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    told = client.get("/rules/").context["meanings"]
    assert [sign.word for sign, _text in told] == ["met", "pending", "waived", "exempt", "warning", "not met"]


def test_a_table_names_a_rule_by_its_name_or_its_sentence(rules: RuleSet) -> None:
    named = f.RuleSetFactory(code="named", data={**rules.data, "names": {"days": {"zh": "全年天数"}}})
    with override("zh-hans"):
        assert rule_called(rules.pk, "days") == "在整个服务期内至少31天入企服务；必须。"
        assert rule_called(named.pk, "days") == "全年天数"
        assert rule_called(rules.pk, "gone") == "gone"
