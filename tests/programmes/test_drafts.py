"""Drafts of rules: written, submitted, checked by a second person, in force."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

import servicerules
from core.approval_kinds import KINDS
from core.approvals import approve, lapse
from core.edits import ChangedMeanwhile, version_of
from core.errors import AlreadyDone, Refused
from core.models import Proposal
from identity.linking import link_accounts
from programmes.drafts import (
    begin_draft,
    data_of,
    drop_draft,
    put_in_force,
    save_draft,
    send_back,
    submit_draft,
    take_back,
    waiting_for,
)
from programmes.models import RuleDraft, RuleSet
from programmes.readers import wrong_rules
from tests.factories import (
    START,
    AdministratorFactory,
    CityUserFactory,
    OperatorFactory,
    RuleSetFactory,
    SeparateOfficeFactory,
    moment,
)
from tests.threads import race

pytestmark = pytest.mark.django_db
AT = moment(START)
LATER = AT + timedelta(hours=2)
DATA = servicerules.write_rule_set(servicerules.read_rule_set(servicerules.rules_from_v1({"term_min_days": 24})))


def writer(**facts: Any) -> Any:
    return OperatorFactory(office=SeparateOfficeFactory(), **facts)


def submitted(by: Any, data: Any = DATA) -> RuleDraft:
    draft = begin_draft("yq", "三十天", data, by=by, at=AT)
    submit_draft(draft, by=by, at=AT, reason="新一轮")
    return draft


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 1


def code_of(refused: Any) -> str:
    with pytest.raises(Refused) as caught:
        refused()
    return caught.value.code


def test_a_draft_becomes_the_next_version() -> None:
    by, other = writer(), writer()
    RuleSetFactory(code="yq", version=1)
    draft = begin_draft("yq", "三十天", {}, by=by, at=AT)
    assert (draft.status, draft.data, draft.written_by, draft.written_at) == ("draft", {"code": "yq"}, by, AT)
    save_draft(draft, DATA, by=by, at=AT, version=version_of(RuleDraft, draft.pk))
    assert submit_draft(draft, by=by, at=AT, reason="新一轮") == draft
    assert (draft.status, draft.reason) == ("submitted", "新一轮")
    rules = put_in_force(draft, by=other, at=LATER)
    assert (rules.code, rules.version, rules.name, rules.created_by) == ("yq", 2, "三十天", by)
    assert rules.data == {**DATA, "code": "yq", "version": 2}
    assert (draft.status, draft.became, draft.checked_by, draft.checked_at) == ("in_force", rules, other, LATER)
    assert Proposal.objects.get().status == "approved"


def test_where_one_person_decides_it_is_in_force_at_once() -> None:
    by = CityUserFactory()
    draft = begin_draft("yq", "三十天", DATA, by=by, at=AT)
    rules = submit_draft(draft, by=by, at=AT, reason="只有一人")
    assert rules == RuleSet.objects.get() == draft.became
    assert (draft.checked_by, Proposal.objects.get().alone) == (by, True)


def test_the_writer_and_his_other_accounts_are_no_second_person() -> None:
    by, third = writer(), writer()
    twin = AdministratorFactory(office=by.office, operates=True)
    admins = AdministratorFactory(office=by.office)
    link_accounts(by, twin, by=by, at=AT)
    draft = begin_draft("yq", "三十天", DATA, by=by, at=AT)
    submit_draft(draft, by=third, at=AT, reason="新一轮")  # another one submits it
    assert code_of(lambda: put_in_force(draft, by=by, at=LATER)) == "own"
    assert code_of(lambda: put_in_force(draft, by=twin, at=LATER)) == "own"
    assert code_of(lambda: put_in_force(draft, by=third, at=LATER)) == "own"
    assert code_of(lambda: put_in_force(draft, by=admins, at=LATER)) == "forbidden"
    assert code_of(lambda: approve(waiting_for(draft), by=twin, at=LATER)) == "own"
    assert (RuleSet.objects.count(), RuleDraft.objects.get().status) == (0, "submitted")


def test_what_is_sent_back_says_why_and_is_written_on() -> None:
    by, other = writer(), writer()
    draft = submitted(by)
    assert code_of(lambda: send_back(draft, by=other, at=LATER, reason=" ")) == "reason_missing"
    send_back(draft, by=other, at=LATER, reason="第二条写反了")
    assert (draft.status, draft.reason, Proposal.objects.get().status) == ("sent_back", "第二条写反了", "refused")
    save_draft(draft, {**DATA, "rules": []}, by=by, at=LATER, version=None)
    assert draft.status == "sent_back"
    submit_draft(draft, by=by, at=LATER, reason="改好了")
    assert draft.status == "submitted"
    take_back(draft, by=by, at=LATER)
    assert draft.status == "draft"
    assert code_of(lambda: put_in_force(draft, by=other, at=LATER)) == "already_done"


def test_a_proposal_nobody_decides_gives_the_draft_back() -> None:
    draft = submitted(writer())
    lapse(waiting_for(draft), by=None, at=LATER)
    draft.refresh_from_db()
    assert (draft.status, draft.status_by) == ("sent_back", None)


def test_a_newer_edit_is_not_lost() -> None:
    by, other = writer(), writer()
    draft = begin_draft("yq", "三十天", {}, by=by, at=AT)
    seen = version_of(RuleDraft, draft.pk)
    save_draft(draft, {"rules": []}, by=other, at=AT, version=seen)
    with pytest.raises(ChangedMeanwhile):
        save_draft(draft, DATA, by=by, at=AT, version=seen)
    with pytest.raises(ChangedMeanwhile):
        submit_draft(draft, by=by, at=AT, reason="新一轮", version=seen)
    assert RuleDraft.objects.get().data == {"code": "yq", "rules": []}


def test_what_cannot_be_read_is_kept_but_not_submitted() -> None:
    by = writer()
    draft = begin_draft("yq", "三十天", {"rules": [{"of": "assignment"}]}, by=by, at=AT)
    assert code_of(lambda: submit_draft(draft, by=by, at=AT, reason="新一轮")) == "rules_wrong"
    assert (draft.status, Proposal.objects.count()) == ("draft", 0)
    for data, code in [
        ({"x": float("nan")}, "draft_wrong"),
        ({"x": "\x00"}, "draft_wrong"),
        ({"x": "长" * 70_000}, "draft_too_long"),
        ([], "draft_wrong"),
        ({"x": nested(200)}, "draft_wrong"),
    ]:
        assert code_of(lambda data=data: save_draft(draft, data, by=by, at=AT, version=None)) == code
    assert code_of(lambda: begin_draft("没有", "三十天", {}, by=by, at=AT)) == "draft_wrong"
    assert RuleDraft.objects.get().data == {"code": "yq", "rules": [{"of": "assignment"}]}


def test_a_contradiction_is_submitted_only_with_a_reason_which_the_second_person_reads() -> None:
    by, other = writer(), writer()
    data = servicerules.write_rule_set(servicerules.read_rule_set(servicerules.rules_from_v1({"term_min_days": 30})))
    draft = begin_draft("yq", "三十天", data, by=by, at=AT)
    assert code_of(lambda: submit_draft(draft, by=by, at=AT, reason="新一轮", despite=" ")) == "contradiction"
    assert (draft.status, Proposal.objects.count()) == ("draft", 0)
    with translation.override("en"):
        submit_draft(draft, by=by, at=AT, reason="新一轮", despite="另有培训日")
        proposal = waiting_for(draft)
        said = KINDS[proposal.kind].describe(proposal)
    assert proposal.facts == {"despite": "另有培训日"}
    assert said[2:] == [
        "Whoever does just enough in each window misses the whole: 12 × 2 = 24 < 30 (rules 1 and 2).",
        "Right all the same, because: 另有培训日",
    ]
    assert put_in_force(draft, by=other, at=LATER).version == 1


def test_a_submitted_draft_stands_still_and_one_given_up_is_over() -> None:
    by = writer()
    draft = submitted(by)
    with pytest.raises(AlreadyDone):
        save_draft(draft, {}, by=by, at=LATER, version=None)
    with pytest.raises(AlreadyDone):
        drop_draft(draft, by=by, at=LATER)
    take_back(draft, by=by, at=LATER)
    drop_draft(draft, by=by, at=LATER)
    with pytest.raises(AlreadyDone):
        submit_draft(draft, by=by, at=LATER, reason="又要")


def test_a_draft_follows_a_version_in_the_language_of_today() -> None:
    old = RuleSetFactory(code="yq", data={"term_min_days": 24})
    draft = begin_draft("other", "三十天", data_of(old), by=writer(), at=AT, follows=old)
    assert (draft.code, draft.data) == ("yq", DATA)


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_make_one_version() -> None:
    draft = submitted(writer())
    others = [writer(), writer()]
    results = race(*[lambda by=by: put_in_force(RuleDraft.objects.get(), by=by, at=LATER) for by in others])
    assert sorted(type(each).__name__ for each in results) == ["AlreadyDone", "RuleSet"]
    assert list(RuleSet.objects.values_list("version", flat=True)) == [1]
    draft.refresh_from_db()
    assert draft.became == RuleSet.objects.get()


@pytest.mark.django_db(transaction=True)
def test_two_who_submit_at_once_make_one_proposal() -> None:
    by = writer()
    begin_draft("yq", "三十天", DATA, by=by, at=AT)
    ask = lambda: submit_draft(RuleDraft.objects.get(), by=by, at=AT, reason="新一轮")  # noqa: E731
    results = race(ask, ask)
    assert sorted(type(each).__name__ for each in results) == ["AlreadyDone", "RuleDraft"]
    assert Proposal.objects.count() == 1


def test_rules_from_nothing_are_read_and_come_into_force() -> None:
    by, checker = writer(), writer()
    draft = begin_draft("rules", "从空白开始", {"rules": []}, by=by, at=AT)
    assert wrong_rules(draft.data) == []
    rule = {"id": "a", "in": {"every": "month"}, "measure": {"count": {"activity": "visit"}}, "must": {"least": 1}}
    save_draft(draft, {"rules": [rule]}, by=by, at=AT, version=None)
    submit_draft(draft, by=by, at=AT, reason="新一轮")
    rules = put_in_force(draft, by=checker, at=LATER)
    assert (rules.code, rules.version, data_of(rules)["rules"]) == ("rules", 1, [rule])
