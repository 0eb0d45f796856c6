"""The office's tables of messages, addresses and preferences."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, pgettext_lazy

from outbox.kinds import KINDS
from outbox.models import Channel, Mail, Preference
from ui.office_table import MonthFilter, RecordTable
from ui.templatetags.ui_format import masked
from ui.value_words import NOTHING, says


@says("outbox.mail.kind", "outbox.preference.kind")
def kind_words(kind: str) -> str:
    """The words of a kind of message; a kind of another release has no words."""
    return str(KINDS[kind].words) if kind in KINDS else NOTHING


def address_column() -> Any:
    """A column of addresses, mobile numbers and mail addresses alike masked."""

    @admin.display(description=pgettext_lazy("mail", "address"))
    def column(self: Any, row: Mail | Channel) -> str:
        return format_html("{}", masked(row.address))

    return column


class MailTable(RecordTable[Mail]):
    list_display = ["subject", "kind", "user", "shown_address", "state", "queued_at"]
    list_filter = ["state", "medium", "cause", ("queued_at", MonthFilter)]
    search_fields = ["subject", "user__pinyin"]
    list_select_related = ["user"]
    # Without `text`: only the receiver reads what a message says.
    fields = [
        "subject", "kind", "medium", "user", "shown_address", "state", "cause", "answer", "queued_at", "attempts",
        "handed_at", "ended_at", "settled_by", "settled_at",
    ]  # fmt: skip
    readonly_fields = ["shown_address"]
    shown_address = address_column()


class ChannelTable(RecordTable[Channel]):
    list_display = ["user", "medium", "shown_address", "language", "confirmed_at"]
    list_filter = ["medium", ("confirmed_at", admin.EmptyFieldListFilter)]
    search_fields = ["user__pinyin", "user__username"]
    list_select_related = ["user"]
    fields = ["user", "medium", "shown_address", "language", "asked_at", "confirmed_at"]
    readonly_fields = ["shown_address"]
    shown_address = address_column()


class PreferenceTable(RecordTable[Preference]):
    list_display = ["user", "words", "mail", "sms"]
    list_filter = ["mail", "sms"]
    fields = ["user", "words", "mail", "sms"]
    readonly_fields = ["words"]
    search_fields = ["user__pinyin", "user__username"]
    list_select_related = ["user"]

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def words(self, row: Preference) -> str:
        return str(kind_words(row.kind))
