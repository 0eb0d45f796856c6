"""The conditions on the form of a batch: rows, rules that rows cannot say, and the count beside them."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from enterprises.host_rules import as_rows, from_rows
from programmes.models import Batch
from tests import factories as f
from tests.former import write

pytestmark = pytest.mark.django_db
SUM = {
    "rules": [
        {"id": "two-of-them", "of": {"action": "host"}, "must": {"least": 2},
         "measure": {"held": [{"kind": "high_tech"}, {"kind": "above_scale"}]}},
    ]
}  # fmt: skip


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def rows(*conditions: tuple[str, str]) -> dict[str, Any]:
    said = {f"conditions-{at}-{name}": word for at, row in enumerate(conditions)
            for name, word in zip(("kind", "level"), row, strict=True)}  # fmt: skip
    return {"conditions-TOTAL_FORMS": str(len(conditions)), "conditions-INITIAL_FORMS": "0", **said}


def count(client: Client, data: dict[str, Any], **query: Any) -> str:
    page = client.post(reverse("admin:eligible_count", query=query), data)
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def test_the_count_follows_what_is_typed() -> None:
    f.QualificationFactory(kind="high_tech", level="provincial")
    f.QualificationFactory(kind="above_scale", level="municipal")
    client, batch = client_of(f.CityUserFactory()), f.BatchFactory(eligibility=from_rows([]))
    assert "<b>2</b> enterprises of 2 are eligible today." in count(client, rows(), batch=batch.pk)
    assert "<b>1</b> enterprise of 2 is eligible today." in count(client, rows(("high_tech", "")), batch=batch.pk)
    assert "<b>0</b> enterprises of 2 are eligible today." in count(client, rows(("high_tech", "national")))
    wrong = count(client, rows(("规上工业企业", "")))
    assert ("eligible today" in wrong, '<p class="muted">' in wrong) == (False, True)
    assert Batch.objects.get().eligibility == {"rules": []}


def test_the_rules_of_the_chosen_rule_set_count_too() -> None:
    f.QualificationFactory(kind="other", level="national")
    rules = f.RuleSetFactory(code="hosts", data={"code": "hosts", "version": 1, **from_rows([{"kind": "high_tech"}])})
    client = client_of(f.CityUserFactory())
    typed = rows(("other", "")) | {"rule_set": str(rules.pk)}
    assert "<b>0</b> enterprises of 1 are eligible today." in count(client, typed)
    assert "<b>1</b> enterprise of 1 is eligible today." in count(client, rows(("other", "")))


@pytest.mark.parametrize("factory", [f.CountyUserFactory, f.DepartmentUserFactory])
def test_only_who_plans_batches_asks_for_the_count(factory: Any) -> None:
    assert client_of(factory()).post(reverse("admin:eligible_count"), rows()).status_code == 403


def form_of(batch: Batch, version: str) -> dict[str, Any]:
    names = ("name", "starts_on", "ends_on", "orders_from", "orders_until", "answer_days", "technology_quota",
             "agriculture_quota", "programme_id", "rule_set_id")  # fmt: skip
    return {name.removesuffix("_id"): getattr(batch, name) for name in names} | {"version": version}


def test_rules_that_rows_cannot_say_are_shown_and_kept_until_rows_replace_them() -> None:
    batch = f.BatchFactory(status="draft", eligibility=SUM)
    client, page = client_of(f.CityUserFactory()), reverse("admin:programmes_batch_change", args=[batch.pk])
    seen = client.get(page)
    (sentence,) = seen.context["conditions"].kept_sentences()
    assert sentence in seen.content.decode()
    assert client.post(page, form_of(batch, seen.context["version"]) | rows()).status_code == 302
    batch.refresh_from_db()
    assert batch.eligibility == SUM
    version = client.get(page).context["version"]
    assert client.post(page, form_of(batch, version) | rows(("high_tech", "national"))).status_code == 302
    batch.refresh_from_db()
    assert as_rows(batch.eligibility) == [{"kind": "high_tech", "level": "national"}]


def test_lists_of_earlier_releases_are_rewritten_and_history_stays() -> None:
    demands = [{"kind": "above_scale"}, {"kind": "high_tech", "level": "provincial"}]
    batch, empty, new = f.BatchFactory(), f.BatchFactory(), f.BatchFactory(eligibility=SUM)
    write(batch, eligibility=demands)
    write(empty, eligibility=[])
    events = batch.events.count()
    migration = import_module("programmes.migrations.0005_eligibility_in_the_language")
    migration.into_the_language(apps, None)
    for row in (batch, empty, new):
        row.refresh_from_db()
    assert as_rows(batch.eligibility) == [{"kind": "above_scale", "level": "municipal"}, demands[1]]
    assert (list(batch.eligibility), empty.eligibility, new.eligibility) == (["rules"], {"rules": []}, SUM)
    assert batch.events.count() == events
    assert batch.events.latest("pgh_id").eligibility == demands
