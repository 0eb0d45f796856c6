"""How many of the enterprises that somebody sees could become hosts today, and why the first of them could or could
not."""

from collections import defaultdict
from datetime import date
from typing import Any, TypedDict

import servicerules
from accounts.models import User
from enterprises.hosting import Candidate, HostVerdict, classes_of, count_eligible_of, judge_host_act
from enterprises.models import Enterprise, Qualification

FIRST = 10


class Line(TypedDict):
    """An enterprise of the first ten, and the verdict on it."""

    enterprise: Enterprise
    verdict: HostVerdict


class Count(TypedDict):
    """How many enterprises there are, how many are eligible today, and the first ten."""

    all: int
    eligible: int
    first: list[Line]


def count_eligible(rules: servicerules.RuleSet, user: User, *, on: date) -> Count:
    """Judge every enterprise in the scope of `user`: three queries, however many there are."""
    seen = Enterprise.objects.visible_to(user)
    columns = ("pk", "enterprise_class", "size", "district_id")
    rows = list(seen.order_by("pinyin", "pk").values_list(*columns))
    held = _held({row[0] for row in rows})
    candidates: list[Candidate] = [{"classes": classes_of(*facts), "held": held.get(pk, ())} for pk, *facts in rows]
    first = zip(rows[:FIRST], candidates, strict=False)
    named = Enterprise.objects.select_related("district").in_bulk([row[0] for row in rows[:FIRST]])
    lines: list[Line] = [
        {"enterprise": named[row[0]], "verdict": judge_host_act(rules, each["held"], each["classes"], on=on)}
        for row, each in first
    ]
    return {"all": len(rows), "eligible": count_eligible_of(rules, candidates, on=on), "first": lines}


def _held(keys: set[int]) -> dict[int, Any]:
    """Enterprise → its qualifications as the rules read them."""
    found: dict[int, Any] = defaultdict(list)
    columns = ("enterprise_id", "kind", "level", "valid_from", "valid_until")
    for key, *facts in Qualification.objects.order_by("enterprise", "kind", "pk").values_list(*columns):
        if key in keys:
            found[key].append(servicerules.Qualification(*facts))
    return found
