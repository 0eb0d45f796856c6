"""Who may be a host of a batch, written by chips on a page of its own, and the count beside the sentences."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.edits import version_of
from enterprises.host_rules import as_rows, from_rows
from enterprises.models import Qualification
from programmes.models import Batch
from servicerules import preset_data
from servicerules.offers import KNOWN
from tests import factories as f
from tests.former import write
from tests.threads import race

pytestmark = pytest.mark.django_db
SUM = {
    "rules": [
        {"id": "two-of-them", "of": {"action": "host"}, "must": {"least": 2},
         "measure": {"held": [{"kind": "high_tech"}, {"kind": "above_scale"}]}},
    ]
}  # fmt: skip
KIND = "set code:rules[0].measure.held[0].kind"


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(batch: Batch, name: str = "batch_eligibility") -> str:
    return reverse(f"admin:{name}", args=[batch.pk])


def put(client: Client, batch: Batch, do: str, value: str = "", version: str | None = None, **headers: str) -> Any:
    data = {"do": do, "value": value, "version": version or version_of(Batch, batch.pk)}
    answer = client.post(page(batch), data, headers=headers)
    batch.refresh_from_db()
    return answer


def count(client: Client, batch: Batch) -> str:
    answer = client.get(page(batch, "batch_eligibility_count"))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def kinds(batch: Batch) -> list[str]:
    return [each["kind"] for each in batch.eligibility["rules"][0]["measure"]["held"]]


def test_a_batch_is_asked_by_chips_from_nothing_and_the_count_follows() -> None:
    f.QualificationFactory(kind="high_tech", level="provincial")
    f.QualificationFactory(kind="above_scale", level="municipal")
    client, batch = client_of(f.CityUserFactory()), f.BatchFactory(status="draft", eligibility={"rules": []})
    assert "<b>2</b> enterprises of 2 are eligible today." in count(client, batch)
    answer = put(client, batch, "new")
    assert answer.headers["Location"] == f"{page(batch)}#chip-head-rules-0-of"
    assert as_rows(batch.eligibility) is None or kinds(batch) == ["high_tech"]
    assert "<b>1</b> enterprise of 2 is eligible today." in count(client, batch)
    put(client, batch, "add rules[0].measure.held[1]")
    assert kinds(batch) == ["high_tech", "above_scale"]
    assert "<b>2</b> enterprises of 2 are eligible today." in count(client, batch)
    put(client, batch, "add rules[0].measure.held[1].level")
    put(client, batch, "set choice:rules[0].measure.held[1].level", "national")
    assert batch.eligibility["rules"][0]["measure"]["held"][1] == {"kind": "above_scale", "level": "national"}
    text = count(client, batch)
    assert "<b>1</b> enterprise of 2 is eligible today." in text
    assert (text.count("not eligible"), "its level is too low" in text) == (1, True)


def test_the_page_has_the_count_and_a_script_gets_the_sentences_alone() -> None:
    f.QualificationFactory(kind="high_tech")
    client, batch = client_of(f.CityUserFactory()), f.BatchFactory(status="draft", eligibility=SUM)
    whole = client.get(page(batch)).content.decode()
    assert ('id="eligible"' in whole, "of 1 are eligible today." in whole) == (True, True)
    answer = put(client, batch, KIND, "specialised", **{"HX-Request": "true"})
    assert (answer.headers["HX-Trigger"], b"eligible today" in answer.content) == ("rules-changed", False)
    assert kinds(batch) == ["specialised", "above_scale"]


def test_every_qualification_can_be_chosen_and_nothing_else() -> None:
    assert set(KNOWN["qualification"]) == set(Qualification.Kind.values)
    client, batch = client_of(f.CityUserFactory()), f.BatchFactory(status="draft", eligibility=SUM)
    sheet = client.get(f"{page(batch)}?chip=code:rules[0].measure.held[0].kind").content.decode()
    assert [kind for kind in Qualification.Kind.values if f'value="{kind}"' not in sheet] == []
    assert 'id="chip-value"' not in sheet
    for do, value in (
        (KIND, "规上工业企业"),
        ("set choice:rules[0].of.action", "order"),
        ("set head:rules[0].measure", "given"),
        ("add rules[0].else", ""),
        ("add rules[0].waivable", ""),
    ):
        assert put(client, batch, do, value).status_code == 404
    assert batch.eligibility == SUM


def test_only_rules_on_hosts_are_taken_from_presets() -> None:
    client, batch = client_of(f.CityUserFactory()), f.BatchFactory(status="draft", eligibility={"rules": []})
    text = client.get(f"{page(batch)}?presets").content.decode()
    assert [line for line in text.split('"') if line.startswith("from ")] == ["from phd-service 2"]
    assert put(client, batch, "from phd-service 0").status_code == 404
    put(client, batch, "from phd-service 2")
    assert batch.eligibility["rules"] == [{**preset_data("phd-service")["rules"][2], "id": "rule-1"}]


def test_several_changes_are_undone_one_after_the_other() -> None:
    client, batch = client_of(f.CityUserFactory()), f.BatchFactory(status="draft", eligibility=SUM)
    assert b'value="undo"' not in client.get(page(batch)).content
    for kind in ("specialised", "other"):
        put(client, batch, KIND, kind)
    seen = []
    for _ in range(3):
        put(client, batch, "undo")
        seen.append(kinds(batch)[0])
    assert seen == ["specialised", "high_tech", "high_tech"]
    assert batch.eligibility == SUM


def test_of_two_authors_the_second_sees_what_the_first_wrote() -> None:
    batch = f.BatchFactory(status="draft", eligibility=SUM)
    version = version_of(Batch, batch.pk)
    put(client_of(f.CityUserFactory()), batch, KIND, "other", version)
    answer = put(client_of(f.CityUserFactory()), batch, KIND, "specialised", version, **{"HX-Request": "true"})
    assert b"Somebody else changed this meanwhile." in answer.content
    assert kinds(batch) == ["other", "above_scale"]


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_one_moment_one_is_kept() -> None:
    batch = f.BatchFactory(status="draft", eligibility=SUM)
    version, users = version_of(Batch, batch.pk), [f.CityUserFactory(), f.CityUserFactory()]
    events = batch.events.count()

    def change(at: int) -> int:
        data = {"do": KIND, "value": ("other", "specialised")[at], "version": version}
        return int(client_of(users[at]).post(page(batch), data).status_code)

    answers = race(lambda: change(0), lambda: change(1))
    batch.refresh_from_db()
    assert sorted(answers) == [200, 302]
    assert kinds(batch)[0] == ("other", "specialised")[answers.index(302)]
    assert batch.events.count() == events + 1


def test_each_change_is_an_edit_of_the_batch_in_its_history() -> None:
    city, batch = f.CityUserFactory(), f.BatchFactory(status="open", eligibility=SUM)
    put(client_of(city), batch, KIND, "other")
    event = batch.events.latest("pgh_id")
    assert (event.eligibility, event.pgh_context.metadata["by"]) == (batch.eligibility, city.pk)


@pytest.mark.parametrize(
    ("factory", "status"), [(f.CountyUserFactory, 403), (f.DepartmentUserFactory, 403), (f.AuditorFactory, 404)]
)
def test_only_who_plans_batches_changes_what_is_asked(factory: Any, status: int) -> None:
    client, batch = client_of(factory()), f.BatchFactory(eligibility=SUM)
    assert put(client, batch, KIND, "other").status_code == status
    for name in ("batch_eligibility", "batch_eligibility_count"):
        assert client.get(page(batch, name)).status_code == status
    assert batch.eligibility == SUM


def test_who_may_not_change_it_reads_it_on_the_page_of_the_round() -> None:
    batch, link = f.BatchFactory(eligibility=SUM), "Change who may be a host"
    for factory, links in ((f.CityUserFactory, True), (f.CountyUserFactory, False)):
        text = client_of(factory()).get(batch.get_absolute_url()).content.decode()
        assert (text.count("high-tech enterprise"), link in text) == (1, links)


def test_the_rules_of_the_rule_set_count_too_and_are_shown() -> None:
    f.QualificationFactory(kind="other", level="national")
    rules = f.RuleSetFactory(code="hosts", data={"code": "hosts", "version": 1, **from_rows([{"kind": "high_tech"}])})
    batch = f.BatchFactory(status="draft", rule_set=rules, eligibility=from_rows([{"kind": "other"}]))
    client = client_of(f.CityUserFactory())
    assert "<b>0</b> enterprises of 1 are eligible today." in count(client, batch)
    assert "Asked by the rules of the batch besides" in client.get(page(batch)).content.decode()


def test_what_nobody_can_read_is_said_and_replaced_by_the_first_change() -> None:
    batch = f.BatchFactory(status="draft")
    known = SUM["rules"][0]
    for wrong in ([{"kind": "high_tec"}], {"rules": "x"}, {"rules": [{"id": "x"}, known]}, 7):
        write(batch, eligibility=wrong)
        client = client_of(f.CityUserFactory())
        left = [known] if isinstance(wrong, dict) and wrong["rules"] != "x" else []
        answer = client.get(page(batch))
        assert (answer.status_code, answer.context["desk"].data) == (200, {"rules": left})
        assert "What stood here cannot be read" in answer.content.decode()
        assert client.get(batch.get_absolute_url()).status_code == 200
        put(client, batch, "new")
        assert [each["id"] for each in batch.eligibility["rules"]] == [each["id"] for each in left] + ["rule-1"]


def test_a_new_batch_asks_what_the_last_one_of_its_programme_asked() -> None:
    last = f.BatchFactory(programme=f.ProgrammeFactory(name="甲"), eligibility=SUM)
    f.BatchFactory(programme=f.ProgrammeFactory(name="乙"), eligibility=from_rows([{"kind": "other"}]))
    client = client_of(f.CityUserFactory())
    names = ("starts_on", "ends_on", "orders_from", "orders_until", "answer_days", "technology_quota",
             "agriculture_quota", "rule_set_id")  # fmt: skip
    form = {name.removesuffix("_id"): getattr(last, name) for name in names} | {"programme": last.programme_id}
    for name, programme in (("明年", last.programme), ("另一行动", f.ProgrammeFactory(name="丙"))):
        client.post(reverse("admin:programmes_batch_add"), {**form, "name": name, "programme": programme.pk})
    assert Batch.objects.get(name="明年").eligibility == SUM
    assert Batch.objects.get(name="另一行动").eligibility == {"rules": []}
    form_page = client.get(reverse("admin:programmes_batch_change", args=[last.pk])).content.decode()
    assert page(last) in form_page


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
