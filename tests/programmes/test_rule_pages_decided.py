"""The pages from a draft to a version, of files, comparisons and moves."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.edits import version_of
from core.models import Proposal
from programmes.drafts import begin_draft, submit_draft
from programmes.models import Batch, RuleDraft, RuleSet
from tests import factories as f
from tests.factories import START, moment
from tests.programmes.test_draft_side import rules_of

pytestmark = pytest.mark.django_db
AT = moment(START)


@pytest.fixture
def writer() -> Any:
    return f.OperatorFactory(office=f.SeparateOfficeFactory())


@pytest.fixture
def other() -> Any:
    return f.OperatorFactory(office=f.SeparateOfficeFactory())


def client_of(user: Any) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(draft: RuleDraft, act: str = "") -> str:
    return f"/office/rules/draft/{draft.pk}/{act}"


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["form"].errors)


def test_from_the_draft_to_the_version_by_two_people(writer: Any, other: Any) -> None:
    before = f.RuleSetFactory(code="yq", data=rules_of(1))
    draft = begin_draft("yq", "两天", rules_of(2), by=writer, at=AT, follows=before)
    own, second = client_of(writer), client_of(other)
    shown = own.get(page(draft))
    assert shown.status_code == 200
    assert f"/office/rules/draft/{draft.pk}/submit/" in shown.content.decode()
    sent = own.post(page(draft, "submit/"), {"reason": "新一轮", "version": version_of(RuleDraft, draft.pk)})
    assert (sent.status_code, sent["Location"]) == (302, page(draft))
    assert "in-force" not in own.get(page(draft, "check/")).content.decode()
    checked = second.get(page(draft, "check/"))
    assert [(row.rule, row.kind) for row in checked.context["difference"].rules] == [
        ("monthly", "changed"), ("whole", "same"),
    ]  # fmt: skip
    assert f"/office/rules/draft/{draft.pk}/in-force/" in checked.content.decode()
    seen = version_of(RuleDraft, draft.pk)
    assert errors(own.post(page(draft, "in-force/"), {"version": seen})) == {
        "__all__": ["A second person decides, not whoever proposed it."]
    }
    done = second.post(page(draft, "in-force/"), {"version": seen})
    version = RuleSet.objects.get(code="yq", version=2)
    assert (done.status_code, done["Location"]) == (302, f"/office/rules/{version.pk}/")
    about = second.get(done["Location"]).content.decode()
    assert (str(other) in about, str(writer) in about) == (True, True)


def test_a_decision_on_what_was_changed_meanwhile_is_refused(writer: Any, other: Any) -> None:
    draft = begin_draft("yq", "两天", rules_of(2), by=writer, at=AT)
    submit_draft(draft, by=writer, at=timezone.now(), reason="新一轮")
    seen = version_of(RuleDraft, draft.pk)
    own, second = client_of(writer), client_of(other)
    own.post(page(draft, "take-back/"))
    submit_draft(draft, by=writer, at=timezone.now(), reason="再来")
    answer = second.post(page(draft, "in-force/"), {"version": seen})
    assert (answer.status_code, RuleSet.objects.count()) == (200, 0)
    assert answer.context["changed"] is not None
    assert second.post(page(draft, "send-back/"), {"reason": "写反了"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.reason) == ("sent_back", "写反了")


def test_a_contradiction_asks_for_a_reason_on_the_page(writer: Any) -> None:
    data = rules_of(2)
    data["rules"][1]["must"]["least"] = 30
    draft = begin_draft("yq", "两天", data, by=writer, at=AT)
    client = client_of(writer)
    said = "Whoever does just enough in each window misses the whole: 12 × 2 = 24 &lt; 30"
    assert said in client.get(page(draft)).content.decode()
    assert said in client.get(page(draft, "submit/")).content.decode()
    typed = {"reason": "新一轮", "version": version_of(RuleDraft, draft.pk)}
    assert list(errors(client.post(page(draft, "submit/"), typed))) == ["despite"]
    assert client.post(page(draft, "submit/"), {**typed, "despite": "另有培训"}).status_code == 302
    assert Proposal.objects.get().facts == {"despite": "另有培训"}


def test_strangers_see_no_draft_and_no_page_of_one(writer: Any) -> None:
    draft = begin_draft("yq", "两天", rules_of(2), by=writer, at=AT)
    county = client_of(f.CityUserFactory(office=f.CountyOfficeFactory()))
    for act in ("", "check/", "submit/", "in-force/", "send-back/", "take-back/", "drop/", "file/", "side/"):
        assert county.get(page(draft, act)).status_code == 404, act
        assert county.post(page(draft, act)).status_code in (404, 405), act
    assert county.get("/office/rules/import/").status_code == 403
    assert county.get(f"/office/rules/compare/?before=d{draft.pk}").status_code == 404
    assert RuleDraft.objects.get().status == "draft"


def test_a_version_is_a_file_and_a_file_is_a_draft(writer: Any) -> None:
    version = f.RuleSetFactory(code="yq", version=1, data=rules_of(1, name={"zh": "一天"}))
    client = client_of(writer)
    file = client.get(f"/office/rules/{version.pk}/file/")
    assert (file["Content-Type"], file["Content-Disposition"]) == (
        "application/json", 'attachment; filename="rules-yq-1.json"',
    )  # fmt: skip
    sent = {"file": SimpleUploadedFile("x.json", file.content), "follows": version.pk}
    answer = client.post("/office/rules/import/", sent)
    draft = RuleDraft.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page(draft))
    assert (draft.code, draft.name, draft.follows, draft.status) == ("yq", "一天", version, "draft")
    assert draft.data == json.loads(file.content)
    assert RuleSet.objects.count() == 1
    client.post("/office/rules/import/", {"file": SimpleUploadedFile("x.json", file.content)})
    assert [(each.code, each.follows) for each in RuleDraft.objects.order_by("pk")] == [("yq", version), ("yq-2", None)]


def test_a_wrong_file_is_refused_word_by_word(writer: Any) -> None:
    bad = rules_of(1)
    bad["rules"][0]["measure"] = {"dayz": {}}
    client = client_of(writer)
    answer = client.post("/office/rules/import/", {"file": SimpleUploadedFile("x.json", json.dumps(bad).encode())})
    assert answer.status_code == 200
    (said,) = errors(answer)["file"]
    assert said.startswith("“rule 1 (rules[0].measure.dayz)”: there is no word “dayz”")
    large = client.post("/office/rules/import/", {"file": SimpleUploadedFile("x.json", b" " * 300_000)})
    assert errors(large) == {"file": ["The file is too large: at most 200 KB are read."]}
    assert RuleDraft.objects.count() == 0


def test_versions_are_compared_on_a_page(writer: Any) -> None:
    one = f.RuleSetFactory(code="yq", version=1, data=rules_of(1))
    draft = begin_draft("yq", "两天", rules_of(2), by=writer, at=AT, follows=one)
    client = client_of(writer)
    shown = client.get(f"/office/rules/compare/?before=v{one.pk}&after=d{draft.pk}")
    assert shown.context["difference"].differs == 1
    assert shown.content.decode().count("<mark>") == 2
    assert client.get("/office/rules/compare/").status_code == 200
    for bad in ("v0", "x1", "v", "d999", "v" + "9" * 30):
        assert client.get(f"/office/rules/compare/?before={bad}").status_code == 404, bad


def served(batch: Batch, days: int, name: str) -> Any:
    """A service since the first of March with a visit of so many days in March."""
    row = f.AssignmentFactory(batch=batch, host__batch=batch, doctor__name=name, status="active", starts_on=START)
    first = START.replace(day=10)
    last = first.replace(day=9 + days)
    at = moment(last, 20)
    f.VisitFactory(assignment=row, starts_on=first, ends_on=last, status="confirmed", logged_at=at, confirmed_at=at)
    return row


def test_a_batch_is_moved_with_what_changes_shown(writer: Any, other: Any, time_machine: Any) -> None:
    time_machine.move_to(moment(START.replace(month=4, day=3)))
    one, two = (f.RuleSetFactory(code="yq", version=days, data=rules_of(days)) for days in (1, 2))
    batch = f.BatchFactory(rule_set=one, status="running")
    served(batch, 1, "赵一")
    served(batch, 2, "钱二")
    client = client_of(writer)
    round_page = client.get(batch.get_absolute_url()).content.decode()
    assert f"/office/round/{batch.pk}/rules/" in round_page
    assert f"/office/round/{batch.pk}/rules/?to={two.pk}" in client.get(f"/office/rules/{two.pk}/").content.decode()
    shown = client.get(f"/office/round/{batch.pk}/rules/?to={two.pk}").context["move"]
    assert [(each.name, each.window, each.before.word, each.after.word) for each in shown.first] == [
        ("赵一", "Mar 2025", "met", "not met")
    ]
    assert (shown.total, shown.moved.judged, shown.moved.locked) == (1, 2, 0)
    sent = client.post(f"/office/round/{batch.pk}/rules/", {"rule_set": two.pk, "reason": "更正"})
    proposal = Proposal.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"/approvals/{proposal.pk}/")
    decided = client_of(other)
    for address in (proposal.get_absolute_url(), f"{proposal.get_absolute_url()}approve/"):
        assert "赵一" in decided.get(address).content.decode(), address
    assert decided.post(f"{proposal.get_absolute_url()}approve/").status_code == 302
    batch.refresh_from_db()
    assert batch.rule_set == two
    assert [pin.rule_set for pin in batch.pins.order_by("pk")] == [one, two]


def test_what_is_locked_stays(writer: Any, time_machine: Any) -> None:
    time_machine.move_to(moment(START.replace(month=4, day=20)))
    one, two = (f.RuleSetFactory(code="yq", version=days, data=rules_of(days)) for days in (1, 2))
    batch = f.BatchFactory(rule_set=one, status="running")
    served(batch, 1, "赵一")
    shown = client_of(writer).get(f"/office/round/{batch.pk}/rules/?to={two.pk}").context["move"]
    assert (shown.total, shown.moved.locked) == (0, 1)


def test_an_auditor_reads_no_name_in_a_proposal(writer: Any, time_machine: Any) -> None:
    time_machine.move_to(moment(START.replace(month=4, day=3)))
    one, two = (f.RuleSetFactory(code="yq", version=days, data=rules_of(days)) for days in (1, 2))
    batch = f.BatchFactory(rule_set=one, status="running")
    served(batch, 1, "赵一二")
    client_of(writer).post(f"/office/round/{batch.pk}/rules/", {"rule_set": two.pk, "reason": "更正"})
    auditor = f.CityUserFactory(office=writer.office, operates=False, administers=False, audits=True)
    shown = client_of(auditor).get(Proposal.objects.get().get_absolute_url()).content.decode()
    assert ("赵＊" in shown, "赵一二" in shown) == (True, False)


def test_a_batch_says_its_warnings_before_it_is_opened(writer: Any) -> None:
    data = rules_of(2)
    data["rules"][1]["must"]["least"] = 30
    batch = f.BatchFactory(rule_set=f.RuleSetFactory(data=data), status="draft")
    client = client_of(writer)
    for address in (batch.get_absolute_url(), f"{batch.get_absolute_url()}open/"):
        assert "12 × 2 = 24 &lt; 30" in client.get(address).content.decode(), address
    assert client.post(f"{batch.get_absolute_url()}open/").status_code == 302
    assert "12 × 2 = 24" not in client.get(batch.get_absolute_url()).content.decode()
