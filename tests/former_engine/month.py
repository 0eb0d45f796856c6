"""The verdict on one month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from officedata.months import Month
from tests.former_engine.answers import COUNTED, LAPSED, WAITING
from tests.former_engine.facts import Key, Reason, Refusal, ReopenFact, Term, VisitFact, WaiverFact, Window
from tests.former_engine.ledger import Ledger, chains, in_days, read, sortable
from tests.former_engine.ruleset import WHOLE_DAY, ServiceRules
from tests.former_engine.windows import Frame, frame, months_of

EXEMPT, MET, WAIVED, PENDING, NOT_MET, WARNING = "exempt", "met", "waived", "pending", "not_met", "warning"
VERDICTS = (EXEMPT, MET, WAIVED, PENDING, NOT_MET, WARNING)


@dataclass(frozen=True, slots=True)
class MonthVerdict:
    """The verdict on one month of service, with the records and reasons behind it.

    `days` are distinct counted days of the doctor, `days_by_enterprise` what each host sees. `days_awaiting` would come
    on top if every visit that still can be confirmed were; `days_lapsed` if those too whose time for an answer is over
    (none, unless the rule set ends it with the lock). `qualifying` are the visits that meet the month's rule on visits;
    `used`, `awaiting` and `lapsed` the records behind the days; `refused` all others, with why, and acts that came too
    late upon a record. `final` is True when nothing but a re-opening or a stop can still change
    the verdict; `asks_reason` when a soft rule was missed. `locks_on` is the first day without entries, None if the
    month was re-opened without end.
    """

    month: Month
    verdict: str
    final: bool
    asks_reason: bool
    window: Window
    days: Decimal
    days_by_enterprise: Mapping[Key, Decimal]
    days_awaiting: Decimal
    days_lapsed: Decimal
    qualifying: tuple[Key, ...]
    used: tuple[Key, ...]
    awaiting: tuple[Key, ...]
    lapsed: tuple[Key, ...]
    refused: tuple[Refusal, ...]
    reasons: tuple[Reason, ...]
    rule_code: str
    rule_version: int
    formula: str
    locks_on: date | None
    as_of: datetime


@dataclass(frozen=True, slots=True)
class MonthQuestions:
    """The questions that decide a month, each answered by yes or no.

    exempt: the month asks for nothing (outside the term, too short a part, or no monthly rule). met: confirmed service
    is enough. waived: excused for cause. running: the month is not over. asked: a waiver asked in time is undecided.
    hopeful: it would be met if the visits that can still be confirmed were. unlocked: it still takes entries.
    waiting: at least one visit can still be confirmed. strict: missing it is a failure, not a warning.
    """

    exempt: bool
    met: bool
    waived: bool
    running: bool
    asked: bool
    hopeful: bool
    unlocked: bool
    waiting: bool
    strict: bool


def decide(questions: MonthQuestions) -> str:
    """The verdict, from the first line that applies:

    ========  =====================================================  =====================================
    verdict   when                                                   why it stands here
    ========  =====================================================  =====================================
    exempt    exempt                                                 nothing is asked, so nothing is missed
    met       met                                                    service done outweighs an excuse, even one given
                                                                     in advance
    waived    waived                                                 decided; a visit still unconfirmed may yet lift it
                                                                     to met
    pending   running                                                there is time to serve
    pending   asked                                                  the office owes an answer, also after the lock
    pending   hopeful                                                the host owes an answer that would settle it, also
                                                                     after the lock
    pending   unlocked and waiting                                   an answer is owed and more may be entered
    not_met   otherwise, strict                                      though, until the lock, not final: in the days of
                                                                     grace an empty month is a call to act
    warning   otherwise, soft                                        asks for a reason, never fails
    ========  =====================================================  =====================================
    """
    if questions.exempt:
        return EXEMPT
    if questions.met:
        return MET
    if questions.waived:
        return WAIVED
    if questions.running or questions.asked or questions.hopeful or (questions.unlocked and questions.waiting):
        return PENDING
    return NOT_MET if questions.strict else WARNING


def judge_month(
    rules: ServiceRules,
    term: Term,
    month: Month,
    visits: Iterable[VisitFact],
    waivers: Iterable[WaiverFact] = (),
    *,
    as_of: datetime,
    reopened: Sequence[ReopenFact] = (),
) -> MonthVerdict:
    """Judge one month of one assignment by what was known at `as_of` (aware; ValueError if naive).

    `visits` and `waivers` are those of the assignment, in any order and of any months. The same arguments give an equal
    verdict at any time, because facts with a later moment are not seen. From the lock on nothing new is entered and
    nothing settled is undone, unless `reopened` names the month; what was entered or asked in time may still be
    answered. Costs about 0.04 ms with ten visits.
    """
    time = frame(rules, term, month, as_of=as_of, reopened=reopened)
    ledger = read(rules, term, time, chains(visits))
    asked, waived, refused = waivers_of_month(rules, time, waivers)
    exemption = _exemption(rules, time)
    short = _short_of(rules, ledger, COUNTED)
    questions = MonthQuestions(
        exempt=exemption is not None,
        met=not short,
        waived=waived,
        running=as_of.astimezone(rules.zone).date() <= time.asked.last,
        asked=asked,
        hopeful=not _short_of(rules, ledger, COUNTED, WAITING),
        unlocked=not time.locked,
        waiting=bool(ledger.waiting),
        strict=rules.month_strict,
    )
    verdict = decide(questions)
    counted = ledger.total(COUNTED)
    hoped = ledger.total(COUNTED, WAITING)
    everything = ledger.total(COUNTED, WAITING, LAPSED)
    return MonthVerdict(
        month=month,
        verdict=verdict,
        final=time.locked and not ledger.waiting and not asked,
        asks_reason=verdict == WARNING,
        window=time.asked,
        days=in_days(counted),
        days_by_enterprise=ledger.by_enterprise(),
        days_awaiting=in_days(hoped - counted),
        days_lapsed=in_days(everything - hoped),
        qualifying=tuple(ledger.fit),
        used=tuple(ledger.used),
        awaiting=tuple(ledger.waiting),
        lapsed=tuple(ledger.lapsed),
        refused=(*ledger.refused, *refused),
        reasons=_reasons(verdict, exemption, questions, short),
        rule_code=rules.code,
        rule_version=rules.version,
        formula=_formula(rules, ledger),
        locks_on=time.locks_on,
        as_of=as_of,
    )


def judge_months(
    rules: ServiceRules,
    term: Term,
    visits: Iterable[VisitFact],
    waivers: Iterable[WaiverFact] = (),
    *,
    as_of: datetime,
    reopened: Sequence[ReopenFact] = (),
) -> list[MonthVerdict]:
    """Judge every month of the agreed term, in order."""
    seen, excuses = list(visits), list(waivers)
    return [
        judge_month(rules, term, month, seen, excuses, as_of=as_of, reopened=reopened)
        for month in months_of(rules, term)
    ]


def _exemption(rules: ServiceRules, time: Frame) -> Reason | None:
    """Why a month asks for nothing, if so."""
    days = time.asked.days
    if not days:
        return Reason("outside_term")
    if days < min(rules.part_month_min_days, time.whole.days):
        return Reason("part_month", {"days": days, "least": rules.part_month_min_days})
    if not rules.month_least:
        return Reason("no_monthly_rule")
    return None


def _short_of(rules: ServiceRules, ledger: Ledger, *states: str) -> list[Reason]:
    """What the month lacks, counting the visits in these states; nothing when it is met."""
    short: list[Reason] = []
    visits = len(ledger.fit) + (len(ledger.hoped) if WAITING in states else 0)
    if visits < rules.month_min_visits:
        params = {"visits": visits, "asks": rules.month_min_visits, "visit_days": rules.month_min_visit_days}
        short.append(Reason("too_few_visits", params))
    if rules.month_min_days:
        hundredths = ledger.total(*states)
        if hundredths < rules.month_min_days * WHOLE_DAY:
            short.append(Reason("too_few_days", {"days": str(in_days(hundredths)), "asks": rules.month_min_days}))
    return short


def waivers_of_month(
    rules: ServiceRules, time: Frame, waivers: Iterable[WaiverFact]
) -> tuple[bool, bool, list[Refusal]]:
    """Whether a waiver of the month is undecided, whether one is granted, and those asked too late."""
    asked = waived = False
    refused: list[Refusal] = []
    for each in waivers:
        if each.month != time.month or each.asked_at > time.as_of:
            continue
        if not rules.waivers_allowed:
            refused.append(Refusal(each.id, Reason("waivers_not_allowed")))
        elif time.lock is not None and each.asked_at >= time.lock:
            refused.append(Refusal(each.id, Reason("asked_after_lock", {"locked_on": str(time.locks_on)})))
        elif each.decided_at is None or each.decided_at > time.as_of or each.granted is None:
            asked = True
        else:
            waived = waived or each.granted
    return asked, waived, sorted(refused, key=lambda each: sortable(each.record))


def _reasons(
    verdict: str, exemption: Reason | None, questions: MonthQuestions, short: list[Reason]
) -> tuple[Reason, ...]:
    """Why the verdict is what it is: the exemption, what is lacking, and what is still waited for."""
    if exemption is not None:
        return (exemption,)
    reasons = list(short)
    if verdict == PENDING:
        waits = {
            "month_not_over": questions.running,
            "waiver_undecided": questions.asked,
            "awaits_confirmation": questions.waiting,
        }
        reasons += [Reason(code) for code, so in waits.items() if so]
    return tuple(reasons)


def _formula(rules: ServiceRules, ledger: Ledger) -> str:
    """The comparison that was made, in signs: `visits(≥ 2 d) = 1 ≥ 1; days = 6 < 7`."""
    parts: list[str] = []
    if rules.month_min_visits:
        has, asks = len(ledger.fit), rules.month_min_visits
        parts.append(f"visits(≥ {rules.month_min_visit_days} d) = {has} {'≥' if has >= asks else '<'} {asks}")
    if rules.month_min_days:
        days, asks = in_days(ledger.total(COUNTED)), rules.month_min_days
        parts.append(f"days = {days} {'≥' if days >= asks else '<'} {asks}")
    return "; ".join(parts)
