"""Rule sets and batches in the office's tables: what cannot be read is refused on its field, what was typed stays."""

import json
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from core.errors import Refused
from core.models import SetAside
from core.set_aside import set_aside
from programmes.actions import write_rule_set
from programmes.models import Batch, RuleSet
from tests import factories as f
from tests.factories import START, moment
from tests.former import bad_rules, write
from tests.office.conftest import As

pytestmark = pytest.mark.django_db
RULES, BATCHES = "/office/programmes/ruleset/", "/office/programmes/batch/"
MISSPELT = "“month_min_vists” is not a field of a rule set; is “month_min_visits” meant?"


def errors(page: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = page.context["adminform"].form.errors
    return dict(found)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ('{"month_min_vists": 1}', [MISSPELT]),
        ('{"grace_days": "5"}', ["“grace_days” must be a whole number."]),
        ('{"grace_days": NaN}', ["“grace_days” must be a whole number."]),
        ("[1]", ['Rules are an object of names and values, such as {"month_min_visits": 1}.']),
        ('{"grace_days": ', ["Enter a valid JSON."]),
        ("9" * 5000, ["Enter a valid JSON."]),
        ("[" * 3000, ["Enter a valid JSON."]),
    ],
)
def test_rules_nobody_can_read_are_refused_on_their_field(as_user: As, city: User, typed: str, said: list[str]) -> None:
    page = as_user(city).post(f"{RULES}add/", {"code": "yq", "name": "三十天", "data": typed})
    assert page.status_code == 200
    assert errors(page) == {"data": said}
    form = page.context["adminform"].form
    assert (form["data"].value(), form["name"].value()) == (typed, "三十天")
    assert RuleSet.objects.count() == 0


def test_rules_that_can_be_read_are_the_next_version(as_user: As, city: User) -> None:
    client = as_user(city)
    for days in (30, 40):
        form = {"code": "yq", "name": "天数", "data": json.dumps({"term_min_days": days})}
        assert client.post(f"{RULES}add/", form).status_code == 302
    assert list(RuleSet.objects.order_by("version").values_list("version", "data__term_min_days", "created_by")) == [
        (1, 30, city.pk), (2, 40, city.pk)
    ]  # fmt: skip


def batch_form(rules: RuleSet, eligibility: str) -> dict[str, Any]:
    return {
        "programme": f.ProgrammeFactory().pk, "name": "第十批", "starts_on": "2025-03-01", "ends_on": "2026-03-01",
        "orders_from": "2025-03-01", "orders_until": "2025-04-01", "answer_days": "7", "rule_set": rules.pk,
        "technology_quota": "10", "agriculture_quota": "5", "eligibility": eligibility,
    }  # fmt: skip


def test_a_batch_asks_only_for_what_is_known(as_user: As, city: User) -> None:
    client, rules = as_user(city), f.RuleSetFactory()
    page = client.post(f"{BATCHES}add/", batch_form(rules, '[{"kind": "规上工业企业"}]'))
    (said,) = errors(page)["eligibility"]
    assert said.startswith("Line 1: “规上工业企业” is no “kind”; write one of: above_scale (")
    assert page.context["adminform"].form["eligibility"].value() == '[{"kind": "规上工业企业"}]'
    assert Batch.objects.count() == 0
    assert client.post(f"{BATCHES}add/", batch_form(rules, '[{"kind": "above_scale"}]')).status_code == 302
    batch = Batch.objects.get()
    assert batch.eligibility == [{"kind": "above_scale"}]
    page = client.post(f"{BATCHES}{batch.pk}/change/", batch_form(rules, '[{"kind": "high_tec"}]'))
    assert errors(page) == {"eligibility": ["Line 1: “high_tec” is no “kind”; is “high_tech” meant?"]}


def test_a_batch_is_pinned_only_to_rules_that_can_be_read(as_user: As, city: User) -> None:
    page = as_user(city).post(f"{BATCHES}add/", batch_form(bad_rules(), '[{"kind": "high_tech"}]'))
    assert errors(page) == {
        "rule_set": ["These rules cannot be read; choose another version, or write the next one.", MISSPELT]
    }
    assert Batch.objects.count() == 0


def act(client: Any, name: str, row: Any, **data: Any) -> Any:
    return client.post(BATCHES, {"action": name, "_selected_action": [row.pk], **data}, follow=True)


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def test_a_bad_batch_is_not_opened(as_user: As, city: User) -> None:
    batch = f.BatchFactory(status="draft", name="坏批")
    write(batch, eligibility=[{"kind": "high_tec"}])
    assert said(act(as_user(city), "open_batches", batch)) == [
        "坏批: What “坏批” asks of its hosts cannot be read; the city's talent office corrects it first: Line 1: "
        "“high_tec” is no “kind”; is “high_tech” meant?"
    ]
    batch.refresh_from_db()
    assert batch.status == "draft"


def test_the_page_of_hosts_says_what_is_wrong(as_user: As, city: User) -> None:
    batch, enterprise = f.BatchFactory(), f.EnterpriseFactory()
    write(batch, eligibility=[{"level": "national"}])
    client = as_user(city)
    assert client.get(reverse("admin:host_choose", args=[batch.pk])).context["found"] == []
    page = client.get(reverse("admin:host_choose", args=[batch.pk]), {"enterprise": enterprise.pk})
    assert page.context["eligible"] is False
    assert page.context["lines"][0].startswith(f"What “{batch}” asks of its hosts cannot be read;")


def test_a_batch_is_moved_to_other_rules_on_a_page_that_asks_why(as_user: As, city: User) -> None:
    batch = f.BatchFactory(rule_set=bad_rules())
    better = write_rule_set("old", by=city, name="新规则", data={})
    client = as_user(city)
    page = act(client, "repin_batches", batch)
    assert list(page.context["form"].fields) == ["rule_set", "reason"]
    page = act(client, "repin_batches", batch, asked="yes", rule_set=better.pk, reason="")
    assert page.context["form"].errors == {"reason": ["This field is required."]}
    assert said(act(client, "repin_batches", batch, asked="yes", rule_set=better.pk, reason="字段写错。")) == [
        "Done for 1 row."
    ]
    batch.refresh_from_db()
    assert batch.rule_set == better
    other = f.RuleSetFactory()
    assert said(act(client, "repin_batches", batch, asked="yes", rule_set=other.pk, reason="换")) == [
        f"{batch}: Choose another version of “old”, the rules of this batch."
    ]


def test_only_the_city_office_acts_on_batches(as_user: As, county: User) -> None:
    batch = f.BatchFactory(status="draft")
    for name in ("open_batches", "repin_batches"):
        act(as_user(county), name, batch, asked="yes", rule_set=batch.rule_set_id, reason="换")
    batch.refresh_from_db()
    assert (batch.status, batch.events.count()) == ("draft", 1)


# -- What is set aside ----------------------------------------------------------------------------------------


def test_rows_set_aside_stand_on_the_home_of_the_city_and_in_a_table(as_user: As, city: User, county: User) -> None:
    batch = f.BatchFactory(name="坏批")
    set_aside("close_month", batch, Refused("Bad."), at=moment(START), about="2025-03")
    done = set_aside("close_month", batch, Refused("Bad."), at=moment(START), about="2025-02")
    SetAside.objects.filter(pk=done.pk).update(resolved_at=moment(START))
    client = as_user(city)
    (todo,) = client.get("/office/").context["todos"]
    assert (todo.title, todo.count, todo.url) == (
        "Rows set aside", 1, "/office/core/setaside/?resolved_at__isempty=1"
    )  # fmt: skip
    page = client.get(todo.url)
    assert [(row.name, row.cause, row.about) for row in page.context["cl"].result_list] == [("坏批", "Bad.", "2025-03")]
    assert "monthly close" in page.content.decode()
    assert client.get("/office/core/setaside/add/").status_code == 403
    assert as_user(county).get("/office/").context["todos"] == []
    assert as_user(county).get("/office/core/setaside/").status_code == 403
