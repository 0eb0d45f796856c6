"""Grades and pay: scores by a measure, gates by missed rules, quotas of groups, and what is paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from servicerules.books import sortable
from servicerules.facts import Key, Reason, Stretch
from servicerules.judging import all_rules, unit_of
from servicerules.language import AddPoints, Do, GradeAtBest, GradeIs, Grading, Pay, Quota, RuleSet
from servicerules.measures import latest, unknown_in, value_of
from servicerules.parties import View
from servicerules.tally import Subject, World
from servicerules.verdicts import PENDING, Verdict
from servicerules.windows import Slot, slots_of

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade of a service in a window, with its score; None while it is not known. `final` says that no verdict
    behind it can still change."""

    subject: Key
    key: str
    window: Stretch
    score: Decimal | None
    grade: str | None
    final: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Payment:
    """What is paid for a window; None while its grade or its measure is not known."""

    subject: Key
    key: str
    window: Stretch
    of: Decimal | None
    rate: Decimal | None
    amount: Decimal | None
    reasons: tuple[Reason, ...]


def grades_of(world: World, verdicts: Sequence[Verdict]) -> list[Grade]:
    """The grade of every service in every window of the grading, quotas applied."""
    grading = world.rules.grade
    if grading is None:
        return []
    found: list[Grade] = []
    of_each = _of_each(world, verdicts)
    for subject in world.assignments:
        mine = of_each[subject.key]
        for slot in slots_of(grading.within, subject.span, world.rules, subject.today):
            found += [_grade(world.rules, grading, subject, slot, mine)] if slot.asked.days else []
    for quota in grading.quotas:
        found = _within_quota(world, quota, found)
    return found


def _of_each(world: World, verdicts: Sequence[Verdict]) -> Mapping[Key, list[Verdict]]:
    """Service's key → the verdicts about it, in their order: a rule on several services together is about each of
    them."""
    units = {each.id: unit_of(each) for each in all_rules(world.rules)}
    named: dict[tuple[str, Key], list[Key]] = {}
    for unit in dict.fromkeys(units.values()):
        for subject in world.subjects(unit) if unit else ():
            named[unit, subject.key] = [each.id for each in subject.services]
    found: dict[Key, list[Verdict]] = {each.id: [] for each in world.services}
    for verdict in verdicts:
        for key in named.get((units[verdict.rule], verdict.subject), ()):
            found[key].append(verdict)
    return found


def _grade(rules: RuleSet, grading: Grading, subject: Subject, slot: Slot, verdicts: Iterable[Verdict]) -> Grade:
    view = View(subject.world, subject, slot.asked, slot.whole)
    inside = [each for each in verdicts if _concerns(each, slot)]
    missed = [(each, effect) for each in inside if each.missed for effect in each.follows]
    score, grade, reasons = _plain_grade(grading, view)
    added = [(each, effect.points) for each, effect in missed if isinstance(effect, AddPoints)]
    if score is not None:
        score += sum((points for _, points in added), Decimal(0))
        grade = _band(grading, score)
        reasons += [Reason("added", {"rule": each.rule, "points": points}) for each, points in added]
    for each, effect in missed:
        if isinstance(effect, GradeAtBest) and grade is not None and _worse(rules, effect.grade_at_best, grade):
            grade = effect.grade_at_best
            reasons.append(Reason("capped", {"rule": each.rule, "grade": grade}))
        if isinstance(effect, GradeIs) and (grade is None or _worse(rules, effect.grade, grade)):
            grade = effect.grade
            reasons.append(Reason("set_grade", {"rule": each.rule, "grade": grade}))
    final = grade is not None and all(each.final and each.state != PENDING for each in inside)
    return Grade(subject.key, slot.key, slot.asked, score, grade, final, tuple(reasons))


def _plain_grade(grading: Grading, view: View) -> tuple[Decimal | None, str | None, list[Reason]]:
    """Score and grade before any rule is looked at."""
    if grading.score is not None:
        score = value_of(grading.score, view)
        if score is None:
            return None, None, [Reason("not_given", {"indicator": each}) for each in unknown_in(grading.score, view)]
        return score, _band(grading, score), []
    gift = latest(view, grading.given or "")
    known = [band.grade for band in grading.bands]
    if gift is None or gift.value not in known:
        return None, None, [Reason("not_given", {"indicator": grading.given or ""})]
    return None, str(gift.value), []


def _concerns(verdict: Verdict, slot: Slot) -> bool:
    """Whether a verdict lies in a window: its days do, or it is about the whole term."""
    return verdict.key == "term" or (slot.whole.first <= verdict.window.first <= slot.whole.last)


def _band(grading: Grading, score: Decimal) -> str:
    for band in grading.bands:
        if band.least is None or score >= band.least:
            return band.grade
    return grading.bands[-1].grade


def _worse(rules: RuleSet, one: str, other: str) -> bool:
    return rules.grades.index(one) > rules.grades.index(other)


def places_of(quota: Quota, people: int) -> int:
    """How many of a group may have the grade: the share, rounded down."""
    return int((quota.most * people).to_integral_value(ROUND_DOWN))


def _within_quota(world: World, quota: Quota, grades: list[Grade]) -> list[Grade]:
    """The grades, the excess of each group moved to the next grade: by score, then by id."""
    groups: dict[tuple[Key, str], list[Grade]] = {}
    group_of = {each.id: each.groups.get(quota.per, "") for each in world.services}
    for grade in grades:
        if group_of[grade.subject] != "":
            groups.setdefault((group_of[grade.subject], grade.key), []).append(grade)
    moved: dict[tuple[Key, str], Grade] = {}
    for (group, key), members in groups.items():
        ranked = sorted((each for each in members if each.grade == quota.grade), key=_by_score)
        places = places_of(quota, len(members))
        facts = {"group": group, "grade": quota.grade, "places": places, "people": len(members), "share": quota.most}
        for rank, each in enumerate(ranked[places:], places + 1):
            tied = places > 0 and each.score is not None and each.score == ranked[places - 1].score
            moved[each.subject, key] = _moved(world.rules, each, {**facts, "rank": rank}, tied)
    return [moved.get((each.subject, each.key), each) for each in grades]


def _by_score(grade: Grade) -> tuple[Decimal, str]:
    return -(grade.score or Decimal(0)), sortable(grade.subject)


def _moved(rules: RuleSet, grade: Grade, facts: Mapping[str, object], tied: bool) -> Grade:
    """A grade beyond the quota, moved to the next one."""
    after = rules.grades[rules.grades.index(grade.grade or "") + 1]
    reasons = [*grade.reasons, Reason("over_quota", {**facts, "next": after}), *([Reason("tied")] if tied else [])]
    return replace(grade, grade=after, reasons=tuple(reasons))


def pay_of(world: World, verdicts: Sequence[Verdict], grades: Sequence[Grade]) -> list[Payment]:
    """What each service is paid in each window of the pay rule."""
    pay = world.rules.pay
    if pay is None:
        return []
    found: list[Payment] = []
    of_each = _of_each(world, verdicts)
    of_grades: dict[Key, dict[str, str | None]] = {each.id: {} for each in world.services}
    for grade in grades:
        of_grades[grade.subject][grade.key] = grade.grade
    for subject in world.assignments:
        earned, mine = of_grades[subject.key], of_each[subject.key]
        for slot in slots_of(pay.within, subject.span, world.rules, subject.today):
            found += [_payment(pay, subject, slot, mine, earned)] if slot.asked.days else []
    return found


def _payment(
    pay: Pay, subject: Subject, slot: Slot, verdicts: Iterable[Verdict], earned: Mapping[str, str | None]
) -> Payment:
    of = value_of(pay.of, View(subject.world, subject, slot.asked, slot.whole))
    grade = earned.get(slot.key, earned.get("term"))
    rate, reasons = _rate(pay, grade)
    amount = None if of is None or rate is None else (of * rate).quantize(CENT, ROUND_HALF_UP)
    frozen = [
        each for each in verdicts if each.missed and Do("freeze_pay") in each.follows and _concerns(each, slot)
    ]  # fmt: skip
    if amount is not None and pay.at_most is not None and amount > pay.at_most:
        amount = pay.at_most
        reasons.append(Reason("at_most", {"at_most": pay.at_most}))
    if frozen:
        amount = Decimal(0)
        reasons.append(Reason("frozen", {"rule": frozen[0].rule}))
    if pay.windows is not None and slot.number > pay.windows:
        amount = Decimal(0)
        reasons.append(Reason("beyond_windows", {"windows": pay.windows, "number": slot.number}))
    return Payment(subject.key, slot.key, slot.asked, of, rate, amount, tuple(reasons))


def _rate(pay: Pay, grade: str | None) -> tuple[Decimal | None, list[Reason]]:
    """The rate of a grade; nothing for a grade that is not named."""
    if not pay.by_grade:
        return pay.rate, []
    if grade is None:
        return None, [Reason("not_given", {"indicator": "grade"})]
    rates = {each.grade: each.rate for each in pay.by_grade}
    if grade not in rates:
        return Decimal(0), [Reason("no_rate", {"grade": grade})]
    return rates[grade], []
