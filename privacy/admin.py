"""The office's tables of notices, consents, requests and erasures; all are only read."""

from privacy.models import Consent, ErasedTable, Erasure, PersonalRequest, PrivacyNotice
from ui.office_table import MonthFilter, RecordTable


class NoticeTable(RecordTable[PrivacyNotice]):
    list_display = ["role", "version", "published_at", "published_by", "changes"]
    list_filter = ["role"]
    search_fields = ["changes"]
    list_select_related = ["published_by"]
    fields = ["role", "version", "published_at", "published_by", "changes", "text_zh", "text_en"]


class ConsentTable(RecordTable[Consent]):
    list_display = ["user", "notice", "given_at", "withdrawn_at"]
    list_filter = ["notice__role", ("given_at", MonthFilter)]
    search_fields = ["user__pinyin", "user__username"]
    list_select_related = ["user", "notice"]
    fields = ["user", "notice", "given_at", "address", "withdrawn_at"]


class RequestTable(RecordTable[PersonalRequest]):
    list_display = ["pk", "kind", "status", "asked_at", "due_on"]
    list_filter = ["kind", "status", ("asked_at", MonthFilter)]
    search_fields = ["user__pinyin", "user__username"]
    fields = ["kind", "status", "user", "text", "asked_at", "due_on", "answer", "status_by", "status_at"]


class ErasureTable(RecordTable[Erasure]):
    list_display = ["pseudonym", "at", "asked_by", "approved_by", "alone", "again"]
    list_filter = ["again", ("at", MonthFilter)]
    search_fields = ["pseudonym"]
    list_select_related = ["asked_by", "approved_by"]
    fields = [
        "pseudonym",
        "subject",
        "key",
        "request",
        "asked_by",
        "approved_by",
        "alone",
        "again",
        "at",
        "rows",
    ]


class ErasedTableTable(RecordTable[ErasedTable]):
    list_display = ["erasure", "table", "rows", "at"]
    search_fields = ["table"]
    list_select_related = ["erasure"]
    fields = ["erasure", "table", "columns", "rows", "before", "after", "at"]
