"""`bin/manage match --need N` or `--batch N`: ranks doctors by the same job as the pages and prints what came out."""

import re
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from io import TextIOWrapper
from typing import Any, NoReturn

from django.utils import timezone, translation
from django.utils.translation import gettext as _

import matching.tasks  # noqa: F401  names the functions that do the jobs
from accounts.models import User
from core import jobs
from core.edges import EdgeCommand
from core.models import Job
from enterprises.models import Need
from matching import rounds, runs
from matching.actions import ask_for_batch_match, ask_for_match
from matching.conflict_wording import conflicts_in_words, unkept_in_words
from matching.models import MatchRun, PlanLine
from matching.shortlists import Factor, notes_of, shortlist_rows, why_empty
from matching.wording import WHY_UNSERVED, notes_in_words
from programmes.models import Batch

UNUSABLE, FAILED = 2, 1
NUMBER = re.compile(r"(?:XQ\d{4})?(\d{1,18})", re.IGNORECASE)  # a key, or the number on a receipt
LOOK_AGAIN = 0.2  # seconds between looks at a job that a worker took


class Command(EdgeCommand):
    help = "Match one need, or all open needs of a batch, and print the shortlist or the plan (in Chinese)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--need", metavar="N", help="key of a need, or the number on its receipt")
        what.add_argument("--batch", metavar="N", help="key of a batch")
        parser.add_argument("--limit", type=int, default=runs.SHOWN, help=f"lines of a shortlist (1 to {runs.SHOWN})")

    def handle(self, *args: Any, **options: Any) -> None:
        for stream in (self.stdout._out, self.stderr._out):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
        with translation.override("zh-hans"):
            if not 1 <= options["limit"] <= runs.SHOWN:
                self._refuse(_("A shortlist has 1 to %(most)s lines.") % {"most": runs.SHOWN})
            if options["need"] is not None:
                lines = self._need(options["need"], options["limit"])
            else:
                lines = self._batch(options["batch"])
            for line in lines:
                self.stdout.write(line)

    def _need(self, number: str, limit: int) -> Iterator[str]:
        need = Need.objects.select_related("enterprise").filter(pk=self._key(number)).first()
        if need is None:
            self._refuse(_("There is no need with the number %(number)s.") % {"number": number})
        self._finish(ask_for_match(need, by=self._account(), at=timezone.now()))
        return shortlist_lines(need, limit)

    def _batch(self, number: str) -> Iterator[str]:
        batch = Batch.objects.filter(pk=self._key(number)).first()
        if batch is None:
            self._refuse(_("There is no batch with the number %(number)s.") % {"number": number})
        run = ask_for_batch_match(batch, by=self._account(), at=timezone.now())
        progress = rounds.finish(run)
        if progress.state != "done":
            self._fail(progress.error or progress.state)
        run.refresh_from_db()
        return plan_lines(run)

    def _key(self, number: str) -> int:
        """The key in a number as it is written; 0, which nothing has, where it is none."""
        found = NUMBER.fullmatch(number.strip())
        return int(found[1]) if found else 0

    def _finish(self, job: Job) -> None:
        """Do the job in this process, unless a worker was quicker: then wait for it, and take over if it dies."""
        while job.state in (Job.State.QUEUED, Job.State.RUNNING):
            # One that was asked for while another of its key ran waits for that; a dead worker's is ours to end.
            before = Job.objects.overdue().filter(kind=job.kind, key=job.key).exclude(pk=job.pk).first()
            if jobs.run((before or job).pk) == "not ours":
                time.sleep(LOOK_AGAIN)
            job.refresh_from_db()
            if job.state == Job.State.QUEUED and job.error:
                break
        if job.state != Job.State.DONE:
            self._fail(job.error or job.get_state_display())

    def _fail(self, error: str) -> NoReturn:
        self.stderr.write(_("The matching did not end well: %(error)s") % {"error": error})
        raise SystemExit(FAILED)

    def _account(self) -> User:
        """The city's office asks for the job."""
        by = User.objects.operators().order_by("pk").first()
        if by is None:
            self._refuse(_("There is no account of the city's talent office yet. Make one with createoffice."))
        return by

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        raise SystemExit(UNUSABLE)


def shortlist_lines(need: Need, limit: int) -> Iterator[str]:
    """The shortlist in force, each doctor with his points and the words of both sides that earned them."""
    yield f"{need.number} {need.title}（{need.enterprise}）"
    rows = shortlist_rows(need.suggestions.current().select_related("doctor__university")[:limit])
    yield from (f"  {note}" for note in notes_of(need, rows))
    if not rows:
        yield "  " + (why_empty(need) or _("No doctor was found."))
    for each in rows:
        row, doctor = each["row"], each["doctor"]
        strength = row.get_strength_display()
        yield f"{row.rank:>3}. {doctor.name} · {doctor.university} · {_('score')} {row.score} · {strength}"
        yield "     " + " · ".join(map(factor_words, each["factors"]))
        yield from ("     " + quote_words(quote) for quote in each["quotes"])
        yield from ("     " + sentence for sentence in each["against"])


def factor_words(factor: Factor) -> str:
    missing = "".join(f"（{sentence}）" for sentence in factor["unknown"])
    return f"{factor['label']} {factor['points']}/{factor['most']}{missing}"


def quote_words(quote: dict[str, Any]) -> str:
    """The words of both sides, and in which text the doctor's words are."""
    source = f"{quote['work'].get_kind_display()}《{quote['work'].title}》" if quote["work"] else _("Profile")
    terms = "、".join(quote["terms"])
    return f"“{quote['need']}” ↔ {source}：“{quote['text']}” [{terms}]"


def plan_lines(run: MatchRun) -> Iterator[str]:
    """The plan of a batch: who would serve which need, whom nobody can serve and why, and what the plan is worth."""
    rows = list(run.plan.select_related("need", "doctor__university").order_by("-score", "need_id"))
    served = [row for row in rows if row.doctor is not None]
    unserved = [row for row in rows if row.doctor is None]
    yield f"{run.batch}"
    yield from (f"  {note}" for note in notes_in_words(run.facts.get("notes", {}), run.facts.get("needs")))
    yield from (f"  {row.need.number} {row.need.title} → {_doctor(row)} · {_('score')} {row.score}" for row in served)
    if unserved:
        yield _("Nobody is proposed for:")
        yield from (f"  {row.need.number} {row.need.title}：{WHY_UNSERVED[row.why_none]}" for row in unserved)
    yield from _said_against(run)
    if not rows:
        yield _("The plan has no lines") + "：" + _("No published need waits for a doctor in this batch.")
    counts = {"served": len(served), "all": len(rows)}
    yield _("%(served)s of %(all)s needs have a doctor.") % counts
    worth = {"total": f"{run.facts['total']:.1f}", "greedy": f"{run.facts['greedy']:.1f}"}
    yield _("Total score %(total)s; always taking the best pair left would reach %(greedy)s.") % worth


def _said_against(run: MatchRun) -> Iterator[str]:
    """Pins the plan could not keep, and needs that cannot be served together with what could be changed."""
    if unkept := unkept_in_words(run.facts.get("unkept", ())):
        yield _("Pins that could not be kept") + "："
        yield from (f"  {sentence}" for sentence in unkept)
    if conflicts := conflicts_in_words(run.facts.get("conflicts", ()), run.facts.get("lacking", 0)):
        yield _("Demands that cannot be met together") + "："
    for conflict in conflicts:
        yield f"  {conflict.sentence}"
        yield from (f"    - {change}" for change in conflict.changes)


def _doctor(row: PlanLine) -> str:
    return f"{row.doctor}（{row.doctor.university}）" if row.doctor else ""
