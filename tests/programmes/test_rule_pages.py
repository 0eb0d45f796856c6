"""The pages on which rules are written: one change a post, kept at once; what is wrong is said, nothing is lost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User
from core.edits import version_of
from programmes.models import RuleDraft, RuleSet
from servicerules import preset, preset_data, preset_names
from servicerules.chips import Chips
from tests.factories import (
    AuditorFactory,
    BatchFactory,
    CityUserFactory,
    CountyUserFactory,
    DepartmentUserFactory,
    DoctorUserFactory,
    LiaisonFactory,
    MemberFactory,
    RuleDraftFactory,
    RuleSetFactory,
)
from tests.servicerules.strategies import rule_sets

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(CityUserFactory())
    return client


def draft_of(name: str = "phd-service") -> RuleDraft:
    draft: RuleDraft = RuleDraftFactory(data=preset_data(name), written_by=CityUserFactory())
    return draft


def page(draft: RuleDraft) -> str:
    return reverse("admin:rule_draft", args=[draft.pk])


def put(office: Client, draft: RuleDraft, do: str, value: str = "", **headers: str) -> Any:
    version = version_of(RuleDraft, draft.pk)
    answer = office.post(page(draft), {"do": do, "value": value, "version": version}, headers=headers)
    draft.refresh_from_db()
    return answer


def test_the_list_has_drafts_and_versions(office: Client) -> None:
    draft, version = draft_of(), RuleSetFactory()
    text = office.get(reverse("admin:rules")).content.decode()
    assert page(draft) in text
    assert reverse("admin:rule_version", args=[version.pk]) in text


def test_a_draft_begins_from_a_preset(office: Client) -> None:
    answer = office.post(reverse("admin:rule_begin"), {"begin": "preset phd-service", "name": ""})
    draft = RuleDraft.objects.get()
    assert answer.headers["Location"] == page(draft)
    assert (draft.name, draft.code, draft.origin) == ("高校博士入企服务", "phd-service", "phd-service")
    assert draft.data == {word: each for word, each in preset_data("phd-service").items() if word != "source"}
    assert "参考：高校博士入企服务 · 阳泉市高校博士服务企业行动（2023年）。" in office.get(page(draft)).content.decode()


@pytest.mark.parametrize("kind", ["next", "copy"])
def test_a_draft_begins_from_a_version_of_any_age(office: Client, kind: str) -> None:
    version: RuleSet = RuleSetFactory()
    office.post(reverse("admin:rule_begin"), {"begin": f"{kind} {version.pk}", "name": "明年"})
    draft = RuleDraft.objects.get()
    assert draft.name == "明年"
    assert (draft.follows, draft.code == version.code) == ((version, True) if kind == "next" else (None, False))
    assert "rules" in draft.data


def test_a_draft_begins_from_nothing(office: Client) -> None:
    office.post(reverse("admin:rule_begin"), {"begin": "nothing", "name": "新规则"})
    draft = RuleDraft.objects.get()
    assert (draft.name, draft.data) == ("新规则", {"code": "rules", "rules": []})
    put(office, draft, "new")
    assert office.get(page(draft)).status_code == 200
    assert [rule["in"] for rule in draft.data["rules"]] == [{"every": "month"}]


@pytest.mark.parametrize("begin", ["", "preset none", "next 99", "copy x", "other"])
def test_a_beginning_that_is_none_is_refused(office: Client, begin: str) -> None:
    answer = office.post(reverse("admin:rule_begin"), {"begin": begin, "name": "x"})
    assert (answer.status_code, RuleDraft.objects.count()) == (200, 0)


def test_every_preset_is_shown_with_its_sentences(office: Client) -> None:
    text = office.get(reverse("admin:rule_begin")).content.decode()
    for name in preset_names():
        assert f'value="preset {name}"' in text
        assert (preset(name).source or {})["zh"] in text


def test_a_chip_is_changed_and_the_change_undone(office: Client) -> None:
    draft = draft_of()
    chip = f"{page(draft)}?chip=number:rules[0].measure.count.lasting"
    assert 'value="2"' in office.get(chip).content.decode()
    answer = put(office, draft, "set number:rules[0].measure.count.lasting", "3")
    assert answer.headers["Location"] == f"{page(draft)}#chip-number-rules-0-measure-count-lasting"
    assert draft.data["rules"][0]["measure"]["count"]["lasting"] == 3
    put(office, draft, "undo")
    assert draft.data == preset_data("phd-service")


def test_a_value_out_of_limits_is_refused_with_the_limits_and_stays_typed(office: Client) -> None:
    draft = draft_of()
    text = put(office, draft, "set number:rules[0].measure.count.lasting", "400").content.decode()
    assert "请填写0至366之间的数。" in text
    assert 'value="400"' in text
    assert draft.data == preset_data("phd-service")


def test_a_script_gets_the_sentences_or_the_sheet_alone(office: Client) -> None:
    draft = draft_of()
    answer = put(office, draft, "add rules[0].when", hx_request="true")
    assert answer.headers["HX-Trigger"] == "rules-changed"
    assert "<html" not in answer.content.decode()
    assert draft.data["rules"][0]["when"]
    answer = put(office, draft, "set number:rules[0].measure.count.lasting", "x", hx_request="true")
    assert answer.headers["HX-Retarget"] == "#chip-sheet-body"
    sheet = office.get(f"{page(draft)}?chip=choice:rules[0].waivable", headers={"hx-request": "true"}).content.decode()
    assert sheet.count('name="value"') == 3
    assert "<html" not in sheet


def test_whoever_can_choose_a_team_reads_what_it_is(office: Client) -> None:
    draft, said = draft_of("commissioner-team"), "团队是指同一批次中服务同一家企业的博士。"
    (number,) = [at for at, rule in enumerate(draft.data["rules"]) if rule.get("of") == {"each": "team"}][:1]

    def has(chip: str) -> bool:
        return said in office.get(f"{page(draft)}?chip={chip}").content.decode()

    assert [has(f"choice:rules[{number}].of.each"), has(f"choice:rules[{number}].waivable")] == [True, False]


def test_rules_are_added_copied_moved_and_removed(office: Client) -> None:
    draft = draft_of()
    ids = [rule["id"] for rule in draft.data["rules"]]
    put(office, draft, "down rules[0]")
    assert [rule["id"] for rule in draft.data["rules"]] == [ids[1], ids[0], ids[2]]
    put(office, draft, "copy rules[1]")
    assert draft.data["rules"][3] == {**draft.data["rules"][1], "id": "rule-1"}
    put(office, draft, "from shanxi-phd-corps 1")
    assert draft.data["rules"][4]["measure"] == preset_data("shanxi-phd-corps")["rules"][1]["measure"]
    put(office, draft, "remove rules[0]")
    assert [rule["id"] for rule in draft.data["rules"]] == [ids[0], ids[2], "rule-1", "rule-2"]


def test_what_is_wrong_is_said_beside_its_rule(office: Client) -> None:
    draft = draft_of()
    put(office, draft, "remove rules[1].else[1]")
    put(office, draft, "set head:rules[1].else[0]", "grade_at_best")
    text = office.get(page(draft)).content.decode()
    row = text.split('id="rule-year-days"')[1].split("</li>")[0]
    assert "评定等次中没有“优秀”这个等次（现有：无）。" in row
    assert draft.data["rules"][1]["else"] == [{"grade_at_best": "excellent"}]


def test_two_people_write_at_once(office: Client) -> None:
    draft = draft_of()
    old = version_of(RuleDraft, draft.pk)
    put(office, draft, "new")
    do = "set number:rules[0].measure.count.lasting"
    text = office.post(page(draft), {"do": do, "value": "5", "version": old}).content.decode()
    draft.refresh_from_db()
    assert draft.data["rules"][0]["measure"]["count"]["lasting"] == 2
    assert 'value="5"' in text


@pytest.mark.parametrize("do", ["", "x", "set number:nowhere", "add rules[0].else[9]", "up rules[9]", "from none 0",
                                "remove term", "remove rules[0].measure.days.modes", "set number:rules[0].id.x",
                                "remove rules[" + "9" * 5000 + "]", "remove \0", "beside rules"])  # fmt: skip
def test_a_change_that_is_none_is_not_found(office: Client, do: str) -> None:
    draft = draft_of()
    assert put(office, draft, do).status_code == 404
    assert draft.data == preset_data("phd-service")


def test_a_draft_that_was_given_up_is_only_read(office: Client) -> None:
    draft = RuleDraftFactory(data=preset_data("phd-service"), status=RuleDraft.Status.DROPPED)
    text = office.get(page(draft)).content.decode()
    assert "rule-chip" not in text
    assert "入企服务" in text
    put(office, draft, "new")
    assert draft.data == preset_data("phd-service")


def test_the_name_and_the_source(office: Client) -> None:
    draft = draft_of()
    typed = {"name": "新名", "source": "某市文件", "version": version_of(RuleDraft, draft.pk)}
    office.post(reverse("admin:rule_draft_name", args=[draft.pk]), typed)
    draft.refresh_from_db()
    assert (draft.name, draft.data["source"]) == ("新名", {**preset_data("phd-service")["source"], "zh": "某市文件"})


READERS = (CountyUserFactory, DepartmentUserFactory, AuditorFactory)
STRANGERS = (DoctorUserFactory, MemberFactory, LiaisonFactory)


def as_one(made: Any) -> Client:
    client = Client()
    client.force_login(made if isinstance(made, User) else made.user)
    return client


@pytest.mark.parametrize("factory", READERS)
def test_who_only_reads_sees_versions_and_writes_nothing(factory: Any) -> None:
    client, draft, version = as_one(factory()), draft_of(), RuleSetFactory()
    seen = client.get(reverse("admin:rules"))
    assert (seen.status_code, page(draft) in seen.content.decode()) == (200, False)
    assert reverse("admin:rule_begin") not in seen.content.decode()
    assert client.get(reverse("admin:rule_version", args=[version.pk])).status_code == 200
    assert client.post(reverse("admin:rule_begin"), {"begin": "nothing"}).status_code == 403
    assert put(client, draft, "new").status_code in (403, 404)
    assert (draft.data, RuleDraft.objects.count()) == (preset_data("phd-service"), 1)


def test_an_auditor_reads_rules_and_no_batch() -> None:
    client, batch = as_one(AuditorFactory()), BatchFactory(name="第三批")
    seen = client.get(reverse("admin:rules"))
    assert [len(each.batches.all()) for each in seen.context["versions"]] == [0]
    assert (reverse("admin:rules") in client.get("/office/").content.decode(), "第三批" in seen.content.decode()) == (
        True, False
    )  # fmt: skip
    text = client.get(reverse("admin:rule_version", args=[batch.rule_set_id])).content.decode()
    assert ("至少" in text, "第三批" in text) == (True, False)


@pytest.mark.parametrize("factory", STRANGERS)
def test_people_in_service_find_none_of_these_pages(factory: Any) -> None:
    client, draft, version = as_one(factory()), draft_of(), RuleSetFactory()
    keys = {"rules": [], "rule_begin": [], "rule_version": [version.pk], "rule_draft": [draft.pk],
            "rule_draft_side": [draft.pk], "rule_draft_name": [draft.pk]}  # fmt: skip
    found = {name: client.get(reverse(f"admin:{name}", args=key)).status_code for name, key in keys.items()}
    assert set(found.values()) <= {403, 404}
    assert put(client, draft, "new").status_code in (403, 404)
    assert draft.data == preset_data("phd-service")


@pytest.mark.parametrize("name", preset_names())
def test_a_version_is_read_in_sentences(office: Client, name: str) -> None:
    version = RuleSetFactory(data=preset_data(name))
    answer = office.get(reverse("admin:rule_version", args=[version.pk]))
    assert answer.content.decode().count('<span class="sentence">') >= len(preset(name).rules) + 2


class AnyRules(TestCase):
    """Whatever the schema admits: every chip opens, becomes each of its options, and the page comes back."""

    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(rule_sets(), st.randoms())
    def test_every_chip_opens_and_changes(self, data: Any, chance: Any) -> None:
        office = Client(raise_request_exception=True)
        office.force_login(CityUserFactory())
        draft: RuleDraft = RuleDraftFactory(data=data)
        assert office.get(page(draft)).status_code == 200
        chips = Chips(data, "zh")
        pieces = [each for path, node in chips.nodes() for each in chips.pieces(path, node) if each.kind]
        for piece in chance.sample(pieces, min(3, len(pieces))):
            RuleDraft.objects.filter(pk=draft.pk).update(data=data)  # the piece before was changed
            address = {"chip": f"{piece.kind}:{piece.path}"}
            assert office.get(page(draft), address, headers={"hx-request": "true"}).status_code == 200
            for value in list(chips.options(piece))[:6] or ["1"]:
                RuleDraft.objects.filter(pk=draft.pk).update(data=data)
                assert put(office, draft, f"set {piece.kind}:{piece.path}", value).status_code in (200, 302)
                assert office.get(page(draft)).status_code == 200
