"""Rule sets and batches in the office's tables: what cannot be read is refused on its field, what was typed stays."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from core.errors import Refused
from core.models import SetAside
from core.set_aside import set_aside
from enterprises.host_rules import as_rows
from enterprises.models import Host, Qualification
from programmes.actions import write_rule_set
from programmes.models import Batch, RuleSet
from service.compliance import ServiceRules
from tests import factories as f
from tests.factories import START, moment
from tests.former import bad_rules, write
from tests.office.conftest import As, rules_typed

pytestmark = pytest.mark.django_db
RULES, BATCHES = "/office/programmes/ruleset/", "/office/programmes/batch/"
MISSPELT = "“month_min_vists” is not a field of a rule set; is “month_min_visits” meant?"


def errors(page: Any, form: str = "form") -> dict[str, list[str]]:
    return dict(page.context[form].errors)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"grace_days": "五"}, {"grace_days": ["Enter a whole number."]}),
        ({"grace_days": "367"}, {"grace_days": ["Ensure this value is less than or equal to 366."]}),
        ({"month_kind": "x"}, {"month_kind": ["Select a valid choice. x is not one of the available choices."]}),
        ({"weight_half": "0.555"}, {"weight_half": ["Ensure that there are no more than 2 decimal places."]}),
    ],
)
def test_rules_nobody_can_read_are_refused_on_their_field(
    as_user: As, city: User, typed: dict[str, str], said: dict[str, list[str]]
) -> None:
    page = as_user(city).post(f"{RULES}add/", rules_typed(name="三十天", **typed))
    assert page.status_code == 200
    assert errors(page, "rules") == said
    (name,) = typed
    assert (page.context["rules"][name].value(), page.context["form"]["name"].value()) == (typed[name], "三十天")
    assert RuleSet.objects.count() == 0


def test_rules_that_can_be_read_are_the_next_version(as_user: As, city: User) -> None:
    client = as_user(city)
    for days, follows in ((30, ""), (40, "rules-1"), (50, "")):
        form = rules_typed(name="天数", follows=follows, term_min_days=days)
        assert client.post(f"{RULES}add/", form).status_code == 302
    found = RuleSet.objects.order_by("pk").values_list("code", "version", "data__term_min_days", "created_by")
    assert list(found) == [
        ("rules-1", 1, 30, city.pk), ("rules-1", 2, 40, city.pk), ("rules-2", 1, 50, city.pk)
    ]  # fmt: skip


def test_the_next_version_begins_from_the_last_and_says_the_same(as_user: As, city: User) -> None:
    """Every field of the rules makes the way through the form."""
    odd = ServiceRules(
        time_zone="Asia/Urumqi", month_kind="anchored", part_month_min_days=9, month_min_visits=3,
        month_min_visit_days=4, month_min_days=5, month_strict=False, short_visit_counts=False, visit_belongs_to="end",
        days_belong_to="visit", same_day_hosts="each", weights={"onsite": Decimal(1), "half": Decimal("0.50")},
        silence_confirms_after_days=11, answers_after_lock=False, waivers_allowed=False, grace_days=12,
        term_min_days=77, term_strict=False, pro_rata=False, pro_rata_rounding="down", refuses=frozenset({"overlap"}),
    )  # fmt: skip
    first, client = write_rule_set("yq", by=city, name="天数", data=odd.to_data()), as_user(city)
    page = client.get(f"{RULES}add/?from={first.pk}").context
    shown = {bound.html_name: bound.value() for form in (page["form"], page["rules"]) for bound in form}
    posted = {name: value for name, value in shown.items() if value is not None and value is not False}
    assert client.post(f"{RULES}add/?from={first.pk}", posted).status_code == 302
    second = RuleSet.objects.get(code="yq", version=2)
    assert (second.name, second.data) == ("天数", {**first.data, "version": 2})


def test_rules_are_read_as_sentences(as_user: As, city: User) -> None:
    rules = f.RuleSetFactory(data=ServiceRules(month_min_visits=2).to_data())
    page = as_user(city).get(f"{RULES}{rules.pk}/change/").content.decode()
    assert "Each month at least 2 visits of 2 days or more." in page
    assert [name for name in ("month_min_visits", "short_visit_counts", "{&quot;") if name in page] == []
    assert f"{RULES}add/?from={rules.pk}" in page


def batch_form(rules: RuleSet, *conditions: tuple[str, str]) -> dict[str, Any]:
    rows = {f"conditions-{at}-{name}": value for at, row in enumerate(conditions)
            for name, value in zip(("kind", "level"), row, strict=True)}  # fmt: skip
    return {
        "programme": f.ProgrammeFactory().pk, "name": "第十批", "starts_on": "2025-03-01", "ends_on": "2026-03-01",
        "orders_from": "2025-03-01", "orders_until": "2025-04-01", "answer_days": "7", "rule_set": rules.pk,
        "technology_quota": "10", "agriculture_quota": "5", "conditions-TOTAL_FORMS": str(len(conditions)),
        "conditions-INITIAL_FORMS": "0", **rows,
    }  # fmt: skip


def test_a_batch_asks_only_for_what_is_known(as_user: As, city: User) -> None:
    client, rules = as_user(city), f.RuleSetFactory()
    page = client.post(f"{BATCHES}add/", batch_form(rules, ("规上工业企业", "")))
    assert page.context["conditions"].errors == [
        {"kind": ["Select a valid choice. 规上工业企业 is not one of the available choices."]}
    ]
    assert Batch.objects.count() == 0
    page = client.post(f"{BATCHES}add/", batch_form(rules, ("high_tech", ""), ("high_tech", "national")))
    assert page.context["conditions"].non_form_errors() == ["Each qualification can be asked for once."]
    form = batch_form(rules, ("above_scale", ""), ("high_tech", "provincial"))
    assert client.post(f"{BATCHES}add/", form).status_code == 302
    asked = [{"kind": "above_scale"}, {"kind": "high_tech", "level": "provincial"}]
    assert as_rows(Batch.objects.get().eligibility) == [{"level": "municipal", **asked[0]}, asked[1]]
    assert list(Batch.objects.get().eligibility) == ["rules"]


def test_what_a_batch_asks_is_edited_as_rows(as_user: As, city: User) -> None:
    batch = f.BatchFactory(status="draft", eligibility=[{"kind": "high_tech", "level": "provincial"}])
    client, page = as_user(city), f"{BATCHES}{batch.pk}/change/"
    seen = client.get(page)
    assert [form.initial for form in seen.context["conditions"].initial_forms] == as_rows(batch.eligibility)
    form = batch_form(batch.rule_set, ("high_tech", ""), ("agri_leader", "municipal"))
    form |= {"conditions-INITIAL_FORMS": "1", "conditions-0-DELETE": "on", "version": seen.context["version"]}
    added = client.post(page, {**form, "add": "conditions"})
    assert (len(added.context["conditions"].forms), added.context["form"].errors) == (3, {})
    assert client.post(page, form).status_code == 302
    batch.refresh_from_db()
    assert as_rows(batch.eligibility) == [{"kind": "agri_leader", "level": "municipal"}]


def test_days_in_the_wrong_order_are_said_on_their_field(as_user: As, city: User) -> None:
    form = batch_form(f.RuleSetFactory()) | {"ends_on": "2025-03-01", "orders_until": "2025-02-28", "answer_days": "0"}
    page = as_user(city).post(f"{BATCHES}add/", form)
    late = ["The last day lies before the first."]
    assert errors(page) == {
        "ends_on": late, "orders_until": late, "answer_days": ["A doctor needs at least one day to answer."]
    }  # fmt: skip


def test_a_batch_is_pinned_only_to_rules_that_can_be_read(as_user: As, city: User) -> None:
    page = as_user(city).post(f"{BATCHES}add/", batch_form(bad_rules(), ("high_tech", "")))
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
        "坏批: What “坏批” asks of its hosts cannot be read; the city's talent office corrects it first: “high_tec” is no "
        f"qualification; write one of: {', '.join(f'{each.value} ({each.label})' for each in Qualification.Kind)}."
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
