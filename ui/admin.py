"""The office's tables of background work."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Job, Notice, Period, PhoneShown, SetAside
from ui.office_table import MonthFilter, RecordTable


@admin.register(Job)
class JobTable(RecordTable[Job]):
    list_display = ["kind", "key", "state", "percent_done", "attempt", "asked_by", "created_at", "ended_at"]
    list_filter = ["state", "kind", ("created_at", MonthFilter)]
    search_fields = ["kind", "key", "error"]
    list_select_related = ["asked_by"]

    @admin.display(description=gettext_lazy("done (%)"))
    def percent_done(self, job: Job) -> int:
        return job.percent


@admin.register(Period)
class PeriodTable(RecordTable[Period]):
    list_display = ["kind", "starts_on", "ends_on", "closed_at", "locked_at"]
    list_filter = ["kind"]


@admin.register(SetAside)
class SetAsideTable(RecordTable[SetAside]):
    """Rows that hold up no other: why each failed, and whether a later run settled it."""

    list_display = ["name", "work_word", "about", "cause", "times", "first_at", "last_at", "resolved_at"]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter), "kind"]
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
    list_display = ["whose", "kind", "by", "at", "address"]
    list_filter = ["kind", ("at", MonthFilter)]
    search_fields = ["whose", "by__pinyin", "address"]
    list_select_related = ["by"]
