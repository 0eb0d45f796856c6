"""`bin/manage learn_matching`: refits the weights of the factors on what became of suggestions, or takes them back."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from typing import Any, NoReturn

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from core.edges import EdgeCommand
from core.errors import Refused
from matchengine.learning import LEAST_NEEDS
from matching.lessons import judge, learn
from matching.models import FactorWeights, Feedback
from matching.weights import WHY, current_weights, roll_back
from matching.wording import FACTORS

UNUSABLE = 2


class Command(EdgeCommand):
    help = "Learn the weights of the factors from feedback; adopt them only if they are better (in Chinese)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--dry-run", action="store_true", help="say what would be decided; write nothing")
        what.add_argument("--roll-back", action="store_true", help="put the weights before those in force back")
        parser.add_argument("--reason", default="", help="why they are taken back; kept with the decision")
        parser.add_argument("--by", metavar="USERNAME", help="whose decision it is; nobody's unless given")

    def handle(self, *args: Any, **options: Any) -> None:
        for stream in (self.stdout._out, self.stderr._out):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
        with translation.override("zh-hans"):
            before = current_weights()
            try:
                lines = self._decide(before, options)
            except Refused as refusal:
                self._refuse(refusal.message)
            for line in lines:
                self.stdout.write(line)

    def _decide(self, before: Mapping[str, float], options: dict[str, Any]) -> Iterator[str]:
        act: dict[str, Any] = {"by": self._account(options["by"]), "at": timezone.now()}
        if options["roll_back"]:
            return decision_lines(before, roll_back(**act, reason=options["reason"]))
        if options["dry_run"]:
            weights, why, facts = judge()
            return judged_lines(before, FactorWeights(weights=dict(weights), why=why, facts=facts))
        return decision_lines(before, learn(**act))

    def _account(self, username: str | None) -> User | None:
        if username is None:
            return None
        by = User.objects.filter(username=username, role=User.Role.OFFICE, is_active=True).first()
        if by is None:
            self._refuse(_("There is no account of the talent office named “%(name)s”.") % {"name": username})
        return by

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        raise SystemExit(UNUSABLE)


def decision_lines(before: Mapping[str, float], row: FactorWeights) -> Iterator[str]:
    yield from judged_lines(before, row)
    yield _("Kept as decision %(number)s.") % {"number": row}


def judged_lines(before: Mapping[str, float], row: FactorWeights) -> Iterator[str]:
    """What the decision is based on, the weights before and after, and what was decided."""
    if row.why != "rolled_back":
        yield from _evidence(row.facts)
    if row.why != "too_little":
        yield from _changes(before, row.weights)
    yield str(WHY[row.why])


def _evidence(facts: dict[str, Any]) -> Iterator[str]:
    kinds = dict(Feedback.Kind.choices)
    noted = [f"{kinds[kind]} {count}" for kind, count in facts["outcomes"].items()]
    yield _("Feedback: %(counts)s") % {"counts": "、".join(noted) or "0"}
    if facts["unreadable"]:
        yield _("Points of another engine, left out: %(count)s") % {"count": facts["unreadable"]}
    yield _("Comparisons: %(pairs)s within %(needs)s needs") % facts
    if facts["learned"] is None:
        yield _("At least %(least)s needs with comparisons are needed.") % {"least": LEAST_NEEDS}
        return
    for label, figures in ((_("Weights in force"), facts["current"]), (_("Learned weights"), facts["learned"])):
        words = {"label": label, "loss": f"{figures['loss']:.4f}", "right": f"{figures['accuracy']:.1%}"}
        yield _("%(label)s: loss %(loss)s, %(right)s in the right order") % words
    words = {"gain": f"{facts['gain']:.4f}", "error": f"{facts['error']:.4f}"}
    yield _("Gain %(gain)s, standard error %(error)s") % words


def _changes(before: Mapping[str, float], after: Mapping[str, float]) -> Iterator[str]:
    for factor in before:
        yield f"  {FACTORS.get(factor, factor)} {before[factor]:g} → {after[factor]:g}"
