"""The office's tables of background work."""

from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import jobs
from core.models import Alarm, Backup, Epoch, Job, Notice, Period, PhoneShown, SetAside
from ui.office_table import MonthFilter, RecordTable


@admin.register(Job)
class JobTable(RecordTable[Job]):
    list_display = ["kind", "key", "state", "percent_done", "attempt", "asked_by", "created_at", "ended_at"]
    list_filter = ["state", "kind", ("created_at", MonthFilter)]
    search_fields = ["kind", "key", "error"]
    list_select_related = ["asked_by"]
    actions = ["run_again"]
    acts: ClassVar[dict[str, str]] = {"run_again": "run_again"}

    @admin.action(description=gettext_lazy("Do the chosen failed work again"))
    def run_again(self, request: HttpRequest, rows: QuerySet[Job]) -> None:
        self.each(request, rows, "run_again", jobs.run_again)

    @admin.display(description=gettext_lazy("done (%)"))
    def percent_done(self, job: Job) -> int:
        return job.percent


@admin.register(Period)
class PeriodTable(RecordTable[Period]):
    list_display = ["kind", "starts_on", "ends_on", "closed_at", "locked_at"]
    list_filter = ["kind"]


class WorkFilter(admin.SimpleListFilter):
    """By the kind of work, in its words."""

    title = gettext_lazy("kind of work")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, str(words)) for kind, words in sorted(SetAside.WORDS.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SetAside]) -> QuerySet[SetAside]:
        return queryset.filter(kind=self.value()) if self.value() in SetAside.WORDS else queryset


@admin.register(SetAside)
class SetAsideTable(RecordTable[SetAside]):
    """Rows that hold up no other: why each failed, and whether a later run settled it."""

    list_display = ["name", "work_word", "about", "cause", "times", "first_at", "last_at", "resolved_at"]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter), WorkFilter]
    search_fields = ["name", "cause"]
    fields = ["name", "work_word", "about", "cause", "times", "first_at", "last_at", "resolved_at", "detail"]
    readonly_fields = ["work_word"]

    @admin.display(description=gettext_lazy("kind of work"), ordering="kind")
    def work_word(self, row: SetAside) -> str:
        return row.work


@admin.register(Notice)
class NoticeTable(RecordTable[Notice]):
    list_display = ["user", "said", "created_at", "read_at"]
    list_filter = ["kind"]
    search_fields = ["user__pinyin"]
    list_select_related = ["user"]

    @admin.display(description=_("notice"))
    def said(self, notice: Notice) -> str:
        return notice.text


@admin.register(PhoneShown)
class PhoneShownTable(RecordTable[PhoneShown]):
    list_display = ["whose", "kind_word", "by", "at", "address"]
    list_filter = [("at", MonthFilter)]
    fields = ["whose", "kind_word", "key", "by", "at", "address"]
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


@admin.register(Backup)
class BackupTable(RecordTable[Backup]):
    list_display = ["made_at", "ok", "path", "size", "seconds", "release", "error"]
    list_filter = ["ok", ("made_at", MonthFilter)]
    search_fields = ["path", "error"]


@admin.register(Alarm)
class AlarmTable(RecordTable[Alarm]):
    """Troubles of operation that were noticed: from when to when, and when the office was told."""

    list_display = ["headline", "sign", "began_at", "told_at", "over_at"]
    list_filter = [("over_at", admin.EmptyFieldListFilter), ("began_at", MonthFilter)]


@admin.register(Epoch)
class EpochTable(RecordTable[Epoch]):
    list_display = ["begun_at", "why", "key"]
