"""The office's tables of background work."""

from pathlib import PurePath
from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import jobs
from core.models import Alarm, Backup, Epoch, Job, Notice, Period, PhoneShown, SetAside
from ui.job_words import cause_of, name_things
from ui.office_table import MonthFilter, RecordTable, person
from ui.templatetags.ui import status
from ui.value_words import month_words


class KindFilter(admin.SimpleListFilter):
    """By the kind of job, in its words."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((kind, str(words)) for kind, words in Job.WORDS.items()), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class RoutineFilter(admin.SimpleListFilter):
    """Whether jobs that the schedule starts all day are listed, too; failed ones always are."""

    title = gettext_lazy("routine work")
    parameter_name = "routine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", gettext_lazy("Including routine work"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Without routine work")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        if self.value() == "1" or "kind" in request.GET:
            return queryset
        return queryset.filter(~Q(kind__in=jobs.ROUTINE) | Q(state=Job.State.FAILED))


class TroubleFilter(admin.SimpleListFilter):
    """What the page of operation counts: given up and not done since, without a worker, of a kind nobody knows."""

    title = gettext_lazy("trouble")
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("undone", gettext_lazy("Given up on and not done since")),
            ("lost", gettext_lazy("Lost their worker")),
            ("unknown", gettext_lazy("Of a kind this release does not know")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        now = timezone.now()
        found = {"undone": Job.objects.undone(now), "lost": Job.objects.lost(now), "unknown": jobs.unknown_kinds()}
        asked = found.get(self.value() or "")
        return queryset if asked is None else queryset.filter(pk__in=asked.order_by().values("pk"))


class JobTable(RecordTable[Job]):
    list_display = ["kind_word", "thing", "state", "percent_done", "asked_by", "created_at", "ended_at"]
    list_filter = ["state", TroubleFilter, RoutineFilter, KindFilter, ("created_at", MonthFilter)]
    search_fields = ["kind", "key", "error"]
    list_select_related = ["asked_by"]
    fields = [
        "kind_word", "thing", "state", "percent_done", "why", "asked_by", "created_at", "started_at", "ended_at",
        "attempt",
    ]  # fmt: skip
    readonly_fields = ["kind_word", "thing", "why", "percent_done"]
    actions = ["run_again"]
    acts: ClassVar[dict[str, str]] = {"run_again": "run_again"}

    def get_list_display(self, request: HttpRequest) -> Any:
        """A list of failed jobs has a column with the cause instead of the progress."""
        if request.GET.get("state__exact") != Job.State.FAILED:
            return self.list_display
        return ["kind_word", "thing", "state", "why", "created_at", "ended_at"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        listed = super().get_changelist_instance(request)
        name_things(listed.result_list, person(request))
        return listed

    def made_ready(self, request: HttpRequest, rows: list[Job]) -> None:
        name_things(rows, person(request))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Job | None:
        job: Job | None = super().get_object(request, object_id, from_field)
        if job is not None:
            name_things([job], person(request))
        return job

    @admin.action(description=gettext_lazy("Do the chosen failed work again"))
    def run_again(self, request: HttpRequest, rows: QuerySet[Job]) -> None:
        self.each(request, rows, "run_again", jobs.run_again)

    def message_user(
        self, request: HttpRequest, message: Any, level: Any = messages.INFO, *args: Any, **kw: Any
    ) -> None:
        """What is done again waits for a worker first: say where to look."""
        if level == messages.SUCCESS:
            where = f"{reverse('admin:core_job_changelist')}?state__exact=queued&routine=1"
            again = _("It waits again for a worker. “Waiting” in the filter shows it until it is begun.")
            message = format_html('{} {} <a href="{}">{}</a>', message, again, where, _("See what waits"))
        super().message_user(request, message, level, *args, **kw)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_word(self, job: Job) -> str:
        return job.words

    @admin.display(description=gettext_lazy("about"))
    def thing(self, job: Job) -> str:
        return getattr(job, "about", "") or "—"

    @admin.display(description=gettext_lazy("cause"), ordering="error")
    def why(self, job: Job) -> str:
        return cause_of(job) or "—"

    @admin.display(description=gettext_lazy("progress"))
    def percent_done(self, job: Job) -> str:
        """How far it came, while that can change or where it was finished."""
        known = job.percent is not None and job.state in (Job.State.RUNNING, Job.State.DONE)
        return f"{job.percent}%" if known else "—"


class PeriodTable(RecordTable[Period]):
    list_display = ["month", "starts_on", "ends_on", "closed_at", "locked_at", "checks"]
    fields = ["month", "starts_on", "ends_on", "closed_at", "locked_at", "checks"]
    readonly_fields = ["month", "checks"]
    ordering = ["-starts_on"]

    @admin.display(description=gettext_lazy("month"), ordering="starts_on")
    def month(self, period: Period) -> str:
        return month_words(period.starts_on)

    @admin.display(description=gettext_lazy("checks written"))
    def checks(self, period: Period) -> int | None:
        checks: int | None = period.facts.get("checks")
        return checks


class WorkFilter(admin.SimpleListFilter):
    """By the kind of work, in its words."""

    title = gettext_lazy("kind of work")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, str(words)) for kind, words in sorted(SetAside.WORDS.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SetAside]) -> QuerySet[SetAside]:
        return queryset.filter(kind=self.value()) if self.value() in SetAside.WORDS else queryset


class SetAsideTable(RecordTable[SetAside]):
    """Rows that hold up no other: why each failed, and whether a later run settled it."""

    list_display = ["name", "work_word", "about", "cause", "times", "first_at", "last_at", "resolved_at"]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter), WorkFilter]
    search_fields = ["name", "cause"]
    fields = ["name", "work_word", "about", "cause", "times", "first_at", "last_at", "resolved_at"]
    readonly_fields = ["work_word"]

    @admin.display(description=gettext_lazy("kind of work"), ordering="kind")
    def work_word(self, row: SetAside) -> str:
        return row.work


class NoticeTable(RecordTable[Notice]):
    list_display = ["user", "said", "created_at", "read_at"]
    list_filter = [("read_at", admin.EmptyFieldListFilter), ("created_at", MonthFilter)]
    search_fields = ["user__pinyin"]
    list_select_related = ["user"]
    fields = ["user", "said", "created_at", "read_at"]
    readonly_fields = ["said"]

    @admin.display(description=gettext_lazy("notice"))
    def said(self, notice: Notice) -> str:
        return notice.text


class PhoneShownTable(RecordTable[PhoneShown]):
    list_display = ["whose", "kind_word", "by", "at", "address"]
    list_filter = [("at", MonthFilter)]
    fields = ["whose", "kind_word", "by", "at", "address"]
    readonly_fields = ["kind_word"]
    search_fields = ["whose", "by__pinyin", "address"]
    list_select_related = ["by"]

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_word(self, row: PhoneShown) -> str:
        """What table the number stands in, by its name; a label kept from an earlier release as it is."""
        try:
            return str(capfirst(apps.get_model(row.kind)._meta.verbose_name))
        except (LookupError, ValueError):
            return row.kind


class BackupTable(RecordTable[Backup]):
    list_display = ["made_at", "outcome", "file", "megabytes", "seconds", "release", "error"]
    list_filter = ["ok", ("made_at", MonthFilter)]
    fields = ["made_at", "outcome", "file", "megabytes", "seconds", "release", "error"]
    readonly_fields = ["outcome", "file", "megabytes"]
    search_fields = ["path", "error"]

    @admin.display(description=gettext_lazy("outcome"), ordering="ok")
    def outcome(self, row: Backup) -> str:
        word = _("succeeded") if row.ok else _("failed")
        return render_to_string("components/status.html", status("done" if row.ok else "failed", word))

    @admin.display(description=gettext_lazy("file"), ordering="path")
    def file(self, row: Backup) -> str:
        return PurePath(row.path).name

    @admin.display(description=gettext_lazy("size (MB)"), ordering="size")
    def megabytes(self, row: Backup) -> float | None:
        return round(row.size / 1_000_000, 1) if row.ok else None


class AlarmTable(RecordTable[Alarm]):
    """Troubles of operation that were noticed: from when to when, and when the office was told."""

    list_display = ["headline", "began_at", "told_at", "over_at"]
    fields = ["headline", "began_at", "told_at", "over_at"]
    list_filter = [("over_at", admin.EmptyFieldListFilter), ("began_at", MonthFilter)]


class EpochTable(RecordTable[Epoch]):
    list_display = ["begun_at", "why", "key"]
