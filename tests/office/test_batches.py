"""Rule sets and batches in the office's tables: what cannot be read is refused on its field, what was typed stays."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from core.errors import Refused
from core.models import SetAside
from core.set_aside import set_aside
from enterprises.models import Host, Qualification
from programmes.actions import write_rule_set
from programmes.models import Batch, RuleSet
from servicerules import OldRules
from tests import factories as f
from tests.factories import START, moment
from tests.former import bad_rules, write
from tests.office.conftest import As

pytestmark = pytest.mark.django_db
RULES, BATCHES = "/office/programmes/ruleset/", "/office/programmes/batch/"
FIELDS = ", ".join(sorted(OldRules().to_data()))
MISSPELT = (
    f"“month_min_vists”: there is no word “month_min_vists” here; is “month_min_visits” meant? There are: {FIELDS}."
)


def errors(page: Any, form: str = "form") -> dict[str, list[str]]:
    return dict(page.context[form].errors)


def test_a_version_of_rules_begins_as_a_draft(as_user: As, city: User) -> None:
    rules, client = f.RuleSetFactory(), as_user(city)
    for asked, leads in (("", ""), (f"?from={rules.pk}", f"?from={rules.pk}"), ("?from=x", "")):
        assert client.get(f"{RULES}add/{asked}").headers["Location"] == f"/office/rules/new/{leads}"


def test_rules_are_read_as_sentences(as_user: As, city: User) -> None:
    rules = f.RuleSetFactory(data=OldRules(month_min_visits=2).to_data())
    page = as_user(city).get(f"{RULES}{rules.pk}/change/").content.decode()
    assert "every calendar month, there must be at least 2 × records of at least 2 days each" in page
    assert [name for name in ("month_min_visits", "short_visit_counts", "{&quot;") if name in page] == []
    assert f"{RULES}add/?from={rules.pk}" in page


def batch_form(rules: RuleSet) -> dict[str, Any]:
    return {
        "programme": f.ProgrammeFactory().pk, "name": "第十批", "starts_on": "2025-03-01", "ends_on": "2026-03-01",
        "orders_from": "2025-03-01", "orders_until": "2025-04-01", "answer_days": "7", "rule_set": rules.pk,
        "technology_quota": "10", "agriculture_quota": "5",
    }  # fmt: skip


def test_days_in_the_wrong_order_are_said_on_their_field(as_user: As, city: User) -> None:
    form = batch_form(f.RuleSetFactory()) | {"ends_on": "2025-03-01", "orders_until": "2025-02-28", "answer_days": "0"}
    page = as_user(city).post(f"{BATCHES}add/", form)
    late = ["The last day lies before the first."]
    assert errors(page) == {
        "ends_on": late, "orders_until": late, "answer_days": ["A doctor needs at least one day to answer."]
    }  # fmt: skip


def test_a_batch_is_pinned_only_to_rules_that_can_be_read(as_user: As, city: User) -> None:
    page = as_user(city).post(f"{BATCHES}add/", batch_form(bad_rules()))
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
    with translation.override("en"):
        kinds = ", ".join(f"{each.value} ({each.label})" for each in Qualification.Kind)
    assert said(act(as_user(city), "open_batches", batch)) == [
        "坏批: What “坏批” asks of its hosts cannot be read; the city's talent office corrects it first: "
        f"“high_tec” is no qualification; write one of: {kinds}."
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


def test_a_host_is_chosen_and_one_that_is_not_eligible_with_a_reason(as_user: As, city: User) -> None:
    batch, enterprise = f.BatchFactory(status="open"), f.EnterpriseFactory()
    write(batch, eligibility=[{"kind": "high_tech"}])
    client, page = as_user(city), reverse("admin:host_choose", args=[batch.pk])
    answer = client.post(page, {"enterprise": enterprise.pk, "override_reason": ""})
    assert list(answer.context["form"].errors) == ["override_reason"]
    answer = client.post(page, {"enterprise": enterprise.pk, "override_reason": "市里重点项目"})
    host = Host.objects.get(batch=batch)
    assert (answer.status_code, answer["Location"]) == (302, batch.get_absolute_url())
    assert (host.enterprise, host.override_reason, host.chosen_by) == (enterprise, "市里重点项目", city)
    answer = client.post(page, {"enterprise": enterprise.pk, "override_reason": "再来"})
    assert answer.context["form"].non_field_errors() == [f"{enterprise} is already a host of this batch."]


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
