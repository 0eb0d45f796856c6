"""`bin/manage evaluate_matching DIR`: how well the engine in force ranks data that people judged."""

import json
import math
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matchengine.encoders import EncoderDown
from matchengine.evaluation import gold, labelled
from matchengine.evaluation.labelled import BadData
from matchengine.evaluation.trial import EnglishTrial, Measured, Trial, measure, measure_english
from matchengine.ranking import Lexical
from matching.sources import current_engine

UNUSABLE, FAILED = 2, 1
LABELS = {"ndcg10": "nDCG@10", "recall10": "Recall@10", "recall50": "Recall@50", "mrr": "MRR", "p5": "P@5"}
WRONG: dict[str, Promise] = {
    "missing": gettext_lazy("%(file)s is not in the folder, or cannot be read."),
    "broken": gettext_lazy("%(file)s, line %(line)s: not in the expected format."),
    "twice": gettext_lazy("%(file)s, line %(line)s: this id stands in an earlier line."),
    "unknown": gettext_lazy("%(file)s, line %(line)s: there is no such need or expert in the other files."),
    "empty": gettext_lazy("%(file)s holds no data."),
    "nothing": gettext_lazy("%(file)s gives no expert level 3 or 4; there is nothing to measure."),
}


class Command(BaseCommand):
    help = "Measure the engine in force on needs, experts and levels in a folder (in Chinese)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="needs.jsonl, experts.jsonl and qrels.tsv")
        parser.add_argument("--json", action="store_true", help="one object with all figures")
        parser.add_argument(
            "--english", action="store_true", help="the gold standard of reviewers: evaluations.csv, gold_compact.json"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for stream in (self.stdout._out, self.stderr._out):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
        with translation.override("zh-hans"):
            measured = _measured_english if options["english"] else _measured
            engine = self._engine()
            try:
                facts, lines = measured(engine, options["folder"])
            except EncoderDown as down:
                why = _("The sentence encoder gives no vectors (%(code)s).") % {"code": down.code}
                raise CommandError(why, returncode=FAILED) from down
            if options["json"]:
                self.stdout.write(json.dumps(facts))
                return
            for line in (_("Engine: %(engine)s") % {"engine": _name(engine)}, *lines):
                self.stdout.write(line)

    def _engine(self) -> Lexical:
        """The engine in force; that of a new installation where there is no database to ask."""
        try:
            return current_engine()
        except DatabaseError as error:
            if settings.MATCHING_ENCODER:  # its vectors are kept there
                raise CommandError(_("The database cannot be read."), returncode=FAILED) from error
            self.stderr.write(_("The database cannot be read; the default weights are measured."))
            return Lexical()


def _name(engine: Lexical) -> str:
    return f"{engine.name} {engine.version}"


def _measured(engine: Lexical, folder: Path) -> tuple[dict[str, Any], Iterator[str]]:
    """All figures as one object, and as lines to read. Raises CommandError and EncoderDown."""
    try:
        trial = measure(engine, labelled.read(folder))
    except BadData as bad:
        raise CommandError(str(WRONG[bad.code]) % vars(bad), returncode=UNUSABLE) from bad
    parts = {"full": trial.full, "judged": trial.judged}
    given = {name: part for name, part in parts.items() if part is not None}
    facts: dict[str, Any] = {name: asdict(part.figures) for name, part in given.items()}
    facts["interval"] = {name: dict(part.interval) for name, part in given.items()}
    facts |= {"needs": trial.needs, "experts": trial.experts}
    return facts | _times(trial, engine), _lines(trial)


def _lines(trial: Trial) -> Iterator[str]:
    yield _("Needs: %(needs)s, with a suitable expert: %(counted)s; experts: %(experts)s") % asdict(trial)
    yield _time_line(trial)
    yield _("All experts ranked:")
    yield from _figure_lines(trial.full)
    if trial.judged is not None:
        yield _("Only the graded experts of each need ranked:")
        yield from _figure_lines(trial.judged)


def _figure_lines(measured: Measured) -> Iterator[str]:
    for name, value in asdict(measured.figures).items():
        low, high = measured.interval[name]
        yield f"  {LABELS[name]:<10} {value:.4f}  [{low:.4f}, {high:.4f}]"


def _measured_english(engine: Lexical, folder: Path) -> tuple[dict[str, Any], Iterator[str]]:
    try:
        trial = measure_english(engine, gold.read(folder))
    except OSError as error:
        why = str(WRONG["missing"]) % {"file": Path(error.filename or folder).name}
        raise CommandError(why, returncode=UNUSABLE) from error
    except ValueError as error:
        why = _("The files do not hold the gold standard in its format.")
        raise CommandError(why, returncode=UNUSABLE) from error
    report = trial.report
    facts = {name: _number(getattr(report, name)) for name in ("loss", "easy", "hard")}
    sizes = {"needs": report.needs, "experts": report.researchers}
    return {**facts, "interval": report.interval, **sizes, **_times(trial, engine)}, _english_lines(trial)


def _english_lines(trial: EnglishTrial) -> Iterator[str]:
    report = trial.report
    low, high = report.interval
    yield _("Papers: %(needs)s, researchers: %(researchers)s, pairs: %(pairs)s") % asdict(report)
    yield _time_line(trial)
    yield _("Loss: %(loss)s") % {"loss": f"{report.loss:.4f}  [{low:.4f}, {high:.4f}]"}
    yield _("Easy pairs in the right order: %(share)s") % {"share": _share(report.easy)}
    yield _("Hard pairs in the right order: %(share)s") % {"share": _share(report.hard)}


def _number(value: float) -> float | None:
    """A figure for JSON; None where it is not a number."""
    return None if math.isnan(value) else value


def _share(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:.4f}"


def _times(trial: Trial | EnglishTrial, engine: Lexical) -> dict[str, Any]:
    return {"index_s": round(trial.index_s, 3), "query_ms": round(trial.query_ms, 3), "engine": _name(engine)}


def _time_line(trial: Trial | EnglishTrial) -> str:
    times = {"index": f"{trial.index_s:.2f}", "query": f"{trial.query_ms:.1f}"}
    return _("Index: %(index)s s; one need: %(query)s ms") % times
