"""The rules of one service that are not judged month by month, with their windows so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from programmes.rulebook import language
from service.models import Check
from service.outlook import RuleLine, window_query
from service.progress import Progress, others_of, progress, standings_say_all
from service.shown import ShownVerdict, shown_check, shown_judgement
from servicerules import EXEMPT, RuleSet, lexicon_of, number_text, sentence, unit_word

SHOWN = 6  # windows of a rule on the page; the ones before are folded


@dataclass(frozen=True)
class WindowLine:
    """One window of a rule: on record (`check`), or as of today; `query` names it for its page."""

    shown: ShownVerdict
    label: str
    measured: str
    check: Check | None
    query: str


@dataclass(frozen=True)
class RuleLines:
    """A rule with its windows, the latest first; `progress` is the present one."""

    sentence: str
    strict: bool
    lines: list[WindowLine]
    older: list[WindowLine]
    progress: Progress | None


def rule_lines(rules: RuleSet, lines: Sequence[RuleLine], *, on: date) -> list[RuleLines]:
    """The lines of a service by rule; none where the panels of the months and of the term say all."""
    wanted = [] if standings_say_all(rules) else [each.id for each in others_of(rules)]
    found = [(name, [line for line in lines if line.rule.id == name]) for name in wanted]
    return [_of_rule(rules, mine, on) for _name, mine in found if mine]


def _of_rule(rules: RuleSet, lines: Sequence[RuleLine], on: date) -> RuleLines:
    rule, lexicon = lines[0].rule, lexicon_of(rules, language())
    latest = sorted(_so_far(lines, on), key=lambda line: line.slot.asked.first, reverse=True)
    shown = [_line(rules, line) for line in latest]
    verdict = latest[0].verdict
    present = verdict.window.last >= on and verdict.state != EXEMPT
    return RuleLines(
        sentence=sentence(rule, lexicon),
        strict=rule.strict,
        lines=shown[:SHOWN],
        older=shown[SHOWN:],
        progress=progress(rules, verdict, on) if present else None,
    )


def _so_far(lines: Sequence[RuleLine], on: date) -> list[RuleLine]:
    """The lines; of a window that moves only those that ended, and the one that ends next."""
    if not lines[0].rule.moves:
        return list(lines)
    coming = [line for line in lines if line.slot.asked.last > on]
    nearest = min(coming, key=lambda line: line.slot.asked.last, default=None)
    return [line for line in lines if line.slot.asked.last <= on or line is nearest]


def _line(rules: RuleSet, line: RuleLine) -> WindowLine:
    """The stored verdict where there is one, so that no page contradicts it."""
    check, asks = line.check, line.verdict.asks.value
    unit = unit_word(line.rule, lexicon_of(rules, language()))
    if check is None:
        shown, value = shown_judgement(line.verdict, rules), line.verdict.value
    else:
        shown, value = shown_check(check, rules), check.value
        asks = asks if check.asks is None else check.asks
    label = str(Check.Verdict(shown.state).label)
    return WindowLine(shown, label, _measured(value, asks, unit), check, window_query(line.rule.id, line.slot.key))


def _measured(value: Decimal | None, asks: Decimal, unit: str) -> str:
    """What counts of what is asked for: 84 / 90 days."""
    done = "—" if value is None else number_text(value)
    return (_("%(done)s / %(asks)s %(unit)s") % {"done": done, "asks": number_text(asks), "unit": unit}).rstrip()
